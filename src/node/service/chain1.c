#include "node/service/chain1.h"

#include "bitcoin/primitives/serialize.h"
#include "dbus/bytes.h"
#include "dbus/calls.h"
#include "dbus/connection.h"
#include "dbus/errors.h"
#include "dbus/export.h"
#include "dbus/names.h"
#include "dbus/options.h"
#include "node/service/chain1_bulk.h"
#include "node/service/chain_news.h"

struct _NodeChain1 {
  NodeChainCalls *calls;
  GDBusConnection *connection;
  BusChain1 *skeleton;
  NodeChain1Bulk *bulk;
  NodeChainNews *news;
  gboolean (*set_wallets) (gpointer data, const char *const *names, GError **error);
  gpointer set_wallets_data;
};

/* A call in progress. */
typedef struct {
  BusChain1 *object;
  GDBusMethodInvocation *invocation;
  BtcTx *tx; /* of Submit */
} Chain1Call;

static Chain1Call *
chain1_call_new (BusChain1 *object, GDBusMethodInvocation *invocation)
{
  Chain1Call *call = g_new0 (Chain1Call, 1);

  call->object = g_object_ref (object);
  call->invocation = invocation;
  return call;
}

static void
chain1_call_free (Chain1Call *call)
{
  g_object_unref (call->object);
  g_clear_pointer (&call->tx, btc_tx_unref);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Chain1Call, chain1_call_free)

static void
chain1_refuse (GDBusMethodInvocation *invocation, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, text);

  bus_error_reply (invocation, error);
}

/* The methods: each checks the arguments, and replies when its call has completed. */

static void
on_tip_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Chain1Call) call = data;
  g_autoptr (GError) error = NULL;
  g_autofree NodeChainCallTip *tip = node_chain_calls_tip_finish (result, &error);

  if (tip == NULL)
    bus_error_reply (call->invocation, error);
  else
    bus_chain1_complete_get_tip (call->object, call->invocation, tip->sequence, tip->height,
                                 bus_bytes_new (tip->hash32, 32), tip->mempool_sequence);
}

static gboolean
on_get_tip (BusChain1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  NodeChain1 *self = data;

  node_chain_calls_tip_async (self->calls, bus_calls_get_cancellable (invocation), on_tip_ready,
                              chain1_call_new (object, invocation));
  return TRUE;
}

static void
on_fork_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Chain1Call) call = data;
  g_autoptr (GError) error = NULL;
  g_autofree NodeChainCallPlace *fork = node_chain_calls_fork_finish (result, &error);

  if (fork == NULL)
    bus_error_reply (call->invocation, error);
  else
    bus_chain1_complete_find_fork (call->object, call->invocation, fork->height, bus_bytes_new (fork->hash32, 32));
}

/* The hashes of LIST, concatenated; only the first MAX + 1 if it is too long. NULL when the call was rejected. */
static GByteArray *
chain1_read_hashes (GVariant *list, gsize max, GDBusMethodInvocation *invocation)
{
  g_autoptr (GByteArray) hashes = g_byte_array_new ();
  gsize n = g_variant_n_children (list);

  for (gsize i = 0; i < n && i <= max; i++) {
    g_autoptr (GVariant) item = g_variant_get_child_value (list, i);
    gsize len;
    const guint8 *hash = g_variant_get_fixed_array (item, &len, 1);
    if (len != 32) {
      chain1_refuse (invocation, "a hash has 32 bytes");
      return NULL;
    }
    g_byte_array_append (hashes, hash, 32);
  }
  return g_steal_pointer (&hashes);
}

static gboolean
on_find_fork (BusChain1 *object, GDBusMethodInvocation *invocation, GVariant *list, GVariant *options, gpointer data)
{
  NodeChain1 *self = data;
  g_autoptr (GByteArray) locator = chain1_read_hashes (list, NODE_CHAIN_CALLS_MAX_LOCATOR, invocation);

  if (locator != NULL)
    node_chain_calls_fork_async (self->calls, locator->data, locator->len / 32, bus_calls_get_cancellable (invocation),
                                 on_fork_ready, chain1_call_new (object, invocation));
  return TRUE;
}

static void
on_ancestors_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Chain1Call) call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) list = node_chain_calls_ancestors_finish (result, &error);
  GVariantBuilder out = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ayutx)"));

  for (guint i = 0; list != NULL && i < list->len; i++) {
    const NodeChainAncestors *of = &g_array_index (list, NodeChainAncestors, i);
    g_variant_builder_add (&out, "(@ayutx)", bus_bytes_new (of->txid32, 32), of->count, (guint64) of->vsize,
                           of->fees_sat);
  }
  if (list != NULL) {
    bus_chain1_complete_get_ancestors (call->object, call->invocation, g_variant_builder_end (&out));
  } else {
    g_variant_builder_clear (&out);
    bus_error_reply (call->invocation, error);
  }
}

