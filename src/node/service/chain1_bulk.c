#include "node/service/chain1_bulk.h"

#include <string.h>

#include "bitcoin/primitives/serialize.h"
#include "dbus/calls.h"
#include "dbus/errors.h"
#include "dbus/memfd.h"
#include "dbus/options.h"
#include "node/service/bulk_gate.h"

struct _NodeChain1Bulk {
  NodeChainCalls *calls;
  NodeBulkGate *gate;
};

/* A call in progress. Packing 8 MB and writing them to a memory file would block a main loop for too long. */
typedef struct _BulkCall BulkCall;
struct _BulkCall {
  NodeChain1Bulk *bulk;                            /* until REQUEST was called */
  void (*request) (BulkCall *call);                /* called when there is room */
  void (*send) (BulkCall *call, GUnixFDList *fds); /* replies to INVOCATION; any thread */
  NodeBulkGate *gate;
  BusChain1 *object;
  GDBusMethodInvocation *invocation; /* NULL after the reply */
  guint8 hash32[32];
  gboolean has_hash;
  guint32 limit;
  NodeChainCallBlocks *blocks; /* the data to send: one of these */
  NodeChainCallBlock *block;
  NodeChainCallMempool *mempool;
  gsize bytes; /* sent so far */
};

static void
bulk_call_free (gpointer data)
{
  BulkCall *call = data;

  g_clear_object (&call->invocation);
  g_object_unref (call->object);
  node_bulk_gate_unref (call->gate);
  g_clear_pointer (&call->blocks, node_chain_call_blocks_free);
  g_clear_pointer (&call->block, node_chain_call_block_free);
  g_clear_pointer (&call->mempool, node_chain_call_mempool_free);
  g_free (call);
}

/* Of each block: u32 height, 32 bytes hash, u32 length, block with witness. Integers are little-endian. */
static GBytes *
pack_blocks (const NodeChainCallBlocks *blocks)
{
  GByteArray *out = g_byte_array_new ();

  for (guint i = 0; i < blocks->blocks->len; i++) {
    const BtcBlock *block = blocks->blocks->pdata[i];
    gsize len;
    const guint8 *data = g_bytes_get_data (block->bytes, &len);
    btc_write_u32 (out, blocks->first_height + i);
    btc_write_data (out, block->hash32, 32);
    btc_write_u32 (out, (guint32) len);
    btc_write_data (out, data, len);
  }
  return g_byte_array_free_to_bytes (out);
}

/* Of each transaction: u32 length, transaction with witness. */
static GBytes *
pack_mempool (const NodeChainCallMempool *mempool)
{
  GByteArray *out = g_byte_array_new ();

  for (guint i = 0; i < mempool->txs->len; i++) {
    const BtcTx *tx = mempool->txs->pdata[i];
    btc_write_u32 (out, (guint32) tx->bytes.len);
    btc_write_data (out, tx->bytes.data, tx->bytes.len);
  }
  return g_byte_array_free_to_bytes (out);
}

static GBytes *
bulk_call_pack (const BulkCall *call)
{
  if (call->block != NULL)
    return g_bytes_ref (call->block->block->bytes);
  return call->blocks != NULL ? pack_blocks (call->blocks) : pack_mempool (call->mempool);
}

static void
bulk_call_send (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  BulkCall *call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GBytes) packed = bulk_call_pack (call);
  gsize len;
  const guint8 *bytes = g_bytes_get_data (packed, &len);
  int fd = bus_memfd_new (bytes, len, &error);

  if (fd < 0) {
    bus_error_reply (g_steal_pointer (&call->invocation), error);
    return;
  }
  call->bytes = len;
  fds = g_unix_fd_list_new_from_array (&fd, 1); /* takes ownership of it */
  call->send (call, fds);
  /* Freed on this thread, since freeing a long list would block the main loop. */
  g_clear_pointer (&call->blocks, node_chain_call_blocks_free);
  g_clear_pointer (&call->block, node_chain_call_block_free);
  g_clear_pointer (&call->mempool, node_chain_call_mempool_free);
}

static void
bulk_call_end (BulkCall *call)
{
  node_bulk_gate_leave (call->gate, call->bytes);
  bulk_call_free (call);
}

static void
on_bulk_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_dbus_connection_flush_finish (G_DBUS_CONNECTION (source), result, NULL);
  bulk_call_end (data);
}

static void
on_bulk_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_dbus_connection_flush (G_DBUS_CONNECTION (source), NULL, on_bulk_written, data);
}

/* The data to send has been set, or ERROR. */
static void
bulk_call_finish (BulkCall *call, const GError *error)
{
  g_autoptr (GTask) task = NULL;

  if (error != NULL) {
    bus_error_reply (g_steal_pointer (&call->invocation), error);
    bulk_call_end (call);
    return;
  }
  task = g_task_new (g_dbus_method_invocation_get_connection (call->invocation), NULL, on_bulk_sent, call);
  g_task_set_task_data (task, call, NULL);
  g_task_run_in_thread (task, bulk_call_send);
}

static void
bulk_call_start (gpointer data)
{
  BulkCall *call = data;

  call->request (call);
}

static BulkCall *
bulk_call_new (NodeChain1Bulk *bulk, BusChain1 *object, GDBusMethodInvocation *invocation)
{
  BulkCall *call = g_new0 (BulkCall, 1);

  call->bulk = bulk;
  call->gate = node_bulk_gate_ref (bulk->gate);
  call->object = g_object_ref (object);
  call->invocation = invocation;
  return call;
}

