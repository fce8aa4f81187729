#include "common/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/log.h"
#include "config.h"

#define GROUP_GENERAL "Options"
#define GROUP_CHAIN "Chain selection options"
#define GROUP_LOG "Debugging and testing options"

static const CommonOptionSpec shared_specs[] = {
  { "help", NULL, "Show this help and exit (also -h and -?)", GROUP_GENERAL, 0 },
  { "h", NULL, "The same as -help", GROUP_GENERAL, COMMON_OPTION_DEBUG },
  { "?", NULL, "The same as -help", GROUP_GENERAL, COMMON_OPTION_DEBUG },
  { "help-debug", NULL, "Show this help with the options for testing", GROUP_GENERAL, 0 },
  { "version", NULL, "Show the version and exit", GROUP_GENERAL, 0 },
  { "datadir", "<dir>", "The data directory", GROUP_GENERAL, COMMON_OPTION_NO_NEGATE | COMMON_OPTION_SHARED },
  { "conf", "<file>", "The configuration file; a relative path is below the data directory", GROUP_GENERAL,
    COMMON_OPTION_SHARED },
  { "chain", "<chain>", "The network: main (default), test, testnet4, signet or regtest", GROUP_CHAIN,
    COMMON_OPTION_SHARED },
  { "testnet", NULL, "The same as -chain=test", GROUP_CHAIN, COMMON_OPTION_SHARED },
  { "testnet4", NULL, "The same as -chain=testnet4", GROUP_CHAIN, COMMON_OPTION_SHARED },
  { "signet", NULL, "The same as -chain=signet", GROUP_CHAIN, COMMON_OPTION_SHARED },
  { "regtest", NULL, "The same as -chain=regtest: a private network, where mining is trivial", GROUP_CHAIN,
    COMMON_OPTION_SHARED },
  { "debug", "<category>", "Log more about this subject (may be repeated; without a value: about everything)",
    GROUP_LOG, COMMON_OPTION_SHARED },
  { "debugexclude", "<category>", "Leave this subject out of -debug (may be repeated)", GROUP_LOG,
    COMMON_OPTION_SHARED },
  { "debuglogfile", "<file>", "The log file (default: debug.log in the network's directory)", GROUP_LOG,
    COMMON_OPTION_SHARED },
  { "printtoconsole", NULL, "Write the log to the terminal too", GROUP_LOG, COMMON_OPTION_SHARED },
  { "logtimestamps", NULL, "Begin each line of the log with the time (default: 1)", GROUP_LOG, COMMON_OPTION_SHARED },
  { "logratelimit", NULL,
    "Write at most 1 MiB an hour from each place in the program to the log file, except for -debug (default: 1)",
    GROUP_LOG, COMMON_OPTION_SHARED | COMMON_OPTION_DEBUG },
  { "mocktime", "<n>", "Use this time instead of the clock's, in seconds since 1970 (for tests)", GROUP_LOG,
    COMMON_OPTION_SHARED | COMMON_OPTION_DEBUG },
  { "logtimemicros", NULL, "Write the time to the microsecond (default: 0)", GROUP_LOG,
    COMMON_OPTION_SHARED | COMMON_OPTION_DEBUG },
};

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
  return g_str_equal (name, "bitcoind") || g_str_equal (name, "bitcoin-cli") || g_str_equal (name, "bitcoin-node");
}

static CommonOptions *
new_options (const CommonProgramInfo *info)
{
  CommonOptions *options = common_options_new ();

  common_options_add (options, shared_specs, G_N_ELEMENTS (shared_specs));
  if (info->n_specs > 0)
    common_options_add (options, info->specs, info->n_specs);
  if (info->quiet)
    common_options_ignore_unknown (options);
  return options;
}

static char *
find_datadir (const CommonProgram *program)
{
  const char *given = common_options_get (program->options, "datadir", NULL);

  if (given != NULL && *given != '\0')
    return g_canonicalize_filename (given, NULL);
  return g_build_filename (g_get_home_dir (), program->classic ? ".bitcoin" : ".moneyrocket", NULL);
}

static char *
find_conf_file (const CommonProgram *program)
{
  const char *given = common_options_get (program->options, "conf", NULL);
  const char *name = program->classic ? "bitcoin.conf" : "moneyrocket.conf";

  return make_absolute (program->datadir, given != NULL && *given != '\0' ? given : name);
}

