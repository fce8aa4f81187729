#include "rpc/wallets.h"

typedef struct {
  guint number;
  RpcHandler *handler;
  char **names; /* of its loaded wallets */
} Program;

struct _RpcWallets {
  GObject parent;
  GPtrArray *programs; /* Program */
  guint last_number;
};

static void wallets_handler_init (RpcHandlerInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (RpcWallets,
                               rpc_wallets,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RPC_TYPE_HANDLER, wallets_handler_init))

static void
program_free (gpointer data)
{
  Program *program = data;

  g_object_unref (program->handler);
  g_strfreev (program->names);
  g_free (program);
}

static Program *
wallets_get (RpcWallets *self, guint i)
{
  return g_ptr_array_index (self->programs, i);
}

static Program *
wallets_find_number (RpcWallets *self, guint number)
{
  for (guint i = 0; i < self->programs->len; i++)
    if (wallets_get (self, i)->number == number)
      return wallets_get (self, i);
  return NULL;
}

/* The program that has the wallet NAME; NULL: none. */
static Program *
wallets_find_name (RpcWallets *self, const char *name)
{
  for (guint i = 0; i < self->programs->len; i++)
    if (g_strv_contains ((const char *const *) wallets_get (self, i)->names, name))
      return wallets_get (self, i);
  return NULL;
}

guint
rpc_wallets_add (RpcWallets *self, RpcHandler *handler)
{
  Program *program = g_new0 (Program, 1);

  program->number = ++self->last_number;
  program->handler = g_object_ref (handler);
  program->names = g_new0 (char *, 1);
  g_ptr_array_add (self->programs, program);
  return program->number;
}

void
rpc_wallets_remove (RpcWallets *self, guint number)
{
  g_ptr_array_remove (self->programs, wallets_find_number (self, number));
}

gboolean
rpc_wallets_set_names (RpcWallets *self, guint number, const char *const *names, const char **taken)
{
  Program *program = wallets_find_number (self, number);

  g_return_val_if_fail (program != NULL, FALSE);

  for (const char *const *name = names; *name != NULL; name++) {
    const Program *other = wallets_find_name (self, *name);

    if (other != NULL && other != program) {
      *taken = *name;
      return FALSE;
    }
  }
  g_strfreev (program->names);
  program->names = g_strdupv ((char **) names);
  return TRUE;
}

/* ---- calls ---- */

static gboolean
wallets_has_method (RpcHandler *handler, const char *method)
{
  RpcWallets *self = RPC_WALLETS (handler);

  for (guint i = 0; i < self->programs->len; i++)
    if (rpc_handler_has_method (wallets_get (self, i)->handler, method))
      return TRUE;
  return FALSE;
}

/* The methods that do not need a loaded wallet; those of new ones have the name of a wallet as their first parameter. */
static const struct {
  const char *name;
  int taken; /* if it opens or makes a wallet: the error when another program has that */
} walletless[] = {
  { "createwallet", RPC_WALLET_ERROR },
  { "loadwallet", RPC_WALLET_ALREADY_LOADED },
  { "migratewallet", RPC_WALLET_ERROR },
  { "restorewallet", RPC_WALLET_ERROR },
  { "getdescriptorinfo" },
  { "getopenrpcinfo" },
  { "help" },
  { "listwalletdir" },
  { "rpc.discover" },
  { "signrawtransactionwithkey" },
};

/* The name of a wallet in the parameters. */
static const char *
wallets_name_in (RpcJson *params)
{
  RpcJson *name
      = rpc_json_type (params) == RPC_JSON_OBJECT ? rpc_json_get (params, "wallet_name") : rpc_json_at (params, 0);

  return rpc_json_string (name);
}

/* The only program with a loaded wallet, or the first program if none has one; NULL with an error if several wallets are
 * loaded. */
