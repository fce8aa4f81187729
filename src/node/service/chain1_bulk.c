#include "node/service/chain1_bulk.h"

#include <string.h>

#include "bitcoin/primitives/serialize.h"
#include "dbus/calls.h"
#include "dbus/connection.h"
#include "dbus/errors.h"
#include "dbus/memfd.h"
#include "dbus/names.h"
#include "dbus/options.h"
#include "node/service/bulk_gate.h"
#include "node/service/chain_parts.h"

struct _NodeChain1Bulk {
  NodeChainCalls *calls;
  NodeBulkGate *gate;
  NodeChainParts *parts;
  gboolean passes_fds;
};

/* A call in progress. Packing 8 MB and writing them to a memory file would block a main loop for too long. */
typedef struct _BulkCall BulkCall;
struct _BulkCall {
  NodeChain1Bulk *bulk;                          /* until the gate is closed */
  void (*request) (BulkCall *call);              /* called when there is room */
  GVariant *(*make_head) (const BulkCall *call); /* the results before the data, a tuple; floating; any thread */
  gboolean in_parts;                             /* the data is read in parts; else it is sent in a memory file */
  NodeBulkGate *gate;
  BusChain1 *object;
  GDBusMethodInvocation *invocation; /* NULL after the reply */
  guint8 hash32[32];
  gboolean has_hash;
  guint32 limit;
  NodeChainCallBlocks *blocks; /* the data to send: one of these */
  NodeChainCallBlock *block;
  NodeChainCallMempool *mempool;
  GVariant *head; /* what was made of it */
  GBytes *packed;
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
  g_clear_pointer (&call->head, g_variant_unref);
  g_clear_pointer (&call->packed, g_bytes_unref);
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

/* HEAD and TAIL, tuples, as one; floating. */
static GVariant *
bulk_call_join (GVariant *head, GVariant *tail)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (tail);
  GVariant *const parts[] = { head, owned };
  GVariantBuilder results = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_TUPLE);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    for (gsize n = 0; n < g_variant_n_children (parts[i]); n++) {
      g_autoptr (GVariant) child = g_variant_get_child_value (parts[i], n);

      g_variant_builder_add_value (&results, child);
    }
  return g_variant_builder_end (&results);
}

static void
bulk_call_reply_with_file (BulkCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  gsize len;
  const guint8 *bytes = g_bytes_get_data (call->packed, &len);
  int fd = bus_memfd_new (bytes, len, &error);

  if (fd < 0) {
    bus_error_reply (g_steal_pointer (&call->invocation), error);
    return;
  }
  fds = g_unix_fd_list_new_from_array (&fd, 1); /* takes ownership of it */
  g_dbus_method_invocation_return_value_with_unix_fd_list (g_steal_pointer (&call->invocation),
                                                           bulk_call_join (call->head, g_variant_new ("(h)", 0)), fds);
}

static void
bulk_call_pack_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  BulkCall *call = data;

  call->packed = bulk_call_pack (call);
  call->head = g_variant_ref_sink (call->make_head (call));
  /* Freed on this thread, since freeing a long list would block the main loop. */
  g_clear_pointer (&call->blocks, node_chain_call_blocks_free);
  g_clear_pointer (&call->block, node_chain_call_block_free);
  g_clear_pointer (&call->mempool, node_chain_call_mempool_free);
  if (!call->in_parts)
    bulk_call_reply_with_file (call);
}

static void
bulk_call_end (gpointer data)
{
  BulkCall *call = data;

  node_bulk_gate_leave (call->gate, call->packed != NULL ? g_bytes_get_size (call->packed) : 0);
  bulk_call_free (call);
}

static void
on_bulk_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_dbus_connection_flush_finish (G_DBUS_CONNECTION (source), result, NULL);
  bulk_call_end (data);
}

/* With the first part; TRUE: there are others. */
static gboolean
bulk_call_reply_with_part (BulkCall *call)
{
  gsize size = g_bytes_get_size (call->packed);
  guint64 number = 0;

  if (node_bulk_gate_is_closed (call->gate)) {
    g_autoptr (GError) error = g_error_new_literal (BUS_ERROR, BUS_ERROR_CANCELLED, "the connection is being closed");

    bus_error_reply (g_steal_pointer (&call->invocation), error);
    return FALSE;
  }
  if (size > BUS_PART_BYTES)
    number = node_chain_parts_add (call->bulk->parts, call->packed, bulk_call_end, call);
  g_dbus_method_invocation_return_value (
      g_steal_pointer (&call->invocation),
      bulk_call_join (call->head,
                      g_variant_new ("(tt@ay)", number, (guint64) size, node_chain_parts_get_first (call->packed))));
  return number != 0;
}

static void
on_bulk_packed (GObject *source, GAsyncResult *result, gpointer data)
{
  BulkCall *call = data;

  if (!call->in_parts || !bulk_call_reply_with_part (call))
    g_dbus_connection_flush (G_DBUS_CONNECTION (source), NULL, on_bulk_written, call);
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
  task = g_task_new (g_dbus_method_invocation_get_connection (call->invocation), NULL, on_bulk_packed, call);
  g_task_set_task_data (task, call, NULL);
  g_task_run_in_thread (task, bulk_call_pack_in_thread);
}

static void
bulk_call_start (gpointer data)
{
  BulkCall *call = data;

  call->request (call);
}

static BulkCall *
bulk_call_new (NodeChain1Bulk *bulk, BusChain1 *object, GDBusMethodInvocation *invocation, gboolean in_parts)
{
  BulkCall *call = g_new0 (BulkCall, 1);

  call->bulk = bulk;
  call->gate = node_bulk_gate_ref (bulk->gate);
  call->object = g_object_ref (object);
  call->invocation = invocation;
  call->in_parts = in_parts;
  return call;
}