/* The network that the switches and -chain select. */
static gboolean
choose_network (CommonProgram *program, const CommonNetworkName *networks, GError **error)
{
  const char *chain = common_options_get (program->options, "chain", NULL);
  guint chosen = chain != NULL ? 1 : 0;

  program->network = &networks[0];
  for (const CommonNetworkName *network = networks; network->name != NULL; network++) {
    if (network->option != NULL && common_options_get_bool (program->options, network->option, FALSE)) {
      chosen++;
      program->network = network;
    }
  }
  if (chosen > 1)
    return common_options_fail (
        error, "Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one.");
  if (chain == NULL)
    return TRUE;
  for (const CommonNetworkName *network = networks; network->name != NULL; network++) {
    if (g_str_equal (network->name, chain)) {
      program->network = network;
      return TRUE;
    }
  }
  return common_options_fail (error, "Unknown chain %s.", chain);
}

/* The file may choose the network, and the network chooses the section of the file: so the file is read twice, first
 * for its default section only. */
static gboolean
read_conf (CommonProgram *program, const CommonProgramInfo *info, int argc, char **argv, GError **error)
{
  gboolean required = common_options_is_set (program->options, "conf");
  const char *conf = common_options_get (program->options, "conf", NULL);
  CommonOptions *chosen;

  if (conf != NULL && g_str_equal (conf, "0")) /* -noconf */
    return choose_network (program, info->networks, error);
  if (!common_options_read_file (program->options, program->conf_file, NULL, required, error)
      || !choose_network (program, info->networks, error))
    return FALSE;

  chosen = new_options (info);
  common_options_free (program->options);
  program->options = chosen;
  return common_options_parse (chosen, argc, argv, &program->rest, error)
         && common_options_read_file (chosen, program->conf_file, program->network->name, required, error);
}

static gboolean
find_folders (CommonProgram *program, const CommonProgramInfo *info, GError **error)
{
  gboolean given = common_options_is_set (program->options, "datadir");
  const char *folder = program->network->folder;

  /* A specified folder must exist: a typo must not start a second node. */
  if (given && !g_file_test (program->datadir, G_FILE_TEST_IS_DIR))
    return common_options_fail (error, "Specified data directory \"%s\" does not exist.", program->datadir);
  program->network_dir
      = *folder == '\0' ? g_strdup (program->datadir) : g_build_filename (program->datadir, folder, NULL);
  /* A new folder has one for the wallets. In an older one without it, the wallets are in the network's folder itself. */
  return !info->make_folders || common_file_make_folder_with (program->network_dir, "wallets", error);
}

static gboolean
program_wants (const CommonOptions *options, const char *name)
{
  return common_options_get_bool (options, name, FALSE);
}

static char *
make_text (const CommonOptions *options, const CommonProgramInfo *info)
{
  gboolean debug = program_wants (options, "help-debug");

  if (program_wants (options, "version"))
    return g_strdup_printf ("%s version v%s\n", info->name, MONEYROCKET_VERSION);
  if (debug || program_wants (options, "help") || program_wants (options, "h") || program_wants (options, "?"))
    return common_options_dup_help (options, info->usage, debug);
  return NULL;
}

/* *TEXT, owned by the caller, becomes the text that was requested instead of running the program. */
static CommonProgram *
read_program (const CommonProgramInfo *info, int argc, char **argv, char **text, GError **error)
{
  g_autoptr (CommonProgram) program = NULL;
  g_autofree char *first_datadir = NULL;

  program = g_new0 (CommonProgram, 1);
  program->classic = is_classic_name (argv[0]);
  program->options = new_options (info);
  if (!common_options_parse (program->options, argc, argv, &program->rest, error)) {
    g_prefix_error (error, "Error parsing command line arguments: ");
    return NULL;
  }
  *text = make_text (program->options, info);
  if (*text != NULL) {
    program->network = &info->networks[0];
    return g_steal_pointer (&program);
  }

  /* The configuration file is found from the data folder on the command line, and may then name another one. */
  first_datadir = find_datadir (program);
  program->datadir = g_strdup (first_datadir);
  program->conf_file = find_conf_file (program);
  if (common_options_is_set (program->options, "datadir") && !g_file_test (first_datadir, G_FILE_TEST_IS_DIR)) {
    common_options_fail (error, "Specified data directory \"%s\" does not exist.", first_datadir);
    return NULL;
  }
  if (!read_conf (program, info, argc, argv, error))
    return NULL;
  g_free (program->datadir);
  program->datadir = find_datadir (program);
  if (!find_folders (program, info, error))
    return NULL;
  program->log_file = common_program_dup_path (program, "debuglogfile", "debug.log");
  return g_steal_pointer (&program);
}

