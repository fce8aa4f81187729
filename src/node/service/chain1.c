#include "node/service/chain1.h"

#include <string.h>

#include "bus-generated.h"
#include "bitcoin/primitives/serialize.h"
#include "dbus/calls.h"
#include "dbus/connection.h"
#include "dbus/errors.h"
#include "dbus/memfd.h"
#include "dbus/names.h"
#include "node/service/bulk_gate.h"
#include "node/service/chain_news.h"

struct _NodeChain1 {
  NodeChainCalls *calls;
  GDBusConnection *connection;
  guint registration;
  NodeChainNews *news;
  NodeBulkGate *gate;
};

static GVariant *
bytes_variant (const guint8 *data, gsize len)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, len, 1);
}

/* A call that is answered with bulk. Packing 8 MB and filling a memory file with it takes longer than a main loop may. */
typedef struct _BulkReply BulkReply;
struct _BulkReply {
  NodeChain1 *self; /* until ASK was called */
  void (*ask) (NodeChain1 *self, GVariant *args, BulkReply *reply);
  NodeBulkGate *gate;
  GDBusConnection *connection;
  GDBusMethodInvocation *invocation; /* NULL once it was answered */
  GVariant *answer;
  guint32 first_height;
  GPtrArray *blocks; /* of BtcBlock; or */
  BtcBlock *block;   /* or */
  GPtrArray *txs;    /* of BtcTx */
  gsize bytes;       /* of bulk that were sent */
};

static void
bulk_reply_free (gpointer data)
{
  BulkReply *reply = data;

  g_clear_object (&reply->invocation);
  g_object_unref (reply->connection);
  node_bulk_gate_unref (reply->gate);
  g_clear_pointer (&reply->answer, g_variant_unref);
  g_clear_pointer (&reply->blocks, g_ptr_array_unref);
  g_clear_pointer (&reply->block, btc_block_unref);
  g_clear_pointer (&reply->txs, g_ptr_array_unref);
  g_free (reply);
}

/* GetBlocks: u32 height, 32 bytes hash, u32 length, block with witness; again and again.
 * GetMempool: u32 length, transaction with witness; again and again. Integers are little-endian. */
static GBytes *
bulk_reply_pack (const BulkReply *reply)
{
  GByteArray *out;

  if (reply->block != NULL)
    return g_bytes_ref (reply->block->bytes);
  out = g_byte_array_new ();
  for (guint i = 0; reply->blocks != NULL && i < reply->blocks->len; i++) {
    const BtcBlock *block = reply->blocks->pdata[i];
    gsize len;
    const guint8 *data = g_bytes_get_data (block->bytes, &len);
    btc_write_u32 (out, reply->first_height + i);
    btc_write_data (out, block->hash32, 32);
    btc_write_u32 (out, (guint32) len);
    btc_write_data (out, data, len);
  }
  for (guint i = 0; reply->txs != NULL && i < reply->txs->len; i++) {
    const BtcTx *tx = reply->txs->pdata[i];
    btc_write_u32 (out, (guint32) tx->bytes.len);
    btc_write_data (out, tx->bytes.data, tx->bytes.len);
  }
  return g_byte_array_free_to_bytes (out);
}

static void
bulk_reply_send (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  BulkReply *reply = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GBytes) bulk = bulk_reply_pack (reply);
  gsize len;
  const guint8 *bytes = g_bytes_get_data (bulk, &len);
  int fd = bus_memfd_new (bytes, len, &error);

  g_clear_pointer (&reply->blocks, g_ptr_array_unref);
  g_clear_pointer (&reply->block, btc_block_unref);
  g_clear_pointer (&reply->txs, g_ptr_array_unref);
  if (fd < 0) {
    bus_error_reply (g_steal_pointer (&reply->invocation), error);
    return;
  }
  reply->bytes = len;
  fds = g_unix_fd_list_new_from_array (&fd, 1); /* takes it over */
  g_dbus_method_invocation_return_value_with_unix_fd_list (g_steal_pointer (&reply->invocation), reply->answer, fds);
}

static void
bulk_reply_end (BulkReply *reply)
{
  node_bulk_gate_leave (reply->gate, reply->bytes);
  bulk_reply_free (reply);
}

static void
on_bulk_reply_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_dbus_connection_flush_finish (G_DBUS_CONNECTION (source), result, NULL);
  bulk_reply_end (data);
}

static void
on_bulk_reply_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  BulkReply *reply = data;

  g_dbus_connection_flush (reply->connection, NULL, on_bulk_reply_written, reply);
}

