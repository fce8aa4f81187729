#include "rpc/handler.h"

G_DEFINE_QUARK (rpc_error, rpc_error)
G_DEFINE_INTERFACE (RpcHandler, rpc_handler, G_TYPE_OBJECT)

static void
rpc_handler_default_init (RpcHandlerInterface *iface)
{
}

gboolean
rpc_handler_has_method (RpcHandler *handler, const char *method)
{
  g_return_val_if_fail (RPC_IS_HANDLER (handler) && method != NULL, FALSE);
  return RPC_HANDLER_GET_IFACE (handler)->has_method (handler, method);
}

void
rpc_handler_execute_async (RpcHandler *handler,
                           const char *method,
                           RpcJson *params,
                           const char *wallet,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  g_return_if_fail (RPC_IS_HANDLER (handler) && method != NULL);
  RPC_HANDLER_GET_IFACE (handler)->execute_async (handler, method, params, wallet, cancellable, callback, data);
}

gboolean
rpc_handler_execute_now (RpcHandler *handler,
                         const char *method,
                         RpcJson *params,
                         const char *wallet,
                         RpcRun up_to,
                         GCancellable *cancellable,
                         RpcJson **result,
                         GError **error)
{
  RpcHandlerInterface *iface;

  g_return_val_if_fail (RPC_IS_HANDLER (handler) && method != NULL && result != NULL, FALSE);
  iface = RPC_HANDLER_GET_IFACE (handler);
  *result = NULL;
  return iface->execute_now != NULL
         && iface->execute_now (handler, method, params, wallet, up_to, cancellable, result, error);
}

RpcJson *
rpc_handler_execute_finish (RpcHandler *handler, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (RPC_IS_HANDLER (handler), NULL);
  return RPC_HANDLER_GET_IFACE (handler)->execute_finish (handler, result, error);
}

RpcJson *
rpc_handler_dup_methods (RpcHandler *handler)
{
  RpcHandlerInterface *iface;

  g_return_val_if_fail (RPC_IS_HANDLER (handler), NULL);
  iface = RPC_HANDLER_GET_IFACE (handler);
  return iface->dup_methods != NULL ? iface->dup_methods (handler) : rpc_json_new_array ();
}

void
rpc_handler_return_to_task (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  RpcJson *value = rpc_handler_execute_finish (RPC_HANDLER (source), result, &error);

  if (value != NULL)
    g_task_return_pointer (task, value, (GDestroyNotify) rpc_json_unref);
  else
    g_task_return_error (task, error);
}
