#include "node/service/chain_calls.h"

#include <string.h>

#include "dbus/errors.h"
#include "node/mempool/walk.h"

struct _NodeChainCalls {
  const NodeContext *context;
  NodeEventLog *log;
};

NodeChainCalls *
node_chain_calls_new (const NodeContext *context)
{
  NodeChainCalls *calls = g_new (NodeChainCalls, 1);

  *calls = (NodeChainCalls){ context, node_event_log_new (context) };
  return calls;
}

void
node_chain_calls_free (NodeChainCalls *calls)
{
  if (calls == NULL)
    return;
  node_event_log_free (calls->log);
  g_free (calls);
}

const NodeContext *
node_chain_calls_get_context (NodeChainCalls *calls)
{
  return calls->context;
}

/* A call in progress on the reader thread. */
typedef struct _ChainCall ChainCall;
struct _ChainCall {
  NodeChainCalls *calls;
  const NodeContext *context;
  gpointer (*run) (const ChainCall *call, const NodeTip *tip, GCancellable *cancellable, GError **error);
  GDestroyNotify free_result; /* NULL: the result is TRUE */
  GBytes *hashes;             /* a locator, txids */
  guint8 hash32[32];
  gboolean has_hash;
  guint32 number; /* a height, a limit, a target */
  BtcTx *tx;
  gboolean has_max_fee_rate;
  guint64 max_fee_rate;
};

static void
chain_call_free (gpointer data)
{
  ChainCall *call = data;

  g_clear_pointer (&call->hashes, g_bytes_unref);
  g_clear_pointer (&call->tx, btc_tx_unref);
  g_free (call);
}

/* Converts to a BUS_ERROR, for a wallet in this process as well as for a remote one. Consumes ERROR. */
static GError *
public_error (GError *error)
{
  GError *named;

  if (error->domain == BUS_ERROR || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return error;
  named = bus_error_new_for_name (bus_error_get_name (error), error->message);
  g_error_free (error);
  return named;
}

/* Returns the result of calls that did not run, or not to their end. */
static void
chain_call_end (gpointer data, const GError *error)
{
  if (error == NULL)
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (data, g_error_copy (error));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY))
    g_task_return_new_error (data, BUS_ERROR, BUS_ERROR_BUSY, "%s", error->message);
  else
    g_task_return_new_error (data, BUS_ERROR, BUS_ERROR_NOT_READY, "the node is stopping");
}

static CommonJobState
chain_call_run (gpointer data, GCancellable *cancellable)
{
  GTask *task = data;
  const ChainCall *call = g_task_get_task_data (task);
  g_autoptr (NodeTip) tip = node_chain_ref_tip (call->context->chain);
  g_autoptr (GError) error = NULL;
  gpointer result = NULL;

  if (tip == NULL)
    g_set_error_literal (&error, BUS_ERROR, BUS_ERROR_NOT_READY, "the chain is not loaded");
  else
    result = call->run (call, tip, cancellable, &error);
  if (result != NULL && call->free_result != NULL)
    g_task_return_pointer (task, result, call->free_result);
  else if (result != NULL)
    g_task_return_boolean (task, TRUE);
  else if (error->domain == G_IO_ERROR)
    chain_call_end (task, error);
  else
    g_task_return_error (task, public_error (g_steal_pointer (&error)));
  return COMMON_JOB_DONE;
}

static gboolean
is_up (const NodeContext *context)
{
  g_autoptr (NodeTip) tip = NULL;

  if (node_monitor_get_status (context->monitor).state < NODE_STATE_STOPPING)
    tip = node_chain_ref_tip (context->chain);
  return tip != NULL;
}

/* Consumes CALL. GOOD FALSE: its arguments are out of range. */
static void
chain_call_start (ChainCall *call,
                  gboolean good,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  CommonJob job = { .name = "chain call",
                    .func = chain_call_run,
                    .done = chain_call_end,
                    .data = task,
                    .free_data = g_object_unref,
                    .cancellable = cancellable };
  g_autoptr (GError) error = NULL;

  g_task_set_task_data (task, call, chain_call_free);
  if (!is_up (call->context))
    g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_NOT_READY, "the chain is being loaded or closed");
  else if (!good)
    g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "an argument is out of range");
  else if (common_jobs_post (node_chain_readers (call->context->chain), &job, &error))
    (void) g_steal_pointer (&task);
  else
    chain_call_end (task, error);
}