static Program *
wallets_choose_default (RpcWallets *self, GError **error)
{
  Program *chosen = NULL;
  guint n = 0;

  for (guint i = 0; i < self->programs->len; i++) {
    guint own = g_strv_length (wallets_get (self, i)->names);

    n += own;
    chosen = own > 0 ? wallets_get (self, i) : chosen;
  }
  if (n > 1) {
    g_set_error_literal (error, RPC_ERROR, RPC_WALLET_NOT_SPECIFIED,
                         "Multiple wallets are loaded. Please select which wallet to use by requesting the RPC "
                         "through the /wallet/<walletname> URI path.");
    return NULL;
  }
  return chosen != NULL ? chosen : wallets_get (self, 0);
}

static Program *
wallets_choose_walletless (RpcWallets *self, int taken, RpcJson *params, GError **error)
{
  const char *name = taken != 0 ? wallets_name_in (params) : NULL;
  const Program *owner = name != NULL ? wallets_find_name (self, name) : NULL;

  if (owner == NULL || owner == wallets_get (self, 0))
    return wallets_get (self, 0);
  g_set_error (error, RPC_ERROR, taken, "Wallet \"%s\" is already loaded by another program.", name);
  return NULL;
}

/* There are several programs. */
static Program *
wallets_choose (RpcWallets *self, const char *method, RpcJson *params, const char *wallet, GError **error)
{
  Program *named;

  for (gsize i = 0; i < G_N_ELEMENTS (walletless); i++)
    if (g_str_equal (method, walletless[i].name))
      return wallets_choose_walletless (self, walletless[i].taken, params, error);
  if (wallet == NULL && g_str_equal (method, "unloadwallet"))
    wallet = wallets_name_in (params);
  if (wallet == NULL)
    return wallets_choose_default (self, error);
  named = wallets_find_name (self, wallet);
  return named != NULL ? named : wallets_get (self, 0); /* which replies that it does not exist */
}

static RpcJson *
wallets_list (RpcWallets *self)
{
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; i < self->programs->len; i++)
    for (char **name = wallets_get (self, i)->names; *name != NULL; name++)
      rpc_json_append (list, rpc_json_new_string (*name));
  return list;
}

static void
wallets_execute_async (RpcHandler *handler,
                       const char *method,
                       RpcJson *params,
                       const char *wallet,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  RpcWallets *self = RPC_WALLETS (handler);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  GError *error = NULL;
  Program *program;

  g_task_set_check_cancellable (task, FALSE);
  if (self->programs->len == 0) {
    g_task_return_new_error (task, RPC_ERROR, RPC_METHOD_NOT_FOUND, "Method not found");
    return;
  }
  if (self->programs->len > 1 && g_str_equal (method, "listwallets")) {
    g_task_return_pointer (task, wallets_list (self), (GDestroyNotify) rpc_json_unref);
    return;
  }
  program = self->programs->len == 1 ? wallets_get (self, 0) : wallets_choose (self, method, params, wallet, &error);
  if (program == NULL) {
    g_task_return_error (task, error);
    return;
  }
  rpc_handler_execute_async (program->handler, method, params, wallet, cancellable, rpc_handler_return_to_task,
                             g_steal_pointer (&task));
}

static RpcJson *
wallets_execute_finish (RpcHandler *handler, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
wallets_handler_init (RpcHandlerInterface *iface)
{
  iface->has_method = wallets_has_method;
  iface->execute_async = wallets_execute_async;
  iface->execute_finish = wallets_execute_finish;
}

static void
rpc_wallets_dispose (GObject *object)
{
  g_clear_pointer (&RPC_WALLETS (object)->programs, g_ptr_array_unref);
  G_OBJECT_CLASS (rpc_wallets_parent_class)->dispose (object);
}

static void
rpc_wallets_class_init (RpcWalletsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rpc_wallets_dispose;
}

static void
rpc_wallets_init (RpcWallets *self)
{
  self->programs = g_ptr_array_new_with_free_func (program_free);
}

RpcWallets *
rpc_wallets_new (void)
{
  return g_object_new (RPC_TYPE_WALLETS, NULL);
}
