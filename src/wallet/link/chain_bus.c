#include "wallet/link/chain_bus.h"

#include <string.h>

#include "common/log.h"
#include "dbus/bytes.h"
#include "dbus/connection.h"
#include "dbus/errors.h"
#include "dbus/memfd.h"
#include "dbus/names.h"
#include "dbus/request.h"
#include "wallet/link/chain_parts.h"
#include "wallet/link/chain_wire.h"

#define INTERFACE "org.moneyrocket.Chain1"
/* The interval of retries while the node is loading its chain. */
#define RETRY_MS 250
/* More than the node is expected to send: 8 MB and one block; the mempool. */
#define MAX_BLOCKS_BYTES (16u << 20)
#define MAX_MEMPOOL_BYTES (512u << 20)

struct _WalletChainBus {
  GObject parent;
  GDBusConnection *connection;
  GCancellable *cancellable; /* of all calls over CONNECTION */
  guint subscription;
  guint retry_source;
  gboolean available;
  BtcParams *params;
};

static void wallet_chain_bus_iface_init (WalletChainInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WalletChainBus,
                               wallet_chain_bus,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WALLET_TYPE_CHAIN, wallet_chain_bus_iface_init))

/* A pending call, with the arguments that its result depends on and the function that decodes the result. */
typedef struct _BusCall BusCall;
struct _BusCall {
  gpointer (*unpack) (const BusCall *call, GError **error); /* NULL: the result is TRUE */
  GDestroyNotify free_result;
  int bulk_child; /* the index of the result that is a descriptor, or the number of data that is read in parts; -1: none */
  gboolean in_parts; /* the latter */
  gsize max_bulk;
  gboolean threaded; /* decoding takes long, although there is no descriptor */
  guint8 hash32[32]; /* arguments that the result depends on */
  gboolean has_hash;
  guint limit;
  gint32 height;
  GBytes *txids;
  WalletChainCursor after;
  gboolean has_after;
  const BtcParams *params; /* of the object on which the call is made */
  GVariant *answer;
  GBytes *bulk;
};

static void
bus_call_free (gpointer data)
{
  BusCall *call = data;

  g_clear_pointer (&call->answer, g_variant_unref);
  g_clear_pointer (&call->bulk, g_bytes_unref);
  g_clear_pointer (&call->txids, g_bytes_unref);
  g_free (call);
}

static void
bus_call_unpack (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const BusCall *call = data;
  GError *error = NULL;
  gpointer result = call->unpack (call, &error);

  if (result == NULL) {
    common_warn ("A reply of the node is ignored: %s.", error->message);
    g_task_return_error (task, error);
    return;
  }
  g_task_return_pointer (task, result, call->free_result);
}

static void
bus_call_fail (GTask *task, GError *error)
{
  bus_error_strip (error);
  /* Any error that does not come from the node means that it is unavailable. */
  if (!bus_error_is_reply (error)) {
    g_clear_error (&error);
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_NODE_UNAVAILABLE, "the node did not reply");
  }
  g_task_return_error (task, error);
}

static void
on_bus_parts_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  BusCall *call = g_task_get_task_data (task);
  GError *error = NULL;

  call->bulk = wallet_chain_parts_read_finish (result, &error);
  if (call->bulk != NULL)
    g_task_run_in_thread (task, bus_call_unpack);
  else
    bus_call_fail (task, error);
}

/* Consumes TASK. */
static void
bus_call_read_parts (GTask *task)
{
  WalletChainBus *self = WALLET_CHAIN_BUS (g_task_get_source_object (task));
  BusCall *call = g_task_get_task_data (task);
  g_autoptr (GVariant) first = g_variant_get_child_value (call->answer, (gsize) call->bulk_child + 2);
  guint64 number, size;

  g_variant_get_child (call->answer, (gsize) call->bulk_child, "t", &number);
  g_variant_get_child (call->answer, (gsize) call->bulk_child + 1, "t", &size);
  if (size > call->max_bulk || self->connection == NULL) {
    g_task_return_new_error (task, BUS_ERROR,
                             self->connection == NULL ? BUS_ERROR_NODE_UNAVAILABLE : BUS_ERROR_INVALID_ANSWER,
                             self->connection == NULL ? "the node is not running" : "the node sent too much data");
    g_object_unref (task);
    return;
  }
  wallet_chain_parts_read_async (self->connection, number, size, first, g_task_get_cancellable (task),
                                 on_bus_parts_read, task);
}