static gpointer
chain_call_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static ChainCall *
chain_call_new (NodeChainCalls *calls,
                gpointer (*run) (const ChainCall *, const NodeTip *, GCancellable *, GError **),
                GDestroyNotify free_result)
{
  ChainCall *call = g_new0 (ChainCall, 1);

  call->calls = calls;
  call->context = calls->context;
  call->run = run;
  call->free_result = free_result;
  return call;
}

static gpointer
place_of (const NodeBlock *block)
{
  NodeChainCallPlace *place = g_new (NodeChainCallPlace, 1);

  place->height = block->height;
  memcpy (place->hash32, block->hash32, 32);
  return place;
}

gboolean
node_chain_calls_peek_tip (NodeChainCalls *calls, NodeChainCallTip *tip)
{
  g_autoptr (NodeTip) now = node_chain_ref_tip (calls->context->chain);

  if (now == NULL)
    return FALSE;
  tip->sequence = now->sequence;
  tip->height = now->block->height;
  memcpy (tip->hash32, now->block->hash32, 32);
  tip->mempool_sequence = node_mempool_sequence (calls->context->mempool);
  return TRUE;
}

static gpointer
run_tip (const ChainCall *call, const NodeTip *tip, GCancellable *cancellable, GError **error)
{
  g_autofree NodeChainCallTip *found = g_new (NodeChainCallTip, 1);

  if (node_chain_calls_peek_tip (call->calls, found))
    return g_steal_pointer (&found);
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_READY, "the chain is not loaded");
  return NULL;
}

void
node_chain_calls_tip_async (NodeChainCalls *calls,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data)
{
  chain_call_start (chain_call_new (calls, run_tip, g_free), TRUE, cancellable, callback, data);
}

NodeChainCallTip *
node_chain_calls_tip_finish (GAsyncResult *result, GError **error)
{
  return chain_call_finish (result, error);
}

static gpointer
run_fork (const ChainCall *call, const NodeTip *tip, GCancellable *cancellable, GError **error)
{
  NodeChain *chain = call->context->chain;
  gsize len;
  const guint8 *locator = g_bytes_get_data (call->hashes, &len);

  for (gsize i = 0; i + 32 <= len; i += 32) {
    const NodeBlock *block = node_chain_find (chain, locator + i);
    if (block != NULL && node_block_descends (tip->block, block))
      return place_of (block);
  }
  return place_of (node_block_ancestor (tip->block, 0));
}

void
node_chain_calls_fork_async (NodeChainCalls *calls,
                             const guint8 *locator,
                             gsize n,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data)
{
  ChainCall *call = chain_call_new (calls, run_fork, g_free);
  gboolean good = n <= NODE_CHAIN_CALLS_MAX_LOCATOR;

  call->hashes = g_bytes_new (locator, good ? 32 * n : 0);
  chain_call_start (call, good, cancellable, callback, data);
}

NodeChainCallPlace *
node_chain_calls_fork_finish (GAsyncResult *result, GError **error)
{
  return chain_call_finish (result, error);
}

static gpointer
run_hash (const ChainCall *call, const NodeTip *tip, GCancellable *cancellable, GError **error)
{
  const NodeBlock *block = node_block_ancestor (tip->block, call->number);

  if (block != NULL)
    return place_of (block);
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_IN_CHAIN, "the active chain is not that long");
  return NULL;
}

void
node_chain_calls_hash_async (NodeChainCalls *calls,
                             guint32 height,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data)
{
  ChainCall *call = chain_call_new (calls, run_hash, g_free);

  call->number = height;
  chain_call_start (call, TRUE, cancellable, callback, data);
}

