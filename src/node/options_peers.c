#include "node/options.h"

#include <string.h>

#include "common/log.h"
#include "node/address_options.h"
#include "node/user_agent.h"

/* The checks of options about connections, in the reference's order, for a version that has none yet. */

typedef gboolean (*PeersCheck) (const CommonOptions *options, GError **error);

/* "0M": digits and an optional unit. */
static gboolean
check_upload_target (const CommonOptions *options, GError **error)
{
  static const char units[] = "kKmMgGtT";
  const char *text = common_options_get (options, "maxuploadtarget", "0M");
  gsize len = strlen (text);
  const char *unit = len > 0 ? strchr (units, text[len - 1]) : NULL;
  g_autofree char *digits = g_strndup (text, unit != NULL ? len - 1 : len);
  guint64 factor = 1 << 20, number;

  if (unit != NULL) {
    factor = 1;
    for (gsize i = 0; i <= (gsize) (unit - units) / 2; i++)
      factor *= (unit - units) % 2 == 0 ? 1000 : 1024;
  }
  if (g_ascii_string_to_unsigned (digits, 10, 0, G_MAXUINT64 / factor, &number, NULL))
    return TRUE;
  return common_options_fail (error, "Unable to parse -maxuploadtarget: '%s'",
                              common_options_get (options, "maxuploadtarget", ""));
}

static gboolean
check_port (const CommonOptions *options, const char *name, GError **error)
{
  const char *text = common_options_get (options, name, NULL);
  guint64 port;

  return text == NULL || g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &port, NULL)
         || common_options_fail (error, "Invalid port specified in -%s: '%s'", name, text);
}

/* Values that are "host:port", where SUFFIX allows "=word" at their end, and UNIX_SOCKET the path of a socket. */
static gboolean
check_host_ports (const CommonOptions *options, const char *name, gboolean unix_socket, gboolean suffix, GError **error)
{
  g_autofree const char **values = common_options_dup_list (options, name);

  for (guint i = 0; values[i] != NULL; i++) {
    const char *equals = suffix ? strrchr (values[i], '=') : NULL;
    g_autofree char *text = equals != NULL ? g_strndup (values[i], (gsize) (equals - values[i])) : g_strdup (values[i]);
    g_autofree char *host = NULL;
    guint16 port;

    if (!node_address_split (text, &host, &port) && !(unix_socket && g_str_has_prefix (values[i], "unix:")))
      return common_options_fail (error, "Invalid port specified in -%s: '%s'", name, values[i]);
  }
  return TRUE;
}

