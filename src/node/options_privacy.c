#include "node/options.h"

/* The checks of -asmap and -privatebroadcast. */

gboolean
node_options_check_asmap (const CommonProgram *program, GError **error)
{
  const char *given = common_options_get (program->options, "asmap", NULL);
  g_autofree char *path = NULL;

  if (given == NULL || common_options_is_negated (program->options, "asmap"))
    return TRUE;
  if (common_options_get_bool (program->options, "asmap", FALSE))
    return common_options_fail (error, "Embedded asmap data not available");
  path = common_program_dup_path (program, "asmap", NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return common_options_fail (error, "Could not find asmap file \"%s\"", path);
  return g_file_test (path, G_FILE_TEST_IS_REGULAR)
         || common_options_fail (error, "Could not parse asmap file \"%s\"", path);
}

static gboolean
lists_network (const CommonOptions *options, const char *name)
{
  g_autofree const char **networks = common_options_dup_list (options, "onlynet");
  gboolean found = networks[0] == NULL;

  for (guint i = 0; networks[i] != NULL; i++)
    found |= g_ascii_strcasecmp (networks[i], name) == 0;
  return found;
}

static gboolean
names_proxy (const CommonOptions *options, const char *name)
{
  const char *value = common_options_get (options, name, "");

  return *value != '\0' && !g_str_equal (value, "0");
}

gboolean
node_options_check_private_broadcast (const CommonProgram *program, GError **error)
{
  const CommonOptions *options = program->options;
  g_autofree const char **connect = common_options_dup_list (options, "connect");
  gboolean onion = lists_network (options, "onion")
                   && (names_proxy (options, "onion") || names_proxy (options, "proxy")
                       || common_options_switch (options, "listenonion"));
  gboolean i2p = lists_network (options, "i2p") && names_proxy (options, "i2psam");

  if (!common_options_switch (options, "privatebroadcast"))
    return TRUE;
  if (!onion && !i2p)
    return common_options_fail (error,
                                "Private broadcast of own transactions requested (-privatebroadcast), but none of "
                                "Tor or I2P networks is reachable");
  if (connect[0] != NULL || common_options_is_negated (options, "connect"))
    return common_options_fail (
        error,
        "Private broadcast of own transactions requested (-privatebroadcast), but -connect is also configured. "
        "They are incompatible because the private broadcast needs to open new connections to randomly chosen Tor "
        "or I2P peers. Consider using -maxconnections=0 -addnode=... instead");
  if (onion && !common_options_switch (options, "proxyrandomize"))
    common_program_warn (
        program, "Private broadcast of own transactions requested (-privatebroadcast) and -proxyrandomize is "
                 "disabled. Tor circuits for private broadcast connections may be correlated to other connections "
                 "over Tor. For maximum privacy set -proxyrandomize=1.");
  return TRUE;
}