static gboolean
on_get_ancestors (BusChain1 *object,
                  GDBusMethodInvocation *invocation,
                  GVariant *list,
                  GVariant *options,
                  gpointer data)
{
  NodeChain1 *self = data;
  g_autoptr (GByteArray) txids = chain1_read_hashes (list, NODE_CHAIN_CALLS_MAX_TXIDS, invocation);

  if (txids != NULL)
    node_chain_calls_ancestors_async (self->calls, txids->data, txids->len / 32, bus_calls_get_cancellable (invocation),
                                      on_ancestors_ready, chain1_call_new (object, invocation));
  return TRUE;
}

static void
on_hash_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Chain1Call) call = data;
  g_autoptr (GError) error = NULL;
  g_autofree NodeChainCallPlace *place = node_chain_calls_hash_finish (result, &error);

  if (place == NULL)
    bus_error_reply (call->invocation, error);
  else
    bus_chain1_complete_get_hash (call->object, call->invocation, bus_bytes_new (place->hash32, 32));
}

static gboolean
on_get_hash (BusChain1 *object, GDBusMethodInvocation *invocation, guint height, GVariant *options, gpointer data)
{
  NodeChain1 *self = data;

  node_chain_calls_hash_async (self->calls, height, bus_calls_get_cancellable (invocation), on_hash_ready,
                               chain1_call_new (object, invocation));
  return TRUE;
}

/* u8 kind; CONNECTED, DISCONNECTED: u32 height, 32 bytes hash; ADDED: u64 mempool sequence, u32 length, transaction
 * with witness; REMOVED: u64 mempool sequence, 32 bytes txid, u8 whether it is in a block. Integers are little-endian. */
static GVariant *
pack_events (const GArray *events)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  for (guint i = 0; i < events->len; i++) {
    const NodeEvent *event = &g_array_index (events, NodeEvent, i);
    btc_write_u8 (out, (guint8) event->kind);
    switch (event->kind) {
    case NODE_EVENT_CONNECTED:
    case NODE_EVENT_DISCONNECTED:
      btc_write_u32 (out, event->height);
      btc_write_data (out, event->hash32, 32);
      break;
    case NODE_EVENT_ADDED:
      btc_write_u64 (out, event->mempool_sequence);
      btc_write_u32 (out, (guint32) event->tx->bytes.len);
      btc_write_data (out, event->tx->bytes.data, event->tx->bytes.len);
      break;
    case NODE_EVENT_REMOVED:
      btc_write_u64 (out, event->mempool_sequence);
      btc_write_data (out, event->hash32, 32);
      btc_write_u8 (out, event->confirmed ? 1 : 0);
      break;
    }
  }
  return bus_bytes_new (out->data, out->len);
}

static void
on_events_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Chain1Call) call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeEventBatch) batch = node_chain_calls_events_finish (result, &error);

  if (batch == NULL)
    bus_error_reply (call->invocation, error);
  else
    bus_chain1_complete_get_events (call->object, call->invocation,
                                    g_variant_new ("(tt)", batch->cursor.log, batch->cursor.number), batch->resync,
                                    batch->events->len, pack_events (batch->events));
}

static gboolean
on_get_events (BusChain1 *object, GDBusMethodInvocation *invocation, guint max_bytes, GVariant *options, gpointer data)
{
  NodeChain1 *self = data;
  NodeEventCursor after;
  gboolean has_after;

  if (!bus_options_check (invocation, options, "cursor", "(tt)", NULL))
    return TRUE;
  has_after = g_variant_lookup (options, "cursor", "(tt)", &after.log, &after.number);
  node_chain_calls_events_async (self->calls, has_after ? &after : NULL, max_bytes,
                                 bus_calls_get_cancellable (invocation), on_events_ready,
                                 chain1_call_new (object, invocation));
  return TRUE;
}

static void
on_submit_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Chain1Call) call = data;
  g_autoptr (GError) error = NULL;

  if (!node_chain_calls_submit_finish (result, &error))
    bus_error_reply (call->invocation, error);
  else
    bus_chain1_complete_submit (call->object, call->invocation, bus_bytes_new (call->tx->txid32, 32));
}

static gboolean
on_submit (BusChain1 *object,
           GDBusMethodInvocation *invocation,
           GVariant *transaction,
           GVariant *options,
           gpointer data)
{
  NodeChain1 *self = data;
  gsize len;
  const guint8 *raw = g_variant_get_fixed_array (transaction, &len, 1);
  guint64 max_fee_rate;
  gboolean limited;
  BtcTx *tx;
  Chain1Call *call;

  if (!bus_options_check (invocation, options, "max_fee_rate", "t", NULL))
    return TRUE;
  limited = g_variant_lookup (options, "max_fee_rate", "t", &max_fee_rate);
  tx = btc_tx_new (raw, len, TRUE);
  if (tx == NULL) {
    chain1_refuse (invocation, "the transaction is malformed");
    return TRUE;
  }
  call = chain1_call_new (object, invocation);
  call->tx = tx;
  node_chain_calls_submit_async (self->calls, tx, limited ? &max_fee_rate : NULL,
                                 bus_calls_get_cancellable (invocation), on_submit_ready, call);
  return TRUE;
}

