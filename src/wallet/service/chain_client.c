#include "wallet/service/chain_client.h"

#include "bus-generated.h"
#include "common/log.h"
#include "dbus/errors.h"
#include "dbus/memfd.h"
#include "dbus/names.h"

#define INTERFACE "org.moneyrocket.Chain1"
/* While the node loads its chain it is asked again so often. */
#define RETRY_MS 250
/* More than the node may send: 8 MB and one block; the mempool. */
#define MAX_BLOCKS_BYTES (16u << 20)
#define MAX_MEMPOOL_BYTES (512u << 20)

struct _WalletChainClient {
  GObject parent;
  GDBusConnection *connection;
  GCancellable *cancellable; /* of everything that is asked over CONNECTION */
  guint subscription;
  guint retry_source;
  gboolean available;
};

static void wallet_chain_client_iface_init (WalletChainInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WalletChainClient,
                               wallet_chain_client,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WALLET_TYPE_CHAIN, wallet_chain_client_iface_init))

static gboolean
is_available (WalletChain *chain)
{
  return WALLET_CHAIN_CLIENT (chain)->available;
}

static GVariant *
with_options (GVariant *args)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_TUPLE);
  GVariantDict options = G_VARIANT_DICT_INIT (NULL);
  gsize n = args != NULL ? g_variant_n_children (args) : 0;

  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (args, i);

    g_variant_builder_add_value (&builder, child);
  }
  g_variant_builder_add_value (&builder, g_variant_dict_end (&options));
  return g_variant_builder_end (&builder);
}

typedef struct {
  GVariant *answer;
  GBytes *bulk;
} Result;

static void
result_free (gpointer data)
{
  Result *result = data;

  g_clear_pointer (&result->answer, g_variant_unref);
  g_clear_pointer (&result->bulk, g_bytes_unref);
  g_free (result);
}

/* The place of the descriptor in the results of METHOD, -1 for none; and how much it may hold. */
static int
bulk_child (const char *method, gsize *max_len)
{
  *max_len = g_str_equal (method, "GetMempool") ? MAX_MEMPOOL_BYTES : MAX_BLOCKS_BYTES;
  if (g_str_equal (method, "GetBlocks"))
    return 1;
  if (g_str_equal (method, "GetBlock"))
    return 2;
  return g_str_equal (method, "GetMempool") ? 3 : -1;
}

static GBytes *
map_bulk (GVariant *answer, GUnixFDList *fds, int child, gsize max_len, GError **error)
{
  g_autoptr (GVariant) handle = g_variant_get_child_value (answer, child);

  return bus_memfd_map_handle (fds, g_variant_get_handle (handle), max_len, error);
}

static void
on_answer (GObject *source, GAsyncResult *async_result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const char *method = g_task_get_task_data (task);
  g_autoptr (GUnixFDList) fds = NULL;
  GError *error = NULL;
  Result *result = g_new0 (Result, 1);
  gsize max_len;
  int child = bulk_child (method, &max_len);

  result->answer
      = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &fds, async_result, &error);
  if (result->answer != NULL && child >= 0)
    result->bulk = map_bulk (result->answer, fds, child, max_len, &error);
  if (error == NULL) {
    g_task_return_pointer (task, result, result_free);
    return;
  }
  result_free (result);
  bus_error_strip (error);
  /* What is not an answer of the node means that the node is away. */
  if (error->domain != BUS_ERROR) {
    g_clear_error (&error);
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_NODE_UNAVAILABLE, "the node did not answer");
  }
  g_task_return_error (task, error);
}

static const GVariantType *
answer_type (const char *method)
{
  if (g_str_equal (method, "GetTip"))
    return G_VARIANT_TYPE ("(tuayt)");
  if (g_str_equal (method, "FindFork"))
    return G_VARIANT_TYPE ("(uay)");
  if (g_str_equal (method, "GetBlocks"))
    return G_VARIANT_TYPE ("(uh)");
  if (g_str_equal (method, "GetBlock"))
    return G_VARIANT_TYPE ("(ubh)");
  if (g_str_equal (method, "GetHash"))
    return G_VARIANT_TYPE ("(ay)");
  if (g_str_equal (method, "GetMempool"))
    return G_VARIANT_TYPE ("(tubh)");
  if (g_str_equal (method, "Submit"))
    return G_VARIANT_TYPE ("(ay)");
  return g_str_equal (method, "EstimateFee") ? G_VARIANT_TYPE ("(tt)") : NULL;
}

