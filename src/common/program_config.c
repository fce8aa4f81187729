#include "common/program_private.h"

#include <sys/stat.h>
#include <unistd.h>

/* The configuration file, and the network, which it may choose. */

const char *
common_program_conf_name (const CommonProgram *program)
{
  return program->classic ? "bitcoin.conf" : "moneyrocket.conf";
}

char *
common_program_find_datadir (const CommonProgram *program)
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

  if (common_options_is_negated (program->options, "conf"))
    return g_strdup ("");
  return g_canonicalize_filename (given != NULL && *given != '\0' ? given : common_program_conf_name (program),
                                  program->datadir);
}

gboolean
common_program_check_network (const CommonProgram *program, const CommonNetworkName *networks, GError **error)
{
  guint chosen = common_options_get (program->options, "chain", NULL) != NULL ? 1 : 0;

  for (const CommonNetworkName *network = networks; network->name != NULL; network++)
    chosen += network->option != NULL && common_options_get_network_switch (program->options, network->option) ? 1 : 0;
  return chosen <= 1
         || common_options_fail (
             error, "Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one.");
}

/* The network that the switches and -chain select. */
static gboolean
choose_network (CommonProgram *program, const CommonNetworkName *networks, GError **error)
{
  const char *chain = common_options_get (program->options, "chain", NULL);

  if (!common_program_check_network (program, networks, error))
    return FALSE;
  program->network = &networks[0];
  for (const CommonNetworkName *network = networks; network->name != NULL; network++)
    if (network->option != NULL && common_options_get_network_switch (program->options, network->option))
      program->network = network;
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

/* *HAS_FILE: there is one. */
static gboolean
read_main_file (CommonProgram *program, gboolean *has_file, GError **error)
{
  const char *path = program->conf_file;

  *has_file = FALSE;
  if (*path == '\0')
    return TRUE;
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return common_options_fail (error, "Config file \"%s\" is a directory.", path);
  if (access (path, R_OK) != 0) {
    if (!common_options_is_set (program->options, "conf"))
      return TRUE;
    return common_options_fail (error, "specified config file \"%s\" could not be opened.", path);
  }
  *has_file = TRUE;
  return common_options_read_file (program->options, path, error);
}

/* Adds the words with which the reference begins messages about the content of files. */
static gboolean
fail_reading (gboolean ok, GError **error)
{
  if (!ok)
    g_prefix_error (error, "Error reading configuration file: ");
  return ok;
}

/* A client can do without what the node includes. */
static gboolean
read_included_files (CommonProgram *program, const CommonProgramInfo *info, GError **error)
{
  g_autoptr (GError) ignored = NULL;

  return common_options_read_includes (program->options, program->datadir, program->network->name, info->quiet,
                                       info->client ? &ignored : error)
         || info->client;
}

/* The network selects the section whose files are included; these may select another one. */
static gboolean
read_conf_files (CommonProgram *program, const CommonProgramInfo *info, GError **error)
{
  gboolean has_file;

  if (!fail_reading (read_main_file (program, &has_file, error), error))
    return FALSE;
  return !has_file
         || (choose_network (program, info->networks, error)
             && fail_reading (read_included_files (program, info, error), error));
}

gboolean
common_program_read_config (CommonProgram *program, const CommonProgramInfo *info, GError **error)
{
  const char *given;

  program->conf_file = find_conf_file (program);
  if (!read_conf_files (program, info, error))
    return FALSE;
  /* The file may name another data directory, which must exist: a typo must not start a second node. */
  given = common_options_get (program->options, "datadir", "");
  if (*given != '\0' && !g_file_test (given, G_FILE_TEST_IS_DIR))
    return common_options_fail (
        error, "Error reading configuration file: specified data directory \"%s\" does not exist.", given);
  if (!choose_network (program, info->networks, error))
    return FALSE;
  common_options_set_network (program->options, program->network->name, program->network == &info->networks[0]);
  /* The section may name a network too, which is then one too many. */
  return choose_network (program, info->networks, error);
}

static gboolean
is_same_file (const char *a, const char *b)
{
  struct stat first, second;

  return stat (a, &first) == 0 && stat (b, &second) == 0 && first.st_dev == second.st_dev
         && first.st_ino == second.st_ino;
}

gboolean
common_program_check_ignored_conf (const CommonProgram *program, const char *original_datadir, GError **error)
{
  const char *name = common_program_conf_name (program), *given = common_options_get (program->options, "conf", "");
  g_autofree char *ignored = g_build_filename (program->datadir, name, NULL);
  g_autofree char *source = NULL, *text = NULL;

  if (!g_file_test (ignored, G_FILE_TEST_EXISTS))
    return TRUE;
  if (*program->conf_file == '\0') {
    common_options_note (program->options,
                         "Data directory \"%s\" contains a \"%s\" file which is explicitly ignored using -noconf.",
                         program->datadir, name);
    return TRUE;
  }
  if (is_same_file (ignored, program->conf_file))
    return TRUE;
  source = *given != '\0' ? g_strdup_printf ("command line argument \"-conf=%s\"", given)
                          : g_strdup_printf ("data directory \"%s\"", original_datadir);
  text = g_strdup_printf ("Data directory \"%s\" contains a \"%s\" file which is ignored, because a different "
                          "configuration file \"%s\" from "
                          "%s is being used instead. Possible ways to address this would be to:\n"
                          "- Delete or rename the \"%s\" file in data directory \"%s\".\n"
                          "- Change datadir= or conf= options to specify one configuration file, not two, and use "
                          "includeconf= to include any "
                          "other configuration files.",
                          program->datadir, name, program->conf_file, source, name, program->datadir);
  if (!common_options_switch (program->options, "allowignoredconf"))
    return common_options_fail (
        error, "%s\n- Set allowignoredconf=1 option to treat this condition as a warning, not an error.", text);
  common_options_warn (program->options, "%s", text);
  return TRUE;
}