NodeChainCallPlace *
node_chain_calls_hash_finish (GAsyncResult *result, GError **error)
{
  return chain_call_finish (result, error);
}

void
node_chain_call_blocks_free (NodeChainCallBlocks *blocks)
{
  g_clear_pointer (&blocks->blocks, g_ptr_array_unref);
  g_free (blocks);
}

static gpointer
run_blocks (const ChainCall *call, const NodeTip *tip, GCancellable *cancellable, GError **error)
{
  g_autoptr (NodeChainCallBlocks) blocks = g_new0 (NodeChainCallBlocks, 1);
  const guint8 *after32 = call->has_hash ? call->hash32 : NULL;

  blocks->blocks = node_chain_list_blocks (call->context->chain, tip, after32, call->number, cancellable,
                                           &blocks->first_height, error);
  return blocks->blocks != NULL ? g_steal_pointer (&blocks) : NULL;
}

void
node_chain_calls_blocks_async (NodeChainCalls *calls,
                               const guint8 *after32,
                               guint32 limit,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  ChainCall *call = chain_call_new (calls, run_blocks, (GDestroyNotify) node_chain_call_blocks_free);

  call->has_hash = after32 != NULL;
  if (after32 != NULL)
    memcpy (call->hash32, after32, 32);
  call->number = limit;
  chain_call_start (call, limit >= 1 && limit <= NODE_CHAIN_CALLS_MAX_BLOCKS, cancellable, callback, data);
}

NodeChainCallBlocks *
node_chain_calls_blocks_finish (GAsyncResult *result, GError **error)
{
  return chain_call_finish (result, error);
}

void
node_chain_call_block_free (NodeChainCallBlock *block)
{
  g_clear_pointer (&block->block, btc_block_unref);
  g_free (block);
}

static gpointer
run_block (const ChainCall *call, const NodeTip *tip, GCancellable *cancellable, GError **error)
{
  NodeChain *chain = call->context->chain;
  const NodeBlock *index = node_chain_find (chain, call->hash32);
  g_autoptr (NodeChainCallBlock) found = g_new0 (NodeChainCallBlock, 1);
  NodeBlockRecord record = { .n_tx = 0 };

  if (index != NULL)
    node_block_tree_get_record (node_chain_tree (chain), index, &record, NULL);
  if (record.n_tx == 0) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_FOUND, "the node does not have this block");
    return NULL;
  }
  found->height = index->height;
  found->active = node_block_descends (tip->block, index);
  found->block = node_chain_list_read (chain, index, error);
  return found->block != NULL ? g_steal_pointer (&found) : NULL;
}

void
node_chain_calls_block_async (NodeChainCalls *calls,
                              const guint8 hash32[32],
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
  ChainCall *call = chain_call_new (calls, run_block, (GDestroyNotify) node_chain_call_block_free);

  memcpy (call->hash32, hash32, 32);
  chain_call_start (call, TRUE, cancellable, callback, data);
}

NodeChainCallBlock *
node_chain_calls_block_finish (GAsyncResult *result, GError **error)
{
  return chain_call_finish (result, error);
}

void
node_chain_call_mempool_free (NodeChainCallMempool *mempool)
{
  g_clear_pointer (&mempool->txs, g_ptr_array_unref);
  g_free (mempool);
}

/* Entries by their IDs, and the cursor from which the events report later changes. */
typedef struct {
  const ChainCall *call;
  NodeChainCallMempool *copy;
  GArray *ids;
} MempoolCopy;

static void
mempool_copy_ids (NodeChain *chain, gpointer data)
{
  MempoolCopy *copy = data;
  NodeMempool *mempool = copy->call->context->mempool;

  copy->copy->cursor = node_event_log_get_cursor (copy->call->calls->log);
  copy->copy->sequence = node_mempool_sequence (mempool);
  copy->copy->complete = node_mempool_load_state (mempool) != NODE_MEMPOOL_LOADING;
  copy->ids = node_mempool_dup_ids (mempool);
}