static gboolean
check_all_host_ports (const CommonOptions *options, GError **error)
{
  static const struct {
    const char *name;
    gboolean unix_socket, suffix;
  } checks[] = {
    { "i2psam", FALSE, FALSE },        { "onion", TRUE, FALSE },           { "proxy", TRUE, TRUE },
    { "bind", FALSE, TRUE },           { "rpcbind", FALSE, FALSE },        { "torcontrol", FALSE, FALSE },
    { "whitebind", FALSE, FALSE },     { "zmqpubhashblock", TRUE, FALSE }, { "zmqpubhashtx", TRUE, FALSE },
    { "zmqpubrawblock", TRUE, FALSE }, { "zmqpubrawtx", TRUE, FALSE },     { "zmqpubsequence", TRUE, FALSE },
  };

  if (!check_port (options, "port", error) || !check_port (options, "rpcport", error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    if (!check_host_ports (options, checks[i].name, checks[i].unix_socket, checks[i].suffix, error))
      return FALSE;
  return TRUE;
}

static gboolean
reaches (const CommonOptions *options, const char *network)
{
  g_autofree const char **networks = common_options_dup_list (options, "onlynet");
  gboolean found = networks[0] == NULL;

  for (guint i = 0; networks[i] != NULL; i++)
    found |= g_ascii_strcasecmp (networks[i], network) == 0;
  return found;
}

static gboolean
check_networks (const CommonOptions *options, GError **error)
{
  static const char *const known[] = { "ipv4", "ipv6", "onion", "i2p", "cjdns", NULL };
  g_autofree const char **networks = common_options_dup_list (options, "onlynet");

  for (guint i = 0; networks[i] != NULL; i++) {
    g_autofree char *name = g_ascii_strdown (networks[i], -1);

    if (!g_strv_contains (known, name))
      return common_options_fail (error, "Unknown network specified in -onlynet: '%s'", networks[i]);
  }
  if (networks[0] != NULL && reaches (options, "cjdns") && common_options_get (options, "cjdnsreachable", NULL) == NULL)
    return common_options_fail (error, "Outbound connections restricted to CJDNS (-onlynet=cjdns) but -cjdnsreachable "
                                       "is not provided");
  return TRUE;
}

static gboolean
check_user_agent (const CommonOptions *options, GError **error)
{
  g_autofree char *agent = node_user_agent_new (options, error);

  return agent != NULL;
}

static gboolean
check_dns_seed (const CommonOptions *options, GError **error)
{
  if (!common_options_get_bool (options, "dnsseed", FALSE) || reaches (options, "ipv4") || reaches (options, "ipv6"))
    return TRUE;
  return common_options_fail (error, "Incompatible options: -dnsseed=1 was explicitly specified, but -onlynet forbids "
                                     "connections to IPv4/IPv6");
}

static gboolean
is_proxy (const CommonOptions *options, const char *text)
{
  return g_str_has_prefix (text, "unix:")
         || node_address_resolves (text, common_options_switch (options, "dns"), FALSE);
}

static gboolean
check_proxies (const CommonOptions *options, GError **error)
{
  static const char *const known[] = { "ipv4", "ipv6", "onion", "cjdns", NULL };
  g_autofree const char **values = common_options_dup_list (options, "proxy");

  for (guint i = 0; values[i] != NULL; i++) {
    const char *equals = strrchr (values[i], '=');
    g_autofree char *proxy
        = equals != NULL ? g_strndup (values[i], (gsize) (equals - values[i])) : g_strdup (values[i]);
    g_autofree char *network = equals != NULL ? g_ascii_strdown (equals + 1, -1) : NULL;

    if (network != NULL && *network == '\0')
      return common_options_fail (error, "Invalid -proxy address or hostname, ends with '=': '%s'", values[i]);
    if (*proxy != '\0' && !g_str_equal (proxy, "0") && !is_proxy (options, proxy))
      return common_options_fail (error, "Invalid -proxy address or hostname: '%s'", proxy);
    if (network != NULL && !g_strv_contains (known, network))
      return common_options_fail (error, "Unrecognized network in -proxy='%s': '%s'", values[i], network);
  }
  return TRUE;
}

static gboolean
check_onion (const CommonOptions *options, GError **error)
{
  const char *onion = common_options_get (options, "onion", ""), *proxy = common_options_get (options, "proxy", "");
  gboolean only = common_options_get (options, "onlynet", NULL) != NULL && reaches (options, "onion");

  if (g_str_equal (onion, "0"))
    return !only
           || common_options_fail (error, "Outbound connections restricted to Tor (-onlynet=onion) but the proxy for "
                                          "reaching the Tor network is explicitly forbidden: -onion=0");
  if (*onion != '\0' && !is_proxy (options, onion))
    return common_options_fail (error, "Invalid -onion address or hostname: '%s'", onion);
  if (only && *onion == '\0' && (*proxy == '\0' || g_str_equal (proxy, "0"))
      && !common_options_switch (options, "listenonion"))
    return common_options_fail (error, "Outbound connections restricted to Tor (-onlynet=onion) but the proxy for "
                                       "reaching the Tor network is not provided: none of -proxy, -onion or "
                                       "-listenonion is given");
  return TRUE;
}

static gboolean
check_external (const CommonOptions *options, GError **error)
{
  g_autofree const char **values = common_options_dup_list (options, "externalip");

  for (guint i = 0; values[i] != NULL; i++)
    if (!node_address_resolves (values[i], common_options_switch (options, "dns"), FALSE))
      return common_options_fail (error, "Cannot resolve -externalip address: '%s'", values[i]);
  return TRUE;
}

static gboolean
check_bind (const CommonOptions *options, GError **error)
{
  g_autofree const char **values = common_options_dup_list (options, "bind");

  for (guint i = 0; values[i] != NULL; i++) {
    const char *equals = strrchr (values[i], '=');
    g_autofree char *text = equals != NULL ? g_strndup (values[i], (gsize) (equals - values[i])) : g_strdup (values[i]);

    if ((equals != NULL && !g_str_equal (equals, "=onion")) || !node_address_resolves (text, FALSE, TRUE))
      return common_options_fail (error, "Cannot resolve -bind address: '%s'", values[i]);
  }
  return TRUE;
}

static gboolean
check_white_bind (const CommonOptions *options, GError **error)
{
  g_autofree const char **values = common_options_dup_list (options, "whitebind");

  for (guint i = 0; values[i] != NULL; i++) {
    const char *text = node_address_skip_permissions (values[i], FALSE, error);
    g_autofree char *host = NULL;
    guint16 port = 0;

    if (text == NULL)
      return FALSE;
    if (!node_address_resolves (text, FALSE, TRUE))
      return common_options_fail (error, "Cannot resolve -whitebind address: '%s'", text);
    if (!node_address_split (text, &host, &port) || port == 0)
      return common_options_fail (error, "Need to specify a port with -whitebind: '%s'", text);
  }
  return TRUE;
}

static gboolean
check_white_list (const CommonOptions *options, GError **error)
{
  g_autofree const char **values = common_options_dup_list (options, "whitelist");

  for (guint i = 0; values[i] != NULL; i++) {
    const char *text = node_address_skip_permissions (values[i], TRUE, error);

    if (text == NULL)
      return FALSE;
    if (!node_address_is_subnet (text))
      return common_options_fail (error, "Invalid netmask specified in -whitelist: '%s'", text);
  }
  return TRUE;
}

static gboolean
check_i2p (const CommonOptions *options, GError **error)
{
  const char *proxy = common_options_get (options, "i2psam", "");

  if (*proxy == '\0')
    return common_options_get (options, "onlynet", NULL) == NULL || !reaches (options, "i2p")
           || common_options_fail (error, "Outbound connections restricted to i2p (-onlynet=i2p) but -i2psam is not "
                                          "provided");
  return node_address_resolves (proxy, common_options_switch (options, "dns"), FALSE)
         || common_options_fail (error, "Invalid -i2psam address or hostname: '%s'", proxy);
}

static void
warn_of_empty_nodes (const CommonOptions *options)
{
  g_autofree const char **values = common_options_dup_list (options, "addnode");

  for (guint i = 0; values[i] != NULL; i++)
    if (strspn (values[i], " \t") == strlen (values[i]))
      common_warn ("Ignoring empty -addnode value");
}

gboolean
node_options_check_peers (const CommonProgram *program, GError **error)
{
  static const PeersCheck checks[] = {
    check_upload_target, check_all_host_ports, check_networks, check_user_agent, check_dns_seed,   check_proxies,
    check_onion,         check_external,       check_bind,     check_white_bind, check_white_list, check_i2p,
  };

  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    if (!checks[i](program->options, error))
      return FALSE;
  warn_of_empty_nodes (program->options);
  return node_options_check_asmap (program, error) && node_options_check_private_broadcast (program, error);
}