/* Takes over CALL. */
static void
bulk_call_enter (BulkCall *call)
{
  g_autoptr (GError) error = NULL;

  if (node_bulk_gate_enter (call->gate, bulk_call_start, call, bulk_call_free))
    return;
  error = g_error_new_literal (BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED, "too many calls are waiting");
  bus_error_reply (g_steal_pointer (&call->invocation), error);
  bulk_call_free (call);
}

/* FALSE after an error reply. */
static gboolean
bulk_call_set_hash (BulkCall *call, GVariant *hash)
{
  gsize len;
  const guint8 *data = g_variant_get_fixed_array (hash, &len, 1);
  g_autoptr (GError) error = NULL;

  if (len == 32) {
    call->has_hash = TRUE;
    memcpy (call->hash32, data, 32);
    return TRUE;
  }
  error = g_error_new_literal (BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "a hash has 32 bytes");
  bus_error_reply (g_steal_pointer (&call->invocation), error);
  bulk_call_free (call);
  return FALSE;
}

static void
blocks_send (BulkCall *call, GUnixFDList *fds)
{
  bus_chain1_complete_get_blocks (call->object, g_steal_pointer (&call->invocation), fds, call->blocks->blocks->len,
                                  g_variant_new_handle (0));
}

static void
on_blocks_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  BulkCall *call = data;

  call->blocks = node_chain_calls_blocks_finish (result, &error);
  bulk_call_finish (call, error);
}

static void
blocks_request (BulkCall *call)
{
  node_chain_calls_blocks_async (call->bulk->calls, call->has_hash ? call->hash32 : NULL, call->limit,
                                 bus_calls_get_cancellable (call->invocation), on_blocks_ready, call);
}

static gboolean
on_get_blocks (BusChain1 *object,
               GDBusMethodInvocation *invocation,
               GUnixFDList *fds,
               guint limit,
               GVariant *options,
               gpointer data)
{
  g_autoptr (GVariant) after = NULL;
  BulkCall *call;

  if (!bus_options_check (invocation, options, "after", "ay", NULL))
    return TRUE;
  call = bulk_call_new (data, object, invocation);
  after = g_variant_lookup_value (options, "after", NULL);
  if (after != NULL && !bulk_call_set_hash (call, after))
    return TRUE;
  call->limit = limit;
  call->request = blocks_request;
  call->send = blocks_send;
  bulk_call_enter (call);
  return TRUE;
}

static void
block_send (BulkCall *call, GUnixFDList *fds)
{
  bus_chain1_complete_get_block (call->object, g_steal_pointer (&call->invocation), fds, call->block->height,
                                 call->block->active, g_variant_new_handle (0));
}

static void
on_block_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  BulkCall *call = data;

  call->block = node_chain_calls_block_finish (result, &error);
  bulk_call_finish (call, error);
}

static void
block_request (BulkCall *call)
{
  node_chain_calls_block_async (call->bulk->calls, call->hash32, bus_calls_get_cancellable (call->invocation),
                                on_block_ready, call);
}

static gboolean
on_get_block (BusChain1 *object,
              GDBusMethodInvocation *invocation,
              GUnixFDList *fds,
              GVariant *hash,
              GVariant *options,
              gpointer data)
{
  BulkCall *call = bulk_call_new (data, object, invocation);

  if (!bulk_call_set_hash (call, hash))
    return TRUE;
  call->request = block_request;
  call->send = block_send;
  bulk_call_enter (call);
  return TRUE;
}

static void
mempool_send (BulkCall *call, GUnixFDList *fds)
{
  const NodeChainCallMempool *mempool = call->mempool;

  bus_chain1_complete_get_mempool (call->object, g_steal_pointer (&call->invocation), fds, mempool->sequence,
                                   g_variant_new ("(tt)", mempool->cursor.log, mempool->cursor.number),
                                   mempool->txs->len, mempool->complete, g_variant_new_handle (0));
}

static void
on_mempool_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  BulkCall *call = data;

  call->mempool = node_chain_calls_mempool_finish (result, &error);
  bulk_call_finish (call, error);
}

static void
mempool_request (BulkCall *call)
{
  node_chain_calls_mempool_async (call->bulk->calls, bus_calls_get_cancellable (call->invocation), on_mempool_ready,
                                  call);
}

static gboolean
on_get_mempool (BusChain1 *object,
                GDBusMethodInvocation *invocation,
                GUnixFDList *fds,
                GVariant *options,
                gpointer data)
{
  BulkCall *call = bulk_call_new (data, object, invocation);

  call->request = mempool_request;
  call->send = mempool_send;
  bulk_call_enter (call);
  return TRUE;
}

NodeChain1Bulk *
node_chain1_bulk_new (BusChain1 *skeleton, NodeChainCalls *calls, GSocket *socket)
{
  NodeChain1Bulk *bulk = g_new (NodeChain1Bulk, 1);

  *bulk = (NodeChain1Bulk){ calls, node_bulk_gate_new (socket) };
  g_signal_connect (skeleton, "handle-get-blocks", G_CALLBACK (on_get_blocks), bulk);
  g_signal_connect (skeleton, "handle-get-block", G_CALLBACK (on_get_block), bulk);
  g_signal_connect (skeleton, "handle-get-mempool", G_CALLBACK (on_get_mempool), bulk);
  return bulk;
}

void
node_chain1_bulk_free (NodeChain1Bulk *bulk)
{
  node_bulk_gate_close (bulk->gate);
  node_bulk_gate_unref (bulk->gate);
  g_free (bulk);
}