static void
on_bus_reply (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  BusCall *call = g_task_get_task_data (task);
  g_autoptr (GUnixFDList) fds = NULL;
  GError *error = NULL;

  call->answer = bus_request_finish (G_DBUS_CONNECTION (source), result, &fds, &error);
  if (call->answer == NULL) {
    bus_call_fail (task, error);
    return;
  }
  if (call->in_parts) {
    bus_call_read_parts (g_steal_pointer (&task));
  } else if (call->bulk_child >= 0) {
    g_autoptr (GVariant) handle = g_variant_get_child_value (call->answer, (gsize) call->bulk_child);
    call->bulk = bus_memfd_map_handle (fds, g_variant_get_handle (handle), call->max_bulk, &error);
    if (call->bulk == NULL) {
      g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_INVALID_ANSWER, "%s", error->message);
      g_error_free (error);
      return;
    }
    g_task_run_in_thread (task, bus_call_unpack);
  } else if (call->threaded) {
    g_task_run_in_thread (task, bus_call_unpack);
  } else if (call->unpack == NULL) {
    g_task_return_boolean (task, TRUE);
  } else {
    bus_call_unpack (task, NULL, call, NULL);
  }
}

/* Consumes TASK, CALL and the floating ARGS, which include the options. */
static void
bus_call_start (WalletChain *chain, GTask *task, BusCall *call, const char *method, GVariant *args, const char *type)
{
  WalletChainBus *self = WALLET_CHAIN_BUS (chain);
  g_autoptr (GVariant) owned = g_variant_ref_sink (args);

  call->params = self->params;
  g_task_set_task_data (task, call, bus_call_free);
  if (self->connection == NULL) {
    g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_NODE_UNAVAILABLE, "the node is not running");
    g_object_unref (task);
    return;
  }
  bus_request_async (
      self->connection,
      &(BusRequest){ BUS_PATH_CHAIN, INTERFACE, method, type, BUS_CALL_TIMEOUT_MS, g_task_get_cancellable (task) },
      owned, on_bus_reply, task);
}

/* The same for bulk data, by the method "GetWHAT" or "ReadWHAT". HEAD: the types of the results before the data, which are
 * COUNT. */
static void
bus_call_start_bulk (WalletChain *chain,
                     GTask *task,
                     BusCall *call,
                     const char *what,
                     GVariant *args,
                     const char *head,
                     int count)
{
  const WalletChainBus *self = WALLET_CHAIN_BUS (chain);
  g_autofree char *method = NULL, *type = NULL;

  call->in_parts = self->connection != NULL && !bus_connection_passes_fds (self->connection);
  call->bulk_child = count;
  method = g_strconcat (call->in_parts ? "Read" : "Get", what, NULL);
  type = g_strconcat ("(", head, call->in_parts ? "ttay)" : "h)", NULL);
  bus_call_start (chain, task, call, method, args, type);
}

static BusCall *
bus_call_new (gpointer (*unpack) (const BusCall *call, GError **error), GDestroyNotify free_result)
{
  BusCall *call = g_new0 (BusCall, 1);

  call->unpack = unpack;
  call->free_result = free_result;
  call->bulk_child = -1;
  return call;
}

static GVariant *
no_options (void)
{
  return g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);
}

static gboolean
bus_is_available (WalletChain *chain)
{
  return WALLET_CHAIN_BUS (chain)->available;
}

static gboolean
bus_is_connected (WalletChain *chain)
{
  GDBusConnection *connection = WALLET_CHAIN_BUS (chain)->connection;

  return connection != NULL && !g_dbus_connection_is_closed (connection);
}

static gpointer
unpack_tip (const BusCall *call, GError **error)
{
  return wallet_chain_wire_tip (call->answer, error);
}

static void
bus_get_tip (WalletChain *chain, GTask *task)
{
  bus_call_start (chain, task, bus_call_new (unpack_tip, g_free), "GetTip", g_variant_new ("(@a{sv})", no_options ()),
                  "(tuayt)");
}

static gpointer
unpack_place (const BusCall *call, GError **error)
{
  return wallet_chain_wire_place (call->answer, error);
}

/* ("aay", no options) */
static GVariant *
pack_hashes (const guint8 *hashes, guint n)
{
  GVariantBuilder list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aay"));

  for (guint i = 0; i < n; i++)
    g_variant_builder_add_value (&list, bus_bytes_new (hashes + 32 * i, 32));
  return g_variant_new ("(aay@a{sv})", &list, no_options ());
}

static void
bus_find_fork (WalletChain *chain, const guint8 *locator, guint n, GTask *task)
{
  bus_call_start (chain, task, bus_call_new (unpack_place, g_free), "FindFork", pack_hashes (locator, n), "(uay)");
}

