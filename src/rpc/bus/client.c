#include "rpc/bus/client.h"

#include "bus-generated.h"
#include "common/text.h"
#include "common/log.h"
#include "dbus/errors.h"
#include "dbus/names.h"
#include "dbus/request.h"
#include "rpc/caller.h"

/* Some methods wait for a block or read the whole chain. */
#define TIMEOUT_MS (24 * 60 * 60 * 1000)
/* Below the number at which the other end closes the connection, with room for Complete and Hello. */
#define MAX_CALLS (BUS_MAX_CALLS - 16)
#define MAX_PARAMS_BYTES (BUS_MAX_TEXT_BYTES / 4)

struct _RpcBusClient {
  GObject parent;
  GDBusConnection *connection;
  GCancellable *cancellable; /* of the call that lists the methods */
  BusRpc1 *proxy;            /* for the property "loaded"; NULL: not there yet */
  GHashTable *methods;       /* NULL: not known yet */
  guint n_calls;
  GCancellable *answers; /* of all pending calls; cancelled when the other end does not respond */
  gboolean silent;
};

enum { LOADED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void rpc_bus_client_iface_init (RpcHandlerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RpcBusClient,
                               rpc_bus_client,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RPC_TYPE_HANDLER, rpc_bus_client_iface_init))

static gboolean
has_method (RpcHandler *handler, const char *method)
{
  RpcBusClient *self = RPC_BUS_CLIENT (handler);

  return self->methods == NULL || g_hash_table_contains (self->methods, method);
}

#define SILENT "The wallet process does not answer."
#define TOO_MUCH "Too many or too large requests at once"
#define NOT_KNOWN "It is not known whether the request was carried out."

/* The error of a call that could not be sent or was not answered. */
static GError *
translate_error (GError *error)
{
  bus_error_strip (error);
  if (g_error_matches (error, BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED))
    return g_error_new_literal (RPC_ERROR, RPC_MISC_ERROR, error->message);
  if (bus_error_is_reply (error) || error->domain == G_DBUS_ERROR)
    return g_error_new_literal (RPC_ERROR, RPC_INTERNAL_ERROR, error->message);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_new_literal (RPC_ERROR, RPC_INTERNAL_ERROR, SILENT " " NOT_KNOWN);
  return g_error_new_literal (RPC_ERROR, RPC_INTERNAL_ERROR, "The wallet process ended before it answered. " NOT_KNOWN);
}

/* A call is cancelled by its caller, or with all other calls. */
typedef struct {
  GTask *task;
  char *method;
  RpcJson *params;   /* NULL: none */
  char *wallet;      /* NULL: none is selected */
  GVariant *message; /* NULL: not written yet, or too long */
  GCancellable *either;
  GCancellable *caller; /* may be NULL */
  GCancellable *all;
  gulong caller_handler, all_handler;
} Call;

static void
cancel_call (GCancellable *cancelled, gpointer either)
{
  g_cancellable_cancel (either);
}

static Call *
call_new (RpcBusClient *self, GTask *task, GCancellable *caller)
{
  Call *call = g_new0 (Call, 1);

  call->task = task;
  call->either = g_cancellable_new ();
  call->all = g_object_ref (self->answers);
  call->all_handler
      = g_cancellable_connect (call->all, G_CALLBACK (cancel_call), g_object_ref (call->either), g_object_unref);
  if (caller != NULL) {
    call->caller = g_object_ref (caller);
    call->caller_handler
        = g_cancellable_connect (caller, G_CALLBACK (cancel_call), g_object_ref (call->either), g_object_unref);
  }
  return call;
}

static void
client_call_free (Call *call)
{
  g_cancellable_disconnect (call->all, call->all_handler);
  if (call->caller != NULL)
    g_cancellable_disconnect (call->caller, call->caller_handler);
  g_clear_object (&call->caller);
  g_object_unref (call->all);
  g_object_unref (call->either);
  g_object_unref (call->task);
  g_free (call->method);
  g_free (call->wallet);
  g_clear_pointer (&call->params, rpc_json_unref);
  g_clear_pointer (&call->message, g_variant_unref);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, client_call_free)

