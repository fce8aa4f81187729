#include "common/log.h"
#include "dbus/names.h"
#include "node/app_private.h"

gboolean
node_app_start_server (NodeApp *app, GError **error)
{
  const CommonOptions *options = app->context.program->options;
  const BtcNetworkInfo *network = app->context.params->network;
  g_autofree const char **bind = common_options_dup_list (options, "rpcbind");
  g_autofree const char **allow = common_options_dup_list (options, "rpcallowip");
  g_autofree const char **auth = common_options_dup_list (options, "rpcauth");
  g_autofree char *cookie = common_program_dup_path (app->context.program, "rpccookiefile", ".cookie");
  gint64 port = common_options_get_int (options, "rpcport", network->rpc_port);
  RpcServerOptions server = { 0 };

  /* The application has its own connection to its node, which therefore accepts others only with -server. */
  if (!common_options_get_bool (options, "server", !common_options_is_set (options, BUS_OPTION_FD)))
    return TRUE;
  if (port < 1 || port > G_MAXUINT16)
    return common_options_fail (error, "Invalid port specified in -rpcport: '%s'",
                                common_options_get (options, "rpcport", ""));
  if (bind[0] != NULL && allow[0] == NULL) {
    common_warn ("Option -rpcbind was ignored because -rpcallowip was not specified, refusing to allow everyone to "
                 "connect");
    bind[0] = NULL;
  }
  server.bind = bind;
  server.port = (guint16) port;
  server.allow_ip = allow;
  server.cookie_file = cookie;
  server.user = common_options_get (options, "rpcuser", NULL);
  server.password = common_options_get (options, "rpcpassword", NULL);
  server.auth = auth;
  server.work_queue = (guint) CLAMP (common_options_get_int (options, "rpcworkqueue", 64), 1, 100000);
  server.threads = (guint) CLAMP (common_options_get_int (options, "rpcthreads", 16), 1, 256);
  server.timeout_s = (guint) CLAMP (common_options_get_int (options, "rpcservertimeout", 30), 1, 86400);
  server.rest = app->rest != NULL ? RPC_HANDLER (app->rest) : NULL;
  app->server = rpc_server_new (&server, RPC_HANDLER (app->context.router), error);
  return app->server != NULL;
}
