#include "node/options.h"

/* Options that set others, by the reference's rules: never one that was given. */

static void
interact_set (CommonOptions *options, const char *cause, const char *name, const char *value)
{
  if (common_options_force (options, name, value, TRUE))
    common_options_note (options, "parameter interaction: %s -> setting -%s=%s", cause, name, value);
}

static gboolean
has_values (const CommonOptions *options, const char *name)
{
  g_autofree const char **list = common_options_dup_list (options, name);

  return list[0] != NULL;
}

/* Whoever names an address wants to listen on it. */
static void
interact_bind (CommonOptions *options)
{
  if (has_values (options, "bind"))
    interact_set (options, "-bind set", "listen", "1");
  if (has_values (options, "whitebind"))
    interact_set (options, "-whitebind set", "listen", "1");
}

/* With trusted nodes only, or none, no others are sought. */
static void
interact_connect (CommonOptions *options)
{
  if (!has_values (options, "connect") && !common_options_is_negated (options, "connect")
      && common_options_number (options, "maxconnections") > 0)
    return;
  interact_set (options, "-connect or -maxconnections=0 set", "dnsseed", "0");
  interact_set (options, "-connect or -maxconnections=0 set", "listen", "0");
}

/* Whoever uses a proxy does not want the own address to be known. */
static void
interact_proxy (CommonOptions *options)
{
  const char *proxy = common_options_get (options, "proxy", "");

  if (*proxy == '\0' || g_str_equal (proxy, "0"))
    return;
  interact_set (options, "-proxy set", "listen", "0");
  interact_set (options, "-proxy set", "natpmp", "0");
  interact_set (options, "-proxy set", "discover", "0");
}

static void
interact_listen (CommonOptions *options)
{
  if (!common_options_get_bool (options, "listen", TRUE)) {
    interact_set (options, "-listen=0", "natpmp", "0");
    interact_set (options, "-listen=0", "discover", "0");
    interact_set (options, "-listen=0", "listenonion", "0");
    interact_set (options, "-listen=0", "i2pacceptincoming", "0");
  }
  if (has_values (options, "externalip"))
    interact_set (options, "-externalip set", "discover", "0");
}

static void
interact_relay (CommonOptions *options)
{
  if (common_options_switch (options, "blocksonly")) {
    interact_set (options, "-blocksonly=1", "whitelistrelay", "0");
    interact_set (options, "-blocksonly=1", "maxmempool", "5");
    if (!common_options_switch (options, "disablewallet"))
      interact_set (options, "-blocksonly=1", "walletbroadcast", "0");
  }
  if (common_options_switch (options, "whitelistforcerelay"))
    interact_set (options, "-whitelistforcerelay=1", "whitelistrelay", "1");
}

static void
interact_networks (CommonOptions *options)
{
  g_autofree const char **networks = common_options_dup_list (options, "onlynet");
  gboolean clear = networks[0] == NULL;

  for (guint i = 0; networks[i] != NULL; i++)
    clear |= g_ascii_strcasecmp (networks[i], "ipv4") == 0 || g_ascii_strcasecmp (networks[i], "ipv6") == 0;
  if (!clear)
    interact_set (options, "-onlynet excludes IPv4 and IPv6", "dnsseed", "0");
}

void
node_options_interact (CommonOptions *options)
{
  g_return_if_fail (options != NULL);

  interact_bind (options);
  interact_connect (options);
  interact_proxy (options);
  interact_listen (options);
  interact_relay (options);
  interact_networks (options);
}