static GError *
read_error (gint32 code, const char *text, GVariant *details)
{
  g_autoptr (GVariant) message = g_variant_lookup_value (details, "message", G_VARIANT_TYPE_BYTESTRING);
  g_autofree char *whole = NULL;

  if (message != NULL)
    whole = common_text_from_bytes (g_variant_get_data (message), g_variant_get_size (message));
  return g_error_new_literal (RPC_ERROR, code, whole != NULL ? whole : text);
}

/* On a thread, since parsing a long reply would block the main loop. */
static void
read_in_thread (GTask *task, gpointer source, gpointer answer, GCancellable *cancellable)
{
  g_autoptr (GVariant) details = NULL;
  RpcJson *json;
  const char *text;
  gint32 code;

  g_variant_get (answer, "(&s@a{sv})", &text, &details);
  if (g_variant_lookup (details, "code", "i", &code)) {
    g_task_return_error (task, read_error (code, text, details));
    return;
  }
  json = rpc_json_parse (text, strlen (text));
  if (json == NULL)
    g_task_return_new_error (task, RPC_ERROR, RPC_INTERNAL_ERROR, "The reply is not JSON.");
  else
    g_task_return_pointer (task, json, (GDestroyNotify) rpc_json_unref);
}

static void
client_on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
  GTask *task = call->task;
  RpcBusClient *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = bus_request_finish (G_DBUS_CONNECTION (source), result, NULL, &error);

  self->n_calls--;
  if (answer == NULL) {
    g_task_return_error (task, translate_error (error));
    return;
  }
  g_task_set_task_data (task, g_steal_pointer (&answer), (GDestroyNotify) g_variant_unref);
  g_task_run_in_thread (task, read_in_thread);
}

static gboolean
refuse_without_wallet (RpcBusClient *self, GTask *task)
{
  if (self->connection == NULL)
    g_task_return_new_error (task, RPC_ERROR, RPC_IN_WARMUP, "Loading wallet…");
  else if (self->silent)
    g_task_return_new_error (task, RPC_ERROR, RPC_INTERNAL_ERROR, SILENT);
  else
    return FALSE;
  return TRUE;
}

/* On a thread, since writing long parameters would block the main loop. */
static void
write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Call *call = data;
  g_autofree char *text = call->params != NULL ? rpc_json_write (call->params, 0) : g_strdup ("[]");
  GVariantDict options = G_VARIANT_DICT_INIT (NULL);

  if (call->wallet != NULL)
    g_variant_dict_insert (&options, "wallet", "s", call->wallet);
  if (rpc_caller_get_authorization (call->caller) != NULL)
    g_variant_dict_insert (&options, "authorization", "s", rpc_caller_get_authorization (call->caller));
  if (strlen (text) <= MAX_PARAMS_BYTES)
    call->message
        = g_variant_ref_sink (g_variant_new ("(ss@a{sv})", call->method, text, g_variant_dict_end (&options)));
  else
    g_variant_dict_clear (&options);
}

static void
on_call_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
  RpcBusClient *self = g_task_get_source_object (call->task);

  if (call->message == NULL)
    g_task_return_new_error (call->task, RPC_ERROR, RPC_MISC_ERROR, TOO_MUCH);
  if (call->message == NULL || refuse_without_wallet (self, call->task)) {
    self->n_calls--;
    return;
  }
  bus_request_async (
      self->connection,
      &(BusRequest){ BUS_PATH_RPC, "org.moneyrocket.Rpc1", "Execute", "(sa{sv})", TIMEOUT_MS, call->either },
      call->message, client_on_answer, call);
  call = NULL; /* client_on_answer() frees it */
}

static void
execute_async (RpcHandler *handler,
               const char *method,
               RpcJson *params,
               const char *wallet,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer data)
{
  RpcBusClient *self = RPC_BUS_CLIENT (handler);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data), writing = NULL;
  Call *call;

  if (refuse_without_wallet (self, task))
    return;
  if (self->n_calls >= MAX_CALLS) {
    g_task_return_new_error (task, RPC_ERROR, RPC_MISC_ERROR, TOO_MUCH);
    return;
  }
  self->n_calls++;
  call = call_new (self, g_steal_pointer (&task), cancellable);
  call->method = g_strdup (method);
  call->params = params != NULL ? rpc_json_ref (params) : NULL;
  call->wallet = g_strdup (wallet);
  writing = g_task_new (NULL, NULL, on_call_written, call);
  g_task_set_task_data (writing, call, NULL);
  g_task_run_in_thread (writing, write_in_thread);
}