static gpointer
unpack_ancestors (const BusCall *call, GError **error)
{
  return wallet_chain_wire_ancestors (call->answer, call->txids, error);
}

static void
bus_get_ancestors (WalletChain *chain, const guint8 *txids, guint n, GTask *task)
{
  BusCall *call = bus_call_new (unpack_ancestors, (GDestroyNotify) g_array_unref);

  call->txids = g_bytes_new (txids, 32 * (gsize) n);
  bus_call_start (chain, task, call, "GetAncestors", pack_hashes (txids, n), "(a(ayutx))");
}

static gpointer
unpack_hash (const BusCall *call, GError **error)
{
  return wallet_chain_wire_hash (call->answer, call->height, error);
}

static void
bus_get_hash (WalletChain *chain, gint32 height, GTask *task)
{
  BusCall *call = bus_call_new (unpack_hash, g_free);

  call->height = height;
  bus_call_start (chain, task, call, "GetHash", g_variant_new ("(u@a{sv})", (guint32) height, no_options ()), "(ay)");
}

static gpointer
unpack_blocks (const BusCall *call, GError **error)
{
  return wallet_chain_wire_blocks (call->answer, call->bulk, call->has_hash ? call->hash32 : NULL, call->limit,
                                   call->params, error);
}

static void
bus_get_blocks (WalletChain *chain, const guint8 *after32, guint limit, GTask *task)
{
  BusCall *call = bus_call_new (unpack_blocks, (GDestroyNotify) wallet_chain_blocks_free);
  GVariantDict options = G_VARIANT_DICT_INIT (NULL);

  call->has_hash = after32 != NULL;
  if (after32 != NULL) {
    memcpy (call->hash32, after32, 32);
    g_variant_dict_insert_value (&options, "after", bus_bytes_new (after32, 32));
  }
  call->limit = limit;
  call->max_bulk = MAX_BLOCKS_BYTES;
  bus_call_start_bulk (chain, task, call, "Blocks", g_variant_new ("(u@a{sv})", limit, g_variant_dict_end (&options)),
                       "u", 1);
}

static gpointer
unpack_block (const BusCall *call, GError **error)
{
  return wallet_chain_wire_block (call->answer, call->bulk, call->hash32, call->params, error);
}

static void
bus_get_block (WalletChain *chain, const guint8 hash32[32], GTask *task)
{
  BusCall *call = bus_call_new (unpack_block, (GDestroyNotify) wallet_chain_block_free);

  memcpy (call->hash32, hash32, 32);
  call->max_bulk = MAX_BLOCKS_BYTES;
  bus_call_start_bulk (chain, task, call, "Block",
                       g_variant_new ("(@ay@a{sv})", bus_bytes_new (hash32, 32), no_options ()), "ub", 2);
}

static gpointer
unpack_mempool (const BusCall *call, GError **error)
{
  return wallet_chain_wire_mempool (call->answer, call->bulk, error);
}

static void
bus_get_mempool (WalletChain *chain, GTask *task)
{
  BusCall *call = bus_call_new (unpack_mempool, (GDestroyNotify) wallet_chain_mempool_free);

  call->max_bulk = MAX_MEMPOOL_BYTES;
  bus_call_start_bulk (chain, task, call, "Mempool", g_variant_new ("(@a{sv})", no_options ()), "t(tt)ub", 4);
}

static gpointer
unpack_events (const BusCall *call, GError **error)
{
  return wallet_chain_wire_events (call->answer, call->has_after ? &call->after : NULL, error);
}

static void
bus_get_events (WalletChain *chain, const WalletChainCursor *after, guint max_bytes, GTask *task)
{
  BusCall *call = bus_call_new (unpack_events, (GDestroyNotify) wallet_chain_events_unref);
  GVariantDict options = G_VARIANT_DICT_INIT (NULL);

  call->has_after = after != NULL;
  if (after != NULL) {
    call->after = *after;
    g_variant_dict_insert (&options, "cursor", "(tt)", after->log, after->number);
  }
  call->threaded = TRUE;
  bus_call_start (chain, task, call, "GetEvents", g_variant_new ("(u@a{sv})", max_bytes, g_variant_dict_end (&options)),
                  "((tt)buay)");
}

static void
bus_submit (WalletChain *chain, BtcTx *tx, const guint64 *max_fee_rate, GTask *task)
{
  GVariant *raw = bus_bytes_new (tx->bytes.data, tx->bytes.len);
  GVariantDict options = G_VARIANT_DICT_INIT (NULL);

  if (max_fee_rate != NULL)
    g_variant_dict_insert (&options, "max_fee_rate", "t", *max_fee_rate);
  bus_call_start (chain, task, bus_call_new (NULL, NULL), "Submit",
                  g_variant_new ("(@ay@a{sv})", raw, g_variant_dict_end (&options)), "(ay)");
}