static void
on_estimate_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Chain1Call) call = data;
  g_autoptr (GError) error = NULL;
  g_autofree NodeChainCallEstimate *estimate = node_chain_calls_estimate_finish (result, &error);
  GVariantDict record;

  if (estimate == NULL) {
    bus_error_reply (call->invocation, error);
    return;
  }
  g_variant_dict_init (&record, NULL);
  if (estimate->estimated)
    g_variant_dict_insert (&record, "fee_rate", "t", estimate->rate);
  g_variant_dict_insert (&record, "minimum", "t", estimate->minimum);
  bus_chain1_complete_estimate_fee (call->object, call->invocation, g_variant_dict_end (&record));
}

static gboolean
on_estimate_fee (BusChain1 *object, GDBusMethodInvocation *invocation, guint blocks, GVariant *options, gpointer data)
{
  NodeChain1 *self = data;

  node_chain_calls_estimate_async (self->calls, blocks, bus_calls_get_cancellable (invocation), on_estimate_ready,
                                   chain1_call_new (object, invocation));
  return TRUE;
}

static gboolean
on_set_wallets (BusChain1 *object,
                GDBusMethodInvocation *invocation,
                const char *const *names,
                GVariant *options,
                gpointer data)
{
  NodeChain1 *self = data;
  g_autoptr (GError) error = NULL;

  if (self->set_wallets == NULL)
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_NOT_SUPPORTED, "only a wallet program may do that");
  if (error == NULL && self->set_wallets (self->set_wallets_data, names, &error))
    bus_chain1_complete_set_wallets (object, invocation);
  else
    bus_error_reply (invocation, error);
  return TRUE;
}

void
node_chain1_on_set_wallets (NodeChain1 *self,
                            gboolean (*set_wallets) (gpointer data, const char *const *names, GError **error),
                            gpointer data)
{
  self->set_wallets = set_wallets;
  self->set_wallets_data = data;
}

/* TIP NULL: the chain is not loaded. */
static void
chain1_set_tip (NodeChain1 *self, const NodeChainCallTip *tip)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  if (tip != NULL) {
    g_variant_dict_insert (&dict, "sequence", "t", tip->sequence);
    g_variant_dict_insert (&dict, "height", "u", tip->height);
    g_variant_dict_insert_value (&dict, "hash", bus_bytes_new (tip->hash32, 32));
    g_variant_dict_insert (&dict, "mempool_sequence", "t", tip->mempool_sequence);
  }
  bus_chain1_set_tip (self->skeleton, g_variant_dict_end (&dict));
}

static void
on_news (gpointer data, const NodeChainCallTip *tip)
{
  NodeChain1 *self = data;

  chain1_set_tip (self, tip);
  g_dbus_interface_skeleton_flush (
      G_DBUS_INTERFACE_SKELETON (self->skeleton)); /* before the signal that announces it */
  bus_chain1_emit_tip_changed (self->skeleton, tip->sequence, tip->height, bus_bytes_new (tip->hash32, 32),
                               tip->mempool_sequence);
}

static void
chain1_connect (NodeChain1 *self)
{
  g_signal_connect (self->skeleton, "handle-get-tip", G_CALLBACK (on_get_tip), self);
  g_signal_connect (self->skeleton, "handle-find-fork", G_CALLBACK (on_find_fork), self);
  g_signal_connect (self->skeleton, "handle-get-hash", G_CALLBACK (on_get_hash), self);
  g_signal_connect (self->skeleton, "handle-get-ancestors", G_CALLBACK (on_get_ancestors), self);
  g_signal_connect (self->skeleton, "handle-get-events", G_CALLBACK (on_get_events), self);
  g_signal_connect (self->skeleton, "handle-set-wallets", G_CALLBACK (on_set_wallets), self);
  g_signal_connect (self->skeleton, "handle-submit", G_CALLBACK (on_submit), self);
  g_signal_connect (self->skeleton, "handle-estimate-fee", G_CALLBACK (on_estimate_fee), self);
}

NodeChain1 *
node_chain1_new (NodeChainCalls *calls, GDBusConnection *connection, GError **error)
{
  g_autoptr (NodeChain1) self = g_new0 (NodeChain1, 1);
  NodeChainCallTip tip;

  self->calls = calls;
  self->connection = g_object_ref (connection);
  self->skeleton = bus_chain1_skeleton_new ();
  self->bulk = node_chain1_bulk_new (self->skeleton, calls, connection);
  chain1_connect (self);
  chain1_set_tip (self, node_chain_calls_peek_tip (calls, &tip) ? &tip : NULL);
  if (!bus_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), connection, BUS_PATH_CHAIN, error))
    return NULL;
  self->news = node_chain_news_new (calls, on_news, self);
  return g_steal_pointer (&self);
}

void
node_chain1_free (NodeChain1 *self)
{
  if (self == NULL)
    return;
  bus_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  node_chain1_bulk_free (self->bulk);
  bus_calls_cancel_all (self->connection);
  g_clear_pointer (&self->news, node_chain_news_free);
  g_clear_object (&self->skeleton);
  g_clear_object (&self->connection);
  g_free (self);
}