/* ANSWER goes with the bulk that was set. */
static void
bulk_reply_run (BulkReply *reply, GVariant *answer)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_bulk_reply_sent, reply);

  reply->answer = g_variant_ref_sink (answer);
  g_task_set_task_data (task, reply, NULL);
  g_task_run_in_thread (task, bulk_reply_send);
}

static void
bulk_reply_fail (BulkReply *reply, const GError *error)
{
  bus_error_reply (g_steal_pointer (&reply->invocation), error);
  bulk_reply_end (reply);
}

static void
bulk_reply_start (gpointer data)
{
  BulkReply *reply = data;
  NodeChain1 *self = g_steal_pointer (&reply->self);

  reply->ask (self, g_dbus_method_invocation_get_parameters (reply->invocation), reply);
}

/* Takes over INVOCATION; ASK is called when it is its turn. */
static void
chain1_enter_bulk (NodeChain1 *self,
                   GDBusMethodInvocation *invocation,
                   void (*ask) (NodeChain1 *self, GVariant *args, BulkReply *reply))
{
  BulkReply *reply = g_new0 (BulkReply, 1);
  g_autoptr (GError) error = NULL;

  reply->self = self;
  reply->ask = ask;
  reply->gate = node_bulk_gate_ref (self->gate);
  reply->connection = g_object_ref (self->connection);
  reply->invocation = invocation;
  if (node_bulk_gate_enter (self->gate, bulk_reply_start, reply, bulk_reply_free))
    return;
  error = g_error_new_literal (BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED, "too many calls wait for their answer");
  bus_error_reply (g_steal_pointer (&reply->invocation), error);
  bulk_reply_free (reply);
}

/* The methods: each checks what a message may hold, and answers when its call has ended. */

static void
on_tip_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree NodeChainCallTip *tip = node_chain_calls_tip_finish (result, &error);

  if (tip == NULL)
    bus_error_reply (data, error);
  else
    g_dbus_method_invocation_return_value (
        data,
        g_variant_new ("(tu@ayt)", tip->sequence, tip->height, bytes_variant (tip->hash32, 32), tip->mempool_sequence));
}

static void
chain1_get_tip (NodeChain1 *self, GVariant *args, GDBusMethodInvocation *invocation)
{
  node_chain_calls_tip_async (self->calls, bus_calls_get_cancellable (invocation), on_tip_ready, invocation);
}

static void
on_fork_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree NodeChainCallPlace *fork = node_chain_calls_fork_finish (result, &error);

  if (fork == NULL)
    bus_error_reply (data, error);
  else
    g_dbus_method_invocation_return_value (data,
                                           g_variant_new ("(u@ay)", fork->height, bytes_variant (fork->hash32, 32)));
}

static void
chain1_refuse (GDBusMethodInvocation *invocation, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, text);

  bus_error_reply (invocation, error);
}

static void
chain1_find_fork (NodeChain1 *self, GVariant *args, GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (args, 0);
  g_autoptr (GByteArray) locator = g_byte_array_new ();
  gsize n = g_variant_n_children (list);

  for (gsize i = 0; i < n && i <= NODE_CHAIN_CALLS_MAX_LOCATOR; i++) {
    g_autoptr (GVariant) item = g_variant_get_child_value (list, i);
    gsize len;
    const guint8 *data = g_variant_get_fixed_array (item, &len, 1);
    if (len != 32) {
      chain1_refuse (invocation, "a hash has 32 bytes");
      return;
    }
    g_byte_array_append (locator, data, 32);
  }
  node_chain_calls_fork_async (self->calls, locator->data, n, bus_calls_get_cancellable (invocation), on_fork_ready,
                               invocation);
}

static void
on_blocks_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeChainCallBlocks) blocks = node_chain_calls_blocks_finish (result, &error);
  BulkReply *reply = data;

  if (blocks == NULL) {
    bulk_reply_fail (reply, error);
    return;
  }
  reply->first_height = blocks->first_height;
  reply->blocks = g_steal_pointer (&blocks->blocks);
  bulk_reply_run (reply, g_variant_new ("(uh)", reply->blocks->len, 0));
}

static void
chain1_ask_blocks (NodeChain1 *self, GVariant *args, BulkReply *reply)
{
  g_autoptr (GVariant) after = g_variant_get_child_value (args, 0);
  guint32 limit;
  gsize len;
  const guint8 *after32 = g_variant_get_fixed_array (after, &len, 1);

  g_variant_get_child (args, 1, "u", &limit);
  node_chain_calls_blocks_async (self->calls, len == 32 ? after32 : NULL, limit,
                                 bus_calls_get_cancellable (reply->invocation), on_blocks_ready, reply);
}