/* FALSE after an error reply: a memory file cannot be sent. */
static gboolean
bulk_check_fds (const NodeChain1Bulk *bulk, GDBusMethodInvocation *invocation)
{
  g_autoptr (GError) error = NULL;

  if (bulk->passes_fds)
    return TRUE;
  error = g_error_new_literal (BUS_ERROR, BUS_ERROR_NOT_SUPPORTED,
                               "this connection passes no descriptors: call the method that returns parts");
  bus_error_reply (invocation, error);
  return FALSE;
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

static GVariant *
blocks_make_head (const BulkCall *call)
{
  return g_variant_new ("(u)", call->blocks->blocks->len);
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

static void
blocks_begin (NodeChain1Bulk *bulk,
              BusChain1 *object,
              GDBusMethodInvocation *invocation,
              gboolean in_parts,
              guint limit,
              GVariant *options)
{
  g_autoptr (GVariant) after = NULL;
  BulkCall *call;

  if (!bus_options_check (invocation, options, "after", "ay", NULL))
    return;
  call = bulk_call_new (bulk, object, invocation, in_parts);
  after = g_variant_lookup_value (options, "after", NULL);
  if (after != NULL && !bulk_call_set_hash (call, after))
    return;
  call->limit = limit;
  call->request = blocks_request;
  call->make_head = blocks_make_head;
  bulk_call_enter (call);
}

static gboolean
on_get_blocks (BusChain1 *object,
               GDBusMethodInvocation *invocation,
               GUnixFDList *fds,
               guint limit,
               GVariant *options,
               gpointer data)
{
  if (bulk_check_fds (data, invocation))
    blocks_begin (data, object, invocation, FALSE, limit, options);
  return TRUE;
}

static gboolean
on_read_blocks (BusChain1 *object, GDBusMethodInvocation *invocation, guint limit, GVariant *options, gpointer data)
{
  blocks_begin (data, object, invocation, TRUE, limit, options);
  return TRUE;
}

static GVariant *
block_make_head (const BulkCall *call)
{
  return g_variant_new ("(ub)", call->block->height, call->block->active);
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

static void
block_begin (NodeChain1Bulk *bulk,
             BusChain1 *object,
             GDBusMethodInvocation *invocation,
             gboolean in_parts,
             GVariant *hash)
{
  BulkCall *call = bulk_call_new (bulk, object, invocation, in_parts);

  if (!bulk_call_set_hash (call, hash))
    return;
  call->request = block_request;
  call->make_head = block_make_head;
  bulk_call_enter (call);
}

static gboolean
on_get_block (BusChain1 *object,
              GDBusMethodInvocation *invocation,
              GUnixFDList *fds,
              GVariant *hash,
              GVariant *options,
              gpointer data)
{
  if (bulk_check_fds (data, invocation))
    block_begin (data, object, invocation, FALSE, hash);
  return TRUE;
}

static gboolean
on_read_block (BusChain1 *object, GDBusMethodInvocation *invocation, GVariant *hash, GVariant *options, gpointer data)
{
  block_begin (data, object, invocation, TRUE, hash);
  return TRUE;
}

static GVariant *
mempool_make_head (const BulkCall *call)
{
  const NodeChainCallMempool *mempool = call->mempool;

  return g_variant_new ("(t(tt)ub)", mempool->sequence, mempool->cursor.log, mempool->cursor.number, mempool->txs->len,
                        mempool->complete);
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

static void
mempool_begin (NodeChain1Bulk *bulk, BusChain1 *object, GDBusMethodInvocation *invocation, gboolean in_parts)
{
  BulkCall *call = bulk_call_new (bulk, object, invocation, in_parts);

  call->request = mempool_request;
  call->make_head = mempool_make_head;
  bulk_call_enter (call);
}

static gboolean
on_get_mempool (BusChain1 *object,
                GDBusMethodInvocation *invocation,
                GUnixFDList *fds,
                GVariant *options,
                gpointer data)
{
  if (bulk_check_fds (data, invocation))
    mempool_begin (data, object, invocation, FALSE);
  return TRUE;
}

static gboolean
on_read_mempool (BusChain1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  mempool_begin (data, object, invocation, TRUE);
  return TRUE;
}

NodeChain1Bulk *
node_chain1_bulk_new (BusChain1 *skeleton, NodeChainCalls *calls, GDBusConnection *connection)
{
  NodeChain1Bulk *bulk = g_new (NodeChain1Bulk, 1);

  *bulk = (NodeChain1Bulk){ .calls = calls,
                            .gate = node_bulk_gate_new (bus_connection_get_socket (connection)),
                            .parts = node_chain_parts_new (skeleton),
                            .passes_fds = bus_connection_passes_fds (connection) };
  g_signal_connect (skeleton, "handle-get-blocks", G_CALLBACK (on_get_blocks), bulk);
  g_signal_connect (skeleton, "handle-get-block", G_CALLBACK (on_get_block), bulk);
  g_signal_connect (skeleton, "handle-get-mempool", G_CALLBACK (on_get_mempool), bulk);
  g_signal_connect (skeleton, "handle-read-blocks", G_CALLBACK (on_read_blocks), bulk);
  g_signal_connect (skeleton, "handle-read-block", G_CALLBACK (on_read_block), bulk);
  g_signal_connect (skeleton, "handle-read-mempool", G_CALLBACK (on_read_mempool), bulk);
  return bulk;
}

void
node_chain1_bulk_free (NodeChain1Bulk *bulk)
{
  node_bulk_gate_close (bulk->gate);
  node_chain_parts_free (bulk->parts);
  node_bulk_gate_unref (bulk->gate);
  g_free (bulk);
}