static gboolean
mempool_copy_entry (NodeMempool *mempool, NodeMempoolEntry *entry, gpointer txs, GError **error)
{
  g_ptr_array_add (txs, btc_tx_ref (entry->tx));
  return TRUE;
}

static gpointer
run_mempool (const ChainCall *call, const NodeTip *tip, GCancellable *cancellable, GError **error)
{
  g_autoptr (NodeChainCallMempool) copy = g_new0 (NodeChainCallMempool, 1);
  MempoolCopy copying = { .call = call, .copy = copy };
  g_autoptr (GArray) ids = NULL;

  copy->txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  if (!node_chain_run (call->context->chain, NODE_JOB_QUERIES, mempool_copy_ids, &copying, cancellable, error))
    return NULL;
  ids = copying.ids;
  node_mempool_sort_ids (ids);
  if (!node_mempool_walk (call->context->mempool, ids, mempool_copy_entry, copy->txs, cancellable, error))
    return NULL;
  return g_steal_pointer (&copy);
}

void
node_chain_calls_mempool_async (NodeChainCalls *calls,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data)
{
  ChainCall *call = chain_call_new (calls, run_mempool, (GDestroyNotify) node_chain_call_mempool_free);

  chain_call_start (call, TRUE, cancellable, callback, data);
}

NodeChainCallMempool *
node_chain_calls_mempool_finish (GAsyncResult *result, GError **error)
{
  return chain_call_finish (result, error);
}

static gpointer
run_ancestors (const ChainCall *call, const NodeTip *tip, GCancellable *cancellable, GError **error)
{
  return node_chain_list_ancestors (call->context->mempool, call->hashes, cancellable, error);
}

void
node_chain_calls_ancestors_async (NodeChainCalls *calls,
                                  const guint8 *txids,
                                  gsize n,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data)
{
  ChainCall *call = chain_call_new (calls, run_ancestors, (GDestroyNotify) g_array_unref);
  gboolean good = n <= NODE_CHAIN_CALLS_MAX_TXIDS;

  call->hashes = g_bytes_new (txids, good ? 32 * n : 0);
  chain_call_start (call, good, cancellable, callback, data);
}

GArray *
node_chain_calls_ancestors_finish (GAsyncResult *result, GError **error)
{
  return chain_call_finish (result, error);
}

void
node_chain_calls_events_async (NodeChainCalls *calls,
                               const NodeEventCursor *after,
                               guint32 max_bytes,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  BusError code = is_up (calls->context) ? BUS_ERROR_INVALID_ARGUMENT : BUS_ERROR_NOT_READY;
  g_autoptr (GTask) task = NULL;

  if (code == BUS_ERROR_INVALID_ARGUMENT && max_bytes >= NODE_CHAIN_CALLS_MIN_EVENT_BYTES
      && max_bytes <= NODE_CHAIN_CALLS_MAX_EVENT_BYTES) {
    node_event_log_read_async (calls->log, after, max_bytes, cancellable, callback, data);
    return;
  }
  task = g_task_new (NULL, cancellable, callback, data);
  g_task_return_new_error (task, BUS_ERROR, code, "%s",
                           code == BUS_ERROR_NOT_READY ? "the chain is being loaded or closed"
                                                       : "an argument is out of range");
}

NodeEventBatch *
node_chain_calls_events_finish (GAsyncResult *result, GError **error)
{
  return node_event_log_read_finish (result, error);
}

static gboolean
fee_rate_is_too_high (const NodeMempoolResult *result, const ChainCall *call)
{
  guint64 rate = result->fee_sat > 0 ? (guint64) result->fee_sat * 1000 / MAX (result->vsize, 1) : 0;

  return call->has_max_fee_rate && rate > call->max_fee_rate;
}

typedef struct {
  NodeMempool *mempool;
  BtcTx *tx;
  NodeMempoolTested tested;
  gboolean done;
  BtcVerdict verdict;
  GError *error;
} Submission;

/* The wallet submits its payments until they are confirmed: one that is in the mempool already is a success. */
static void
submission_find (NodeChain *chain, gpointer data)
{
  Submission *submission = data;

  submission->done = node_mempool_find_wtxid (submission->mempool, submission->tx->wtxid32) != NULL;
}

