#include "common/log.h"
#include "dbus/names.h"
#include "node/app_private.h"

/* -rpccookieperms as the mode of a file. */
static gboolean
read_cookie_mode (const CommonOptions *options, guint *mode, GError **error)
{
  static const struct {
    const char *who;
    guint mode;
  } modes[] = { { "owner", 0600 }, { "group", 0640 }, { "all", 0644 } };
  const char *who = common_options_get (options, "rpccookieperms", "owner");

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    if (g_str_equal (who, modes[i].who)) {
      *mode = modes[i].mode;
      return TRUE;
    }
  common_error ("Invalid -rpccookieperms=%s; must be one of 'owner', 'group', or 'all'.", who);
  return common_options_fail (error, "Unable to start HTTP server. See debug log for details.");
}

gboolean
node_app_start_server (NodeApp *app, GError **error)
{
  const CommonOptions *options = app->context.program->options;
  const BtcNetworkInfo *network = app->context.params->network;
  g_autofree const char **bind = common_options_dup_list (options, "rpcbind");
  g_autofree const char **allow = common_options_dup_list (options, "rpcallowip");
  g_autofree const char **auth = common_options_dup_list (options, "rpcauth");
  g_autofree const char **whitelist = common_options_dup_list (options, "rpcwhitelist");
  g_autofree char *cookie = common_program_dup_path (app->context.program, "rpccookiefile", ".cookie");
  gint64 port = common_options_get_int (options, "rpcport", network->rpc_port);
  RpcServerOptions server = { 0 };

  /* The application has its own connection to its node, which therefore accepts others only with -server. */
  if (!common_options_get_bool (options, "server", !common_options_is_set (options, BUS_OPTION_FD)))
    return TRUE;
  if (bind[0] != NULL && allow[0] == NULL) {
    common_warn ("Option -rpcbind was ignored because -rpcallowip was not specified, refusing to allow everyone to "
                 "connect");
    bind[0] = NULL;
  }
  if (!read_cookie_mode (options, &server.cookie_mode, error))
    return FALSE;
  server.bind = bind;
  server.port = (guint16) port;
  server.allow_ip = allow;
  server.cookie_file = cookie;
  server.user = common_options_get (options, "rpcuser", NULL);
  server.password = common_options_get (options, "rpcpassword", NULL);
  server.auth = auth;
  server.whitelist = whitelist;
  server.whitelist_default = common_options_get_bool (options, "rpcwhitelistdefault", whitelist[0] != NULL);
  server.work_queue = (guint) common_options_number (options, "rpcworkqueue");
  server.threads = (guint) common_options_number (options, "rpcthreads");
  server.timeout_s = (guint) common_options_number (options, "rpcservertimeout");
  server.rest = app->rest != NULL ? RPC_HANDLER (app->rest) : NULL;
  app->server = rpc_server_new (&server, RPC_HANDLER (app->context.router), error);
  return app->server != NULL;
}