CommonProgram *
common_program_new (const CommonProgramInfo *info, int argc, char **argv, int *exit_code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CommonProgram) program = NULL;
  g_autofree char *text = NULL;

  g_return_val_if_fail (info != NULL && info->networks != NULL && argv != NULL && argc > 0, NULL);
  g_return_val_if_fail (exit_code != NULL, NULL);

  program = read_program (info, argc, argv, &text, &error);
  if (program == NULL)
    *exit_code = common_program_fail (error);
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
  const char *value;

  g_return_val_if_fail (program != NULL && name != NULL, NULL);
  value = common_options_get (program->options, name, fallback);
  if (value == NULL || (common_options_is_set (program->options, name) && g_str_equal (value, "0")))
    return NULL;
  return make_absolute (program->network_dir, *value != '\0' || fallback == NULL ? value : fallback);
}

static gboolean
enable_debug (const CommonProgram *program, GError **error)
{
  g_autofree const char **on = common_options_dup_list (program->options, "debug");
  g_autofree const char **off = common_options_dup_list (program->options, "debugexclude");

  for (guint i = 0; on[i] != NULL; i++)
    if (g_str_equal (on[i], "0") || g_str_equal (on[i], "none"))
      common_log_enable ("all", FALSE);
    else if (!common_log_enable (on[i], TRUE))
      common_warn ("Unsupported logging category -debug=%s", on[i]);
  for (guint i = 0; off[i] != NULL; i++)
    if (!common_log_enable (off[i], FALSE))
      common_warn ("Unsupported logging category -debugexclude=%s", off[i]);
  return TRUE;
}

gboolean
common_program_open_log (CommonProgram *program, const char *log_name, const char *label, GError **error)
{
  CommonLogOptions log = { 0 };
  g_autofree char *other = NULL;

  g_return_val_if_fail (program != NULL, FALSE);
  if (log_name != NULL && program->log_file != NULL)
    other = g_build_filename (program->network_dir, log_name, NULL);
  log.program = label;
  log.file = other != NULL ? other : program->log_file;
  log.console = common_options_get_bool (program->options, "printtoconsole", FALSE);
  log.timestamps = common_options_get_bool (program->options, "logtimestamps", TRUE);
  log.time_micros = common_options_get_bool (program->options, "logtimemicros", FALSE);
  log.limited = common_options_get_bool (program->options, "logratelimit", TRUE);
  common_clock_set_mock (common_options_get_int (program->options, "mocktime", 0));
  if (!common_log_open (&log, error) || !enable_debug (program, error))
    return FALSE;
  common_log_catch_glib ();
  common_info ("Moneyrocket version v%s", MONEYROCKET_VERSION);
  common_info ("Using data directory %s", program->network_dir);
  if (g_file_test (program->conf_file, G_FILE_TEST_EXISTS))
    common_info ("Config file: %s", program->conf_file);
  return TRUE;
}

gboolean
common_program_check_unused (const CommonProgram *program,
                             const char *const *ignored,
                             const char *const *refused,
                             GError **error)
{
  g_return_val_if_fail (program != NULL, FALSE);

  for (guint i = 0; refused != NULL && refused[i] != NULL; i++) {
    const char *value = common_options_get (program->options, refused[i], "0");
    if (!g_str_equal (value, "0"))
      return common_options_fail (error, "-%s is not available in this version. Remove it to continue.", refused[i]);
  }
  for (guint i = 0; ignored != NULL && ignored[i] != NULL; i++)
    if (!g_str_equal (common_options_get (program->options, ignored[i], "0"), "0"))
      common_warn ("-%s has no effect in this version", ignored[i]);
  return TRUE;
}
