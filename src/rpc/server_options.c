#include "rpc/server_options.h"

#include "common/log.h"

/* -rpccookieperms=WHO as the mode of a file. */
static gboolean
server_read_cookie_mode (const char *who, guint *mode, GError **error)
{
  static const struct {
    const char *who;
    guint mode;
  } modes[] = { { "owner", 0600 }, { "group", 0640 }, { "all", 0644 } };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    if (g_str_equal (who, modes[i].who)) {
      *mode = modes[i].mode;
      return TRUE;
    }
  common_error ("Invalid -rpccookieperms=%s; must be one of 'owner', 'group', or 'all'.", who);
  return common_options_fail (error, "Unable to start HTTP server. See debug log for details.");
}

static gboolean
server_binds_loopback (const char *const *bind)
{
  for (; *bind != NULL; bind++) {
    g_autoptr (GSocketConnectable) name = g_network_address_parse (*bind, 1, NULL);
    const char *host = name != NULL ? g_network_address_get_hostname (G_NETWORK_ADDRESS (name)) : "";
    g_autoptr (GInetAddress) ip = g_inet_address_new_from_string (host);

    if (ip != NULL ? !g_inet_address_get_is_loopback (ip) : g_ascii_strcasecmp (host, "localhost") != 0)
      return FALSE;
  }
  return TRUE;
}

/* Nobody but this machine is let in by mistake. BIND is what counts of -rpcbind. */
static void
server_check_bind (const char **bind, const char *const *allow, gboolean trusts_loopback)
{
  if (bind[0] == NULL || allow[0] != NULL || (trusts_loopback && server_binds_loopback (bind)))
    return;
  common_warn ("Option -rpcbind was ignored because -rpcallowip was not specified, refusing to allow everyone to "
               "connect");
  bind[0] = NULL;
}

gboolean
rpc_server_start (const CommonOptions *options,
                  const RpcServerPlace *place,
                  RpcHandler *handler,
                  RpcServer **server,
                  GError **error)
{
  g_autofree const char **bind = common_options_dup_list (options, "rpcbind");
  g_autofree const char **allow = common_options_dup_list (options, "rpcallowip");
  g_autofree const char **auth = common_options_dup_list (options, "rpcauth");
  g_autofree const char **whitelist = common_options_dup_list (options, "rpcwhitelist");
  RpcServerOptions all
      = { .bind = bind,
          .port = place->port,
          .allow_ip = allow,
          .cookie_file = place->cookie_file,
          .user = common_options_get (options, "rpcuser", NULL),
          .password = common_options_get (options, "rpcpassword", NULL),
          .auth = auth,
          .whitelist = whitelist,
          .whitelist_default = common_options_get_bool (options, "rpcwhitelistdefault", whitelist[0] != NULL),
          .work_queue = (guint) common_options_number (options, "rpcworkqueue"),
          .threads = (guint) common_options_number (options, "rpcthreads"),
          .timeout_s = (guint) common_options_number (options, "rpcservertimeout"),
          .rest = place->rest };
  const char *who = common_options_get (options, "rpccookieperms", "owner");

  *server = NULL;
  if (!place->enabled)
    return TRUE;
  if (!server_read_cookie_mode (who, &all.cookie_mode, error))
    return FALSE;
  server_check_bind (bind, allow, place->trusts_loopback);
  *server = rpc_server_new (&all, handler, error);
  return *server != NULL;
}
