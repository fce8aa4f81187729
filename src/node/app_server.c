#include "dbus/names.h"
#include "node/app_private.h"
#include "rpc/server_options.h"

gboolean
node_app_start_server (NodeApp *app, GError **error)
{
  const CommonOptions *options = app->context.program->options;
  g_autofree char *cookie = common_program_dup_path (app->context.program, "rpccookiefile", ".cookie");
  const RpcServerPlace place = {
    /* The application has its own connection to its node, which therefore accepts others only with -server. */
    .enabled = common_options_get_bool (options, "server", !common_options_is_set (options, BUS_OPTION_FD)),
    .port = (guint16) common_options_get_int (options, "rpcport", app->context.params->network->rpc_port),
    .cookie_file = cookie,
    .rest = app->rest != NULL ? RPC_HANDLER (app->rest) : NULL,
  };

  return rpc_server_start (options, &place, RPC_HANDLER (app->context.router), &app->server, error);
}
