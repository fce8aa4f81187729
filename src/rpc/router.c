#include "rpc/router.h"

struct _RpcRouter {
  GObject parent;
  RpcTable *own;
  RpcHandler *wallet;
};

static void router_handler_init (RpcHandlerInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (RpcRouter,
                               rpc_router,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RPC_TYPE_HANDLER, router_handler_init))

static void
rpc_router_init (RpcRouter *router)
{
}

static void
rpc_router_dispose (GObject *object)
{
  RpcRouter *router = RPC_ROUTER (object);
  g_clear_object (&router->own);
  g_clear_object (&router->wallet);
  G_OBJECT_CLASS (rpc_router_parent_class)->dispose (object);
}

static void
rpc_router_class_init (RpcRouterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rpc_router_dispose;
}

RpcRouter *
rpc_router_new (RpcTable *own)
{
  RpcRouter *router = g_object_new (RPC_TYPE_ROUTER, NULL);
  router->own = g_object_ref (own);
  return router;
}

void
rpc_router_set_wallet (RpcRouter *router, RpcHandler *wallet)
{
  g_return_if_fail (RPC_IS_ROUTER (router));
  g_set_object (&router->wallet, wallet);
}

static gboolean
router_has_method (RpcHandler *handler, const char *method)
{
  RpcRouter *router = RPC_ROUTER (handler);
  return rpc_handler_has_method (RPC_HANDLER (router->own), method)
         || (router->wallet != NULL && rpc_handler_has_method (router->wallet, method));
}

/* The method that `help` is called for; NULL: the overview. */
static const char *
help_subject (RpcJson *params)
{
  RpcJson *first
      = rpc_json_type (params) == RPC_JSON_OBJECT ? rpc_json_get (params, "command") : rpc_json_at (params, 0);
  return rpc_json_string (first);
}

static RpcHandler *
router_choose (RpcRouter *router, const char *method, RpcJson *params)
{
  RpcHandler *own = RPC_HANDLER (router->own);
  const char *subject = g_str_equal (method, "help") ? help_subject (params) : NULL;

  if (router->wallet == NULL)
    return own;
  if (subject != NULL && *subject != '\0')
    method = subject;
  /* The results of a wallet are wrong while the chain is not loaded. */
  else if (rpc_table_is_in_warmup (router->own))
    return own;
  return !rpc_handler_has_method (own, method) && rpc_handler_has_method (router->wallet, method) ? router->wallet
                                                                                                  : own;
}

/* A method that describes the methods of the node and of the wallet: its name and parameters, and the node's result. */
typedef struct {
  char *method;
  RpcJson *params;
  RpcJson *own;
} Description;

static void
description_free (gpointer data)
{
  Description *description = data;

  g_clear_pointer (&description->params, rpc_json_unref);
  g_clear_pointer (&description->own, rpc_json_unref);
  g_free (description->method);
  g_free (description);
}

/* Skips the section "== Control ==" of the wallet's help: it lists only methods that the node lists as well. */
static const char *
skip_control (const char *text)
{
  const char *next = g_str_has_prefix (text, "== Control ==") ? g_strstr_len (text, -1, "\n\n") : NULL;
  return next != NULL ? next + 2 : text;
}

static int
compare_described (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (rpc_json_string (rpc_json_get (*(RpcJson *const *) a, "name")),
                    rpc_json_string (rpc_json_get (*(RpcJson *const *) b, "name")));
}

/* The methods of two OpenRPC documents by name; those of OWN take precedence. */
static RpcJson *
merge_methods (const RpcJson *own, const RpcJson *more)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  const RpcJson *lists[] = { own, more };
  RpcJson *merged = rpc_json_new_array ();

  for (guint k = 0; k < G_N_ELEMENTS (lists); k++)
    for (gsize i = 0; i < rpc_json_len (lists[k]); i++) {
      RpcJson *method = rpc_json_at (lists[k], i);
      const char *name = rpc_json_string (rpc_json_get (method, "name"));
      if (name != NULL && g_hash_table_add (names, (gpointer) name))
        g_ptr_array_add (sorted, method);
    }
  g_ptr_array_sort (sorted, compare_described);
  for (guint i = 0; i < sorted->len; i++)
    rpc_json_append (merged, rpc_json_ref (g_ptr_array_index (sorted, i)));
  return merged;
}

/* The rows of OWN, and those of MORE about other methods, which have the names of their methods first. */
static RpcJson *
merge_conversions (const RpcJson *own, const RpcJson *more)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  RpcJson *merged = rpc_json_new_array ();

  for (gsize i = 0; i < rpc_json_len (own); i++) {
    g_hash_table_add (names, (gpointer) rpc_json_string (rpc_json_at (rpc_json_at (own, i), 0)));
    rpc_json_append (merged, rpc_json_ref (rpc_json_at (own, i)));
  }
  for (gsize i = 0; i < rpc_json_len (more); i++) {
    const char *name = rpc_json_string (rpc_json_at (rpc_json_at (more, i), 0));
    if (name != NULL && !g_hash_table_contains (names, name))
      rpc_json_append (merged, rpc_json_ref (rpc_json_at (more, i)));
  }
  return merged;
}