static void
chain1_get_blocks (NodeChain1 *self, GVariant *args, GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) after = g_variant_get_child_value (args, 0);
  gsize len = g_variant_n_children (after);

  if (len == 0 || len == 32)
    chain1_enter_bulk (self, invocation, chain1_ask_blocks);
  else
    chain1_refuse (invocation, "a hash has 32 bytes");
}

static void
on_block_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeChainCallBlock) found = node_chain_calls_block_finish (result, &error);
  BulkReply *reply = data;

  if (found == NULL) {
    bulk_reply_fail (reply, error);
    return;
  }
  reply->block = g_steal_pointer (&found->block);
  bulk_reply_run (reply, g_variant_new ("(ubh)", found->height, found->active, 0));
}

static void
chain1_ask_block (NodeChain1 *self, GVariant *args, BulkReply *reply)
{
  g_autoptr (GVariant) hash = g_variant_get_child_value (args, 0);
  gsize len;

  node_chain_calls_block_async (self->calls, g_variant_get_fixed_array (hash, &len, 1),
                                bus_calls_get_cancellable (reply->invocation), on_block_ready, reply);
}

static void
chain1_get_block (NodeChain1 *self, GVariant *args, GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) hash = g_variant_get_child_value (args, 0);

  if (g_variant_n_children (hash) == 32)
    chain1_enter_bulk (self, invocation, chain1_ask_block);
  else
    chain1_refuse (invocation, "a hash has 32 bytes");
}

static void
on_hash_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree NodeChainCallPlace *place = node_chain_calls_hash_finish (result, &error);

  if (place == NULL)
    bus_error_reply (data, error);
  else
    g_dbus_method_invocation_return_value (data, g_variant_new ("(@ay)", bytes_variant (place->hash32, 32)));
}

static void
chain1_get_hash (NodeChain1 *self, GVariant *args, GDBusMethodInvocation *invocation)
{
  guint32 height;

  g_variant_get_child (args, 0, "u", &height);
  node_chain_calls_hash_async (self->calls, height, bus_calls_get_cancellable (invocation), on_hash_ready, invocation);
}

static void
on_mempool_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeChainCallMempool) mempool = node_chain_calls_mempool_finish (result, &error);
  BulkReply *reply = data;

  if (mempool == NULL) {
    bulk_reply_fail (reply, error);
    return;
  }
  reply->txs = g_steal_pointer (&mempool->txs);
  bulk_reply_run (reply, g_variant_new ("(tttubh)", mempool->sequence, mempool->cursor.log, mempool->cursor.number,
                                        reply->txs->len, mempool->complete, 0));
}

static void
chain1_ask_mempool (NodeChain1 *self, GVariant *args, BulkReply *reply)
{
  node_chain_calls_mempool_async (self->calls, bus_calls_get_cancellable (reply->invocation), on_mempool_ready, reply);
}

static void
chain1_get_mempool (NodeChain1 *self, GVariant *args, GDBusMethodInvocation *invocation)
{
  chain1_enter_bulk (self, invocation, chain1_ask_mempool);
}

/* u8 kind; CONNECTED, DISCONNECTED: u32 height, 32 bytes hash; ADDED: u64 mempool sequence, u32 length, transaction with
 * witness; REMOVED: u64 mempool sequence, 32 bytes txid, u8 whether it is in a block. Integers are little-endian. */
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
  return bytes_variant (out->data, out->len);
}

static void
on_events_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeEventBatch) batch = node_chain_calls_events_finish (result, &error);

  if (batch == NULL)
    bus_error_reply (data, error);
  else
    g_dbus_method_invocation_return_value (data, g_variant_new ("(ttbu@ay)", batch->cursor.log, batch->cursor.number,
                                                                batch->resync, batch->events->len,
                                                                pack_events (batch->events)));
}

static void
chain1_get_events (NodeChain1 *self, GVariant *args, GDBusMethodInvocation *invocation)
{
  NodeEventCursor after;
  guint32 max_bytes;

  g_variant_get (args, "(ttu@a{sv})", &after.log, &after.number, &max_bytes, NULL);
  node_chain_calls_events_async (self->calls, &after, max_bytes, bus_calls_get_cancellable (invocation),
                                 on_events_ready, invocation);
}