static void
call_async (WalletChain *chain,
            const char *method,
            GVariant *args,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer data)
{
  WalletChainClient *self = WALLET_CHAIN_CLIENT (chain);
  GTask *task = g_task_new (self, cancellable, callback, data);
  g_autoptr (GVariant) owned = args != NULL ? g_variant_ref_sink (args) : NULL;

  g_task_set_task_data (task, g_strdup (method), g_free);
  if (self->connection == NULL) {
    g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_NODE_UNAVAILABLE, "the node is not running");
    g_object_unref (task);
    return;
  }
  g_dbus_connection_call_with_unix_fd_list (self->connection, NULL, BUS_PATH_CHAIN, INTERFACE, method,
                                            with_options (owned), answer_type (method), G_DBUS_CALL_FLAGS_NONE,
                                            BUS_CALL_TIMEOUT_MS, NULL, cancellable, on_answer, task);
}

static GVariant *
call_finish (WalletChain *chain, GAsyncResult *async_result, GBytes **bulk, GError **error)
{
  Result *result = g_task_propagate_pointer (G_TASK (async_result), error);
  GVariant *answer;

  if (bulk != NULL)
    *bulk = NULL;
  if (result == NULL)
    return NULL;
  answer = g_steal_pointer (&result->answer);
  if (bulk != NULL)
    *bulk = g_steal_pointer (&result->bulk);
  result_free (result);
  return answer;
}

static void
wallet_chain_client_iface_init (WalletChainInterface *iface)
{
  iface->is_available = is_available;
  iface->call_async = call_async;
  iface->call_finish = call_finish;
}

/* TIP is (tuayt). A hash of another length is not told: what a wallet would make of it nobody knows. */
static void
take_tip (WalletChainClient *self, GVariant *tip)
{
  g_autoptr (GVariant) hash = NULL;
  WalletChainTip told;
  const guint8 *data;
  gsize len;

  g_variant_get (tip, "(tu@ayt)", &told.sequence, &told.height, &hash, &told.mempool_sequence);
  data = g_variant_get_fixed_array (hash, &len, 1);
  if (len != sizeof told.hash32) {
    common_warn ("The node told a tip that is malformed.");
    return;
  }
  memcpy (told.hash32, data, len);
  self->available = TRUE;
  wallet_chain_emit_tip (WALLET_CHAIN (self), &told);
}

static void
on_tip_signal (GDBusConnection *connection,
               const char *sender,
               const char *path,
               const char *interface,
               const char *name,
               GVariant *parameters,
               gpointer data)
{
  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(tuayt)")))
    take_tip (data, parameters);
}

static void ask_tip (WalletChainClient *self);

static gboolean
on_retry (gpointer data)
{
  WalletChainClient *self = data;

  self->retry_source = 0;
  ask_tip (self);
  return G_SOURCE_REMOVE;
}

static void
on_tip_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) tip = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  WalletChainClient *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (tip != NULL)
    take_tip (self, tip);
  else if (!g_dbus_connection_is_closed (G_DBUS_CONNECTION (source)))
    self->retry_source = g_timeout_add (RETRY_MS, on_retry, self);
}

static void
ask_tip (WalletChainClient *self)
{
  g_dbus_connection_call (self->connection, NULL, BUS_PATH_CHAIN, INTERFACE, "GetTip", with_options (NULL),
                          G_VARIANT_TYPE ("(tuayt)"), G_DBUS_CALL_FLAGS_NONE, BUS_CALL_TIMEOUT_MS, self->cancellable,
                          on_tip_answer, self);
}

static void
drop_connection (WalletChainClient *self)
{
  self->available = FALSE;
  g_clear_handle_id (&self->retry_source, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->subscription);
  self->subscription = 0;
  g_clear_object (&self->connection);
}

void
wallet_chain_client_set_connection (WalletChainClient *self, GDBusConnection *connection)
{
  g_return_if_fail (WALLET_IS_CHAIN_CLIENT (self));

  drop_connection (self);
  if (connection == NULL)
    return;
  self->connection = g_object_ref (connection);
  self->cancellable = g_cancellable_new ();
  self->subscription = g_dbus_connection_signal_subscribe (connection, NULL, INTERFACE, "TipChanged", BUS_PATH_CHAIN,
                                                           NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_tip_signal, self, NULL);
  wallet_chain_emit_renewed (WALLET_CHAIN (self));
  ask_tip (self);
}

static void
wallet_chain_client_dispose (GObject *object)
{
  drop_connection (WALLET_CHAIN_CLIENT (object));
  G_OBJECT_CLASS (wallet_chain_client_parent_class)->dispose (object);
}

static void
wallet_chain_client_class_init (WalletChainClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wallet_chain_client_dispose;
}

static void
wallet_chain_client_init (WalletChainClient *self)
{
  (void) BUS_ERROR; /* so that answers with our error names are recognised */
}

WalletChainClient *
wallet_chain_client_new (void)
{
  return g_object_new (WALLET_TYPE_CHAIN_CLIENT, NULL);
}