static void
submission_accept (NodeChain *chain, gpointer data)
{
  Submission *submission = data;

  submission->done = node_mempool_accept_tested (submission->mempool, submission->tx, &submission->tested,
                                                 &submission->verdict, &submission->error);
  if (submission->done)
    node_mempool_set_unbroadcast (submission->mempool, submission->tx->txid32);
}

static gboolean
submission_fail (Submission *submission, gboolean too_high, GError **error)
{
  const char *reason = submission->verdict.reason;

  if (submission->error != NULL)
    g_propagate_error (error, g_steal_pointer (&submission->error));
  else
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_REJECTED,
                         too_high ? "max-fee-exceeded" : (reason != NULL ? reason : "rejected"));
  return FALSE;
}

static gboolean
submission_run (Submission *submission, const ChainCall *call, GCancellable *cancellable, GError **error)
{
  NodeChain *chain = call->context->chain;
  NodeMempoolResult result = { 0 };
  gboolean good, too_high;

  if (!node_chain_run (chain, NODE_JOB_TRANSACTIONS, submission_find, submission, cancellable, error))
    return FALSE;
  if (submission->done)
    return TRUE;
  good = node_mempool_test (submission->mempool, submission->tx, cancellable, &submission->tested, &result,
                            &submission->verdict, &submission->error);
  too_high = good && fee_rate_is_too_high (&result, call);
  node_mempool_result_clear (&result);
  if (!good || too_high)
    return submission_fail (submission, too_high, error);
  return node_chain_run (chain, NODE_JOB_TRANSACTIONS, submission_accept, submission, cancellable, error)
         && (submission->done || submission_fail (submission, FALSE, error));
}

static gpointer
run_submit (const ChainCall *call, const NodeTip *tip, GCancellable *cancellable, GError **error)
{
  Submission submission = { .mempool = call->context->mempool, .tx = call->tx };

  return GINT_TO_POINTER (submission_run (&submission, call, cancellable, error));
}

void
node_chain_calls_submit_async (NodeChainCalls *calls,
                               BtcTx *tx,
                               const guint64 *max_fee_rate,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  ChainCall *call = chain_call_new (calls, run_submit, NULL);

  call->tx = tx != NULL ? btc_tx_ref (tx) : NULL;
  call->has_max_fee_rate = max_fee_rate != NULL;
  call->max_fee_rate = max_fee_rate != NULL ? *max_fee_rate : 0;
  chain_call_start (call, tx != NULL, cancellable, callback, data);
}

gboolean
node_chain_calls_submit_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef struct {
  NodeMempool *mempool;
  NodeChainCallEstimate *estimate;
} Estimation;

static void
estimate_minimum (NodeChain *chain, gpointer data)
{
  const Estimation *estimation = data;

  estimation->estimate->minimum = (guint64) node_mempool_min_fee_rate (estimation->mempool);
}

/* This node makes no estimates from blocks yet. */
static gpointer
run_estimate (const ChainCall *call, const NodeTip *tip, GCancellable *cancellable, GError **error)
{
  g_autofree NodeChainCallEstimate *estimate = g_new0 (NodeChainCallEstimate, 1);
  Estimation estimation = { call->context->mempool, estimate };

  if (!node_chain_run (call->context->chain, NODE_JOB_QUERIES, estimate_minimum, &estimation, cancellable, error))
    return NULL;
  return g_steal_pointer (&estimate);
}

void
node_chain_calls_estimate_async (NodeChainCalls *calls,
                                 guint32 target,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data)
{
  gboolean good = target >= 1 && target <= NODE_CHAIN_CALLS_MAX_TARGET;

  chain_call_start (chain_call_new (calls, run_estimate, g_free), good, cancellable, callback, data);
}

NodeChainCallEstimate *
node_chain_calls_estimate_finish (GAsyncResult *result, GError **error)
{
  return chain_call_finish (result, error);
}