static void
on_submit_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GVariant *args = g_dbus_method_invocation_get_parameters (data);
  g_autoptr (GVariant) bytes = g_variant_get_child_value (args, 0);
  g_autoptr (BtcTx) tx = NULL;
  gsize len;
  const guint8 *raw = g_variant_get_fixed_array (bytes, &len, 1);

  if (!node_chain_calls_submit_finish (result, &error)) {
    bus_error_reply (data, error);
    return;
  }
  tx = btc_tx_new (raw, len, TRUE);
  g_dbus_method_invocation_return_value (data, g_variant_new ("(@ay)", bytes_variant (tx->txid32, 32)));
}

static void
chain1_submit (NodeChain1 *self, GVariant *args, GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) bytes = NULL;
  g_autoptr (BtcTx) tx = NULL;
  guint64 max_fee_rate;
  gsize len;
  const guint8 *data;

  g_variant_get (args, "(@ayt@a{sv})", &bytes, &max_fee_rate, NULL);
  data = g_variant_get_fixed_array (bytes, &len, 1);
  tx = btc_tx_new (data, len, TRUE);
  if (tx != NULL)
    node_chain_calls_submit_async (self->calls, tx, max_fee_rate, bus_calls_get_cancellable (invocation),
                                   on_submit_ready, invocation);
  else
    chain1_refuse (invocation, "the transaction is malformed");
}

static void
on_estimate_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree NodeChainCallEstimate *estimate = node_chain_calls_estimate_finish (result, &error);

  if (estimate == NULL)
    bus_error_reply (data, error);
  else
    g_dbus_method_invocation_return_value (data, g_variant_new ("(tt)", estimate->rate, estimate->minimum));
}

static void
chain1_estimate_fee (NodeChain1 *self, GVariant *args, GDBusMethodInvocation *invocation)
{
  guint32 target;

  g_variant_get_child (args, 0, "u", &target);
  node_chain_calls_estimate_async (self->calls, target, bus_calls_get_cancellable (invocation), on_estimate_ready,
                                   invocation);
}

static const struct {
  const char *name;
  void (*run) (NodeChain1 *self, GVariant *args, GDBusMethodInvocation *invocation);
} chain1_methods[] = {
  { "GetTip", chain1_get_tip },       { "FindFork", chain1_find_fork }, { "GetBlocks", chain1_get_blocks },
  { "GetBlock", chain1_get_block },   { "GetHash", chain1_get_hash },   { "GetMempool", chain1_get_mempool },
  { "GetEvents", chain1_get_events }, { "Submit", chain1_submit },      { "EstimateFee", chain1_estimate_fee },
};

/* GDBus has checked the method and the types of its arguments against the interface. */
static void
on_call (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (chain1_methods); i++)
    if (g_str_equal (chain1_methods[i].name, method)) {
      chain1_methods[i].run (data, parameters, invocation);
      return;
    }
  chain1_refuse (invocation, "there is no such method");
}

static void
on_news (gpointer data, const NodeChainCallTip *tip)
{
  NodeChain1 *self = data;
  GVariant *args
      = g_variant_new ("(tu@ayt)", tip->sequence, tip->height, bytes_variant (tip->hash32, 32), tip->mempool_sequence);

  g_dbus_connection_emit_signal (self->connection, NULL, BUS_PATH_CHAIN, "org.moneyrocket.Chain1", "TipChanged", args,
                                 NULL);
}

NodeChain1 *
node_chain1_new (NodeChainCalls *calls, GDBusConnection *connection, GError **error)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (NodeChain1) self = g_new0 (NodeChain1, 1);

  self->calls = calls;
  self->connection = g_object_ref (connection);
  self->gate = node_bulk_gate_new (bus_connection_get_socket (connection));
  self->registration = g_dbus_connection_register_object (connection, BUS_PATH_CHAIN, bus_chain1_interface_info (),
                                                          &vtable, self, NULL, error);
  if (self->registration == 0)
    return NULL;
  self->news = node_chain_news_new (calls, on_news, self);
  return g_steal_pointer (&self);
}

void
node_chain1_free (NodeChain1 *self)
{
  if (self == NULL)
    return;
  node_bulk_gate_close (self->gate);
  bus_calls_cancel_all (self->connection);
  g_clear_pointer (&self->news, node_chain_news_free);
  if (self->registration != 0)
    g_dbus_connection_unregister_object (self->connection, self->registration);
  g_clear_object (&self->connection);
  node_bulk_gate_unref (self->gate);
  g_free (self);
}
