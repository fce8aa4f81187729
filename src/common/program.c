#include "common/program_private.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/file.h"
#include "common/log.h"
#include "config.h"

static char *
make_absolute (const char *folder, const char *path)
{
  return g_path_is_absolute (path) ? g_strdup (path) : g_build_filename (folder, path, NULL);
}

/* Whether the file name of ARGV0 is one of the reference's programs. */
static gboolean
is_classic_name (const char *argv0)
{
  g_autofree char *name = g_path_get_basename (argv0);
  return g_str_equal (name, "bitcoind") || g_str_equal (name, "bitcoin-cli") || g_str_equal (name, "bitcoin-node")
         || g_str_equal (name, "bitcoin-qt");
}

/* Under the reference's name the reference's folder and file names are the default, also for the programs that this one
 * starts. */
static void
program_choose_names (CommonProgram *program, const char *argv0)
{
  if (common_options_find (program->options, COMMON_OPTION_CLASSIC_NAMES) == NULL)
    program->classic = is_classic_name (argv0);
  else if (is_classic_name (argv0))
    program->classic = common_options_force (program->options, COMMON_OPTION_CLASSIC_NAMES, "1", FALSE);
  else
    program->classic = common_options_switch (program->options, COMMON_OPTION_CLASSIC_NAMES);
}

static CommonOptions *
new_options (const CommonProgramInfo *info)
{
  CommonOptions *options = common_options_new ();

  common_options_add_table (options, info->programs, info->accepted);
  return options;
}

static void
find_network_folder (CommonProgram *program)
{
  const char *folder = program->network->folder;

  g_free (program->datadir);
  program->datadir = common_program_find_datadir (program);
  program->network_dir
      = *folder == '\0' ? g_strdup (program->datadir) : g_build_filename (program->datadir, folder, NULL);
}

/* The text that was requested instead of running the program; NULL: none. */
static char *
make_text (const CommonOptions *options, const CommonProgramInfo *info)
{
  static const char *const helps[] = { "help", "h", "?", "help-debug" };
  gboolean has_debug = !info->client; /* the last one */

  if (common_options_get_bool (options, "version", FALSE))
    return g_strdup_printf ("%s version v%s\n", info->name, MONEYROCKET_VERSION);
  for (guint i = 0; i < G_N_ELEMENTS (helps) - !has_debug; i++)
    if (common_options_is_set (options, helps[i]))
      return common_options_dup_help (options, info->usage,
                                      has_debug && common_options_get_bool (options, "help-debug", FALSE));
  return NULL;
}

static gboolean
check_no_words (const CommonProgramInfo *info, int argc, char **argv, GError **error)
{
  for (int i = 1; info->no_words && i < argc; i++)
    if (argv[i][0] != '-')
      return common_options_fail (
          error, "Command line contains unexpected token '%s', see %s -h for a list of options.", argv[i], info->name);
  return TRUE;
}

/* *TEXT, owned by the caller, becomes the text that was requested instead of running the program. */
static gboolean
read_program (CommonProgram *program, const CommonProgramInfo *info, int argc, char **argv, char **text, GError **error)
{
  g_autofree char *original_datadir = NULL;

  program->options = new_options (info);
  if (!common_options_parse (program->options, argc, argv, &program->rest, error)) {
    g_prefix_error (error, "Error parsing command line arguments: ");
    return FALSE;
  }
  program_choose_names (program, argv[0]);
  *text = info->client ? make_text (program->options, info) : NULL;
  if (*text != NULL)
    return TRUE;
  original_datadir = common_program_find_datadir (program);
  if (*common_options_get (program->options, "datadir", "") != '\0'
      && !g_file_test (original_datadir, G_FILE_TEST_IS_DIR))
    return common_options_fail (error, "Specified data directory \"%s\" does not exist.",
                                common_options_get (program->options, "datadir", ""));
  program->datadir = g_strdup (original_datadir);
  if (!common_program_read_config (program, info, error) || !check_no_words (info, argc, argv, error))
    return FALSE;
  *text = info->client ? NULL : make_text (program->options, info);
  if (*text != NULL)
    return TRUE;
  find_network_folder (program);
  if (!info->quiet && !info->client && !common_program_check_ignored_conf (program, original_datadir, error))
    return FALSE;
  if (info->make_folders && !common_file_make_folder_with (program->network_dir, "wallets", error))
    return FALSE;
  program->log_file = common_program_dup_path (program, "debuglogfile", "debug.log");
  return TRUE;
}

/* The reference's client puts no word before these two. */
static int
fail_client (const GError *error)
{
  g_printerr ("%s%s\n", g_str_has_prefix (error->message, "Error ") ? "" : "Error: ", error->message);
  return EXIT_FAILURE;
}

CommonProgram *
common_program_new (const CommonProgramInfo *info, int argc, char **argv, int *exit_code, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  g_autoptr (CommonProgram) program = NULL;
  g_autofree char *text = NULL;

  g_return_val_if_fail (info != NULL && info->networks != NULL && argv != NULL && argc > 0, NULL);
  g_return_val_if_fail (exit_code != NULL, NULL);

  program = g_new0 (CommonProgram, 1);
  program->quiet = info->quiet;
  program->network = &info->networks[0];
  if (!read_program (program, info, argc, argv, &text, &wrong)) {
    *exit_code = info->client ? fail_client (wrong) : common_program_fail (wrong);
    g_propagate_error (error, g_steal_pointer (&wrong));
    return NULL;
  }
  if (text == NULL)
    return g_steal_pointer (&program);
  fputs (text, stdout);
  *exit_code = EXIT_SUCCESS;
  return NULL;
}

int
common_program_fail (const GError *error)
{
  if (common_log_is_open ())
    common_error ("%s", error->message);
  fprintf (stderr, "Error: %s\n", error->message);
  return EXIT_FAILURE;
}

void
common_program_free (CommonProgram *program)
{
  if (program == NULL)
    return;
  common_options_free (program->options);
  g_free (program->datadir);
  g_free (program->network_dir);
  g_free (program->conf_file);
  g_free (program->log_file);
  g_free (program);
}

char *
common_program_dup_path (const CommonProgram *program, const char *name, const char *fallback)
{
  const CommonOptionSpec *spec;
  const char *value;

  g_return_val_if_fail (program != NULL && name != NULL, NULL);
  spec = common_options_find (program->options, name);
  if (spec == NULL)
    return NULL;
  value = common_options_get (program->options, name, fallback);
  if (value == NULL || common_options_is_negated (program->options, name))
    return NULL;
  return make_absolute (program->network_dir, *value != '\0' || fallback == NULL ? value : fallback);
}

char *
common_program_dup_wallets_folder (const char *network_dir)
{
  char *folder;

  g_return_val_if_fail (network_dir != NULL, NULL);

  folder = g_build_filename (network_dir, "wallets", NULL);
  if (g_file_test (folder, G_FILE_TEST_IS_DIR))
    return folder;
  g_free (folder);
  return g_strdup (network_dir);
}