/* MORE: the wallet's result, or NULL. The caller owns it. */
static RpcJson *
merge_descriptions (RpcJson *own, const RpcJson *more)
{
  g_autofree char *text = NULL;
  RpcJson *merged;

  if (rpc_json_string (own) != NULL && rpc_json_string (more) != NULL) {
    text = g_strconcat (rpc_json_string (own), "\n\n", skip_control (rpc_json_string (more)), NULL);
    return rpc_json_new_string (text);
  }
  if (rpc_json_type (own) == RPC_JSON_ARRAY && rpc_json_type (more) == RPC_JSON_ARRAY)
    return merge_conversions (own, more);
  if (rpc_json_type (own) != RPC_JSON_OBJECT || rpc_json_type (more) != RPC_JSON_OBJECT)
    return rpc_json_ref (own);
  merged = rpc_json_new_object ();
  for (gsize i = 0; i < rpc_json_len (own); i++)
    rpc_json_set (merged, rpc_json_name_at (own, i), rpc_json_ref (rpc_json_at (own, i)));
  rpc_json_set (merged, "methods", merge_methods (rpc_json_get (own, "methods"), rpc_json_get (more, "methods")));
  return merged;
}

static void
on_wallet_described (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const Description *description = g_task_get_task_data (task);
  g_autoptr (RpcJson) more = rpc_handler_execute_finish (RPC_HANDLER (source), result, NULL);

  g_task_return_pointer (task, merge_descriptions (description->own, more), (GDestroyNotify) rpc_json_unref);
}

/* The methods of the node come first, then those of the wallet. */
static void
on_own_described (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  RpcRouter *router = RPC_ROUTER (g_task_get_source_object (task));
  GCancellable *cancellable = g_task_get_cancellable (task);
  Description *description = g_task_get_task_data (task);
  GError *error = NULL;

  description->own = rpc_handler_execute_finish (RPC_HANDLER (source), result, &error);
  if (description->own == NULL) {
    g_task_return_error (task, error);
    return;
  }
  if (router->wallet == NULL) {
    g_task_return_pointer (task, rpc_json_ref (description->own), (GDestroyNotify) rpc_json_unref);
    return;
  }
  rpc_handler_execute_async (router->wallet, description->method, description->params, NULL, cancellable,
                             on_wallet_described, g_steal_pointer (&task));
}

static gboolean
describes_methods (const char *method, RpcJson *params)
{
  if (g_str_equal (method, "help"))
    return rpc_json_len (params) == 0 || g_strcmp0 (help_subject (params), RPC_CONVERSIONS) == 0;
  return g_str_equal (method, "getopenrpcinfo") || g_str_equal (method, "rpc.discover");
}

static void
router_execute_async (RpcHandler *handler,
                      const char *method,
                      RpcJson *params,
                      const char *wallet,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  RpcRouter *router = RPC_ROUTER (handler);
  GTask *task = g_task_new (router, cancellable, callback, data);
  gboolean describes = describes_methods (method, params) && router->wallet != NULL;

  g_task_set_check_cancellable (task, FALSE);
  if (describes) {
    Description *description = g_new0 (Description, 1);
    description->method = g_strdup (method);
    description->params = params != NULL ? rpc_json_ref (params) : NULL;
    g_task_set_task_data (task, description, description_free);
  }
  rpc_handler_execute_async (router_choose (router, method, params), method, params, wallet, cancellable,
                             describes ? on_own_described : rpc_handler_return_to_task, task);
}

static RpcJson *
router_execute_finish (RpcHandler *handler, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The wallet is another process, and its methods are known on the main context only. */
static gboolean
router_execute_now (RpcHandler *handler,
                    const char *method,
                    RpcJson *params,
                    const char *wallet,
                    RpcRun up_to,
                    GCancellable *cancellable,
                    RpcJson **result,
                    GError **error)
{
  RpcHandler *own = RPC_HANDLER (RPC_ROUTER (handler)->own);

  return !g_str_equal (method, "help") && !describes_methods (method, params) && rpc_handler_has_method (own, method)
         && rpc_handler_execute_now (own, method, params, wallet, up_to, cancellable, result, error);
}

static RpcJson *
router_dup_methods (RpcHandler *handler)
{
  return rpc_handler_dup_methods (RPC_HANDLER (RPC_ROUTER (handler)->own));
}

static void
router_handler_init (RpcHandlerInterface *iface)
{
  iface->has_method = router_has_method;
  iface->execute_async = router_execute_async;
  iface->execute_finish = router_execute_finish;
  iface->execute_now = router_execute_now;
  iface->dup_methods = router_dup_methods;
}