static RpcJson *
execute_finish (RpcHandler *handler, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
rpc_bus_client_iface_init (RpcHandlerInterface *iface)
{
  iface->has_method = has_method;
  iface->execute_async = execute_async;
  iface->execute_finish = execute_finish;
}

static void
on_methods (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autofree const char **names = NULL;
  static const char *const own[] = { "getopenrpcinfo", "help", "rpc.discover", "stop", NULL }; /* the node's */
  RpcBusClient *self = data;

  if (answer == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      common_warn ("The wallet process did not list its methods: %s", error->message);
    return;
  }
  g_clear_pointer (&self->methods, g_hash_table_unref);
  self->methods = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_variant_get (answer, "(^a&s)", &names);
  for (const char **name = names; *name != NULL; name++)
    if (!g_strv_contains (own, *name))
      g_hash_table_add (self->methods, g_strdup (*name));
}

static void
on_loaded (RpcBusClient *self)
{
  if (bus_rpc1_get_loaded (self->proxy))
    g_signal_emit (self, signals[LOADED], 0);
}

static void
on_proxy (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  BusRpc1 *proxy = bus_rpc1_proxy_new_finish (result, &error);
  RpcBusClient *self = data;

  if (proxy == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      common_warn ("The state of the wallet process is not known: %s", error->message);
    return;
  }
  self->proxy = proxy;
  g_signal_connect_object (proxy, "notify::loaded", G_CALLBACK (on_loaded), self, G_CONNECT_SWAPPED);
  on_loaded (self);
}

void
rpc_bus_client_set_silent (RpcBusClient *self, gboolean silent)
{
  g_return_if_fail (RPC_IS_BUS_CLIENT (self));

  if (self->silent == silent)
    return;
  self->silent = silent;
  if (!silent)
    return;
  g_cancellable_cancel (self->answers);
  g_object_unref (self->answers);
  self->answers = g_cancellable_new ();
}

void
rpc_bus_client_set_connection (RpcBusClient *self, GDBusConnection *connection)
{
  GVariantDict options = G_VARIANT_DICT_INIT (NULL);

  g_return_if_fail (RPC_IS_BUS_CLIENT (self));

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->proxy);
  g_set_object (&self->connection, connection);
  rpc_bus_client_set_silent (self, FALSE);
  if (connection == NULL)
    return;
  self->cancellable = g_cancellable_new ();
  g_dbus_connection_call (connection, NULL, BUS_PATH_RPC, "org.moneyrocket.Rpc1", "Complete",
                          g_variant_new ("(s@a{sv})", "", g_variant_dict_end (&options)), G_VARIANT_TYPE ("(as)"),
                          G_DBUS_CALL_FLAGS_NONE, BUS_CALL_TIMEOUT_MS, self->cancellable, on_methods, self);
  bus_rpc1_proxy_new (connection, G_DBUS_PROXY_FLAGS_NONE, NULL, BUS_PATH_RPC, self->cancellable, on_proxy, self);
}

static void
rpc_bus_client_dispose (GObject *object)
{
  RpcBusClient *self = RPC_BUS_CLIENT (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->proxy);
  g_clear_object (&self->connection);
  g_clear_object (&self->answers);
  g_clear_pointer (&self->methods, g_hash_table_unref);
  G_OBJECT_CLASS (rpc_bus_client_parent_class)->dispose (object);
}

static void
rpc_bus_client_class_init (RpcBusClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rpc_bus_client_dispose;
  signals[LOADED]
      = g_signal_new ("loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rpc_bus_client_init (RpcBusClient *self)
{
  (void) BUS_ERROR; /* registers our error names, so that they are recognised in replies */
  self->answers = g_cancellable_new ();
}

RpcBusClient *
rpc_bus_client_new (void)
{
  return g_object_new (RPC_TYPE_BUS_CLIENT, NULL);
}
