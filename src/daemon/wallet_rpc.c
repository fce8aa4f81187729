#include "daemon/wallet_rpc.h"

#include "rpc/caller.h"

struct _DaemonWalletRpc {
  GObject parent;
  RpcHandler *table;
  const WalletAccess *access;
};

static void daemon_wallet_rpc_handler_init (RpcHandlerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (DaemonWalletRpc,
                               daemon_wallet_rpc,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RPC_TYPE_HANDLER, daemon_wallet_rpc_handler_init))

static gboolean
daemon_wallet_rpc_has_method (RpcHandler *handler, const char *method)
{
  return rpc_handler_has_method (DAEMON_WALLET_RPC (handler)->table, method);
}

static void
daemon_wallet_rpc_execute_async (RpcHandler *handler,
                                 const char *method,
                                 RpcJson *params,
                                 const char *wallet,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data)
{
  DaemonWalletRpc *self = DAEMON_WALLET_RPC (handler);
  GTask *task = g_task_new (self, NULL, callback, data);
  GError *error = NULL;

  if (wallet_access_check ((gpointer) self->access, method, rpc_caller_get_authorization (cancellable), &error)) {
    rpc_handler_execute_async (self->table, method, params, wallet, cancellable, rpc_handler_return_to_task, task);
    return;
  }
  g_task_return_error (task, error);
  g_object_unref (task);
}

static RpcJson *
daemon_wallet_rpc_execute_finish (RpcHandler *handler, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
daemon_wallet_rpc_handler_init (RpcHandlerInterface *iface)
{
  iface->has_method = daemon_wallet_rpc_has_method;
  iface->execute_async = daemon_wallet_rpc_execute_async;
  iface->execute_finish = daemon_wallet_rpc_execute_finish;
}

static void
daemon_wallet_rpc_class_init (DaemonWalletRpcClass *klass)
{
}

static void
daemon_wallet_rpc_init (DaemonWalletRpc *self)
{
}

DaemonWalletRpc *
daemon_wallet_rpc_new (RpcTable *table, const WalletAccess *access)
{
  DaemonWalletRpc *self = g_object_new (DAEMON_TYPE_WALLET_RPC, NULL);

  self->table = RPC_HANDLER (table);
  self->access = access;
  return self;
}