static gpointer
unpack_estimate (const BusCall *call, GError **error)
{
  return wallet_chain_wire_estimate (call->answer, error);
}

static void
bus_estimate (WalletChain *chain, guint target, GTask *task)
{
  bus_call_start (chain, task, bus_call_new (unpack_estimate, g_free), "EstimateFee",
                  g_variant_new ("(u@a{sv})", target, no_options ()), "(a{sv})");
}

static void
wallet_chain_bus_iface_init (WalletChainInterface *iface)
{
  iface->is_available = bus_is_available;
  iface->is_connected = bus_is_connected;
  iface->get_tip = bus_get_tip;
  iface->find_fork = bus_find_fork;
  iface->get_hash = bus_get_hash;
  iface->get_blocks = bus_get_blocks;
  iface->get_block = bus_get_block;
  iface->get_mempool = bus_get_mempool;
  iface->get_ancestors = bus_get_ancestors;
  iface->get_events = bus_get_events;
  iface->submit = bus_submit;
  iface->estimate = bus_estimate;
}

static void
bus_take_tip (WalletChainBus *self, const WalletChainTip *tip)
{
  self->available = TRUE;
  wallet_chain_emit_tip (WALLET_CHAIN (self), tip);
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
  g_autoptr (GError) error = NULL;
  g_autofree WalletChainTip *tip = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(tuayt)")))
    return;
  tip = wallet_chain_wire_tip (parameters, &error);
  if (tip != NULL)
    bus_take_tip (data, tip);
  else
    common_warn ("The tip reported by the node is ignored: %s.", error->message);
}

static void bus_request_tip (WalletChainBus *self);

static gboolean
on_bus_retry (gpointer data)
{
  WalletChainBus *self = data;

  self->retry_source = 0;
  bus_request_tip (self);
  return G_SOURCE_REMOVE;
}

static void
on_first_tip (GObject *source, GAsyncResult *result, gpointer data)
{
  WalletChainBus *self = WALLET_CHAIN_BUS (source);
  g_autoptr (GError) error = NULL;
  g_autofree WalletChainTip *tip = wallet_chain_get_tip_finish (WALLET_CHAIN (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (tip != NULL)
    bus_take_tip (self, tip);
  else if (self->connection != NULL && !g_dbus_connection_is_closed (self->connection))
    self->retry_source = g_timeout_add (RETRY_MS, on_bus_retry, self);
}

static void
bus_request_tip (WalletChainBus *self)
{
  wallet_chain_get_tip_async (WALLET_CHAIN (self), self->cancellable, on_first_tip, NULL);
}

static void
bus_drop_connection (WalletChainBus *self)
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
wallet_chain_bus_set_connection (WalletChainBus *self, GDBusConnection *connection)
{
  g_return_if_fail (WALLET_IS_CHAIN_BUS (self));

  bus_drop_connection (self);
  if (connection == NULL)
    return;
  self->connection = g_object_ref (connection);
  self->cancellable = g_cancellable_new ();
  self->subscription = g_dbus_connection_signal_subscribe (connection, NULL, INTERFACE, "TipChanged", BUS_PATH_CHAIN,
                                                           NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_tip_signal, self, NULL);
  wallet_chain_emit_renewed (WALLET_CHAIN (self));
  bus_request_tip (self);
}

static void
wallet_chain_bus_dispose (GObject *object)
{
  bus_drop_connection (WALLET_CHAIN_BUS (object));
  G_OBJECT_CLASS (wallet_chain_bus_parent_class)->dispose (object);
}

static void
wallet_chain_bus_finalize (GObject *object)
{
  btc_params_free (WALLET_CHAIN_BUS (object)->params);
  G_OBJECT_CLASS (wallet_chain_bus_parent_class)->finalize (object);
}

static void
wallet_chain_bus_class_init (WalletChainBusClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wallet_chain_bus_dispose;
  G_OBJECT_CLASS (klass)->finalize = wallet_chain_bus_finalize;
}

static void
wallet_chain_bus_init (WalletChainBus *self)
{
  (void) BUS_ERROR; /* registers the names, so that error replies are recognised */
}

WalletChainBus *
wallet_chain_bus_new (BtcNetwork network)
{
  WalletChainBus *self = g_object_new (WALLET_TYPE_CHAIN_BUS, NULL);

  self->params = btc_params_new (network);
  return self;
}
