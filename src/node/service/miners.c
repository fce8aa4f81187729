#include "node/service/miners.h"

#include "bitcoin/primitives/serialize.h"
#include "bitcoin/script/opcodes.h"
#include "dbus/errors.h"

#define MAX_TRANSACTION_BYTES 8000000

static const NodeTemplateLimits default_limits = { .max_own = 16, .max_all = 128, .max_bytes = 256000000 };

struct _NodeMiners {
  const NodeContext *context;
  NodeTemplateQuota *quota;
  GThreadPool *pool; /* of NodeMiner: each is at most once in it */
};

struct _NodeMiner {
  gatomicrefcount references;
  NodeMiners *miners;
  const NodeContext *context;
  NodeTemplateQuota *quota;
  guint n_held;

  GMutex lock; /* guards what follows */
  GQueue work; /* of GTask, in the order of the calls */
  gboolean is_working;
};

typedef struct _MinerWork MinerWork;
struct _MinerWork {
  const NodeContext *context;
  gpointer (*run) (const MinerWork *work, GCancellable *cancellable, GError **error);
  GDestroyNotify free_result;
  NodeMiningOptions options; /* of a template */
  BtcBlock *block;           /* to check or submit */
  gboolean check_pow, check_merkle;
  GBytes *ids; /* of transactions */
  gboolean by_wtxid;
};

static void
miner_work_free (gpointer data)
{
  MinerWork *work = data;

  g_clear_pointer (&work->block, btc_block_unref);
  g_clear_pointer (&work->ids, g_bytes_unref);
  g_free (work);
}

NodeMiner *
node_miner_new (NodeMiners *miners)
{
  NodeMiner *miner = g_new0 (NodeMiner, 1);

  g_atomic_ref_count_init (&miner->references);
  miner->miners = miners;
  miner->context = miners->context;
  miner->quota = node_template_quota_ref (miners->quota);
  g_mutex_init (&miner->lock);
  g_queue_init (&miner->work);
  return miner;
}

NodeMiner *
node_miner_ref (NodeMiner *miner)
{
  g_atomic_ref_count_inc (&miner->references);
  return miner;
}

void
node_miner_unref (NodeMiner *miner)
{
  if (!g_atomic_ref_count_dec (&miner->references))
    return;
  node_template_quota_unref (miner->quota);
  g_mutex_clear (&miner->lock);
  g_free (miner);
}

const NodeContext *
node_miner_get_context (NodeMiner *miner)
{
  return miner->context;
}

gboolean
node_miner_take (NodeMiner *miner, GError **error)
{
  return node_template_quota_take (miner->quota, &miner->n_held, error);
}

/* What a template occupies: its bytes, and what they were parsed to. */
static gsize
template_bytes (const NodeTemplate *block_template)
{
  const BtcBlock *block = block_template->block;

  return g_bytes_get_size (block->bytes) + block->n_txs * (sizeof (BtcTx) + sizeof (gint64) + sizeof (guint32))
         + block->n_inputs * sizeof (BtcTxIn);
}

gboolean
node_miner_add_bytes (NodeMiner *miner, const NodeTemplate *block_template, GError **error)
{
  return node_template_quota_add_bytes (miner->quota, template_bytes (block_template), error);
}

void
node_miner_give_back (NodeMiner *miner, const NodeTemplate *block_template)
{
  node_template_quota_give_back (miner->quota, &miner->n_held,
                                 block_template != NULL ? template_bytes (block_template) : 0);
}

/* ---- the threads ---- */

static void
miner_run (GTask *task)
{
  const MinerWork *work = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  gpointer result;

  if (g_task_return_error_if_cancelled (task))
    return;
  result = work->run (work, cancellable, &error);
  if (result != NULL)
    g_task_return_pointer (task, result, work->free_result);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED)) {
    g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_NOT_READY, "the chain is being loaded or closed");
    g_error_free (error);
  } else
    g_task_return_error (task, error);
}

/* The reference on the miner was taken when it was pushed. */
static void
miner_work_all (gpointer data, gpointer user_data)
{
  g_autoptr (NodeMiner) miner = data;

  for (;;) {
    g_autoptr (GTask) task = NULL;

    g_mutex_lock (&miner->lock);
    task = g_queue_pop_head (&miner->work);
    miner->is_working = task != NULL;
    g_mutex_unlock (&miner->lock);
    if (task == NULL)
      return;
    miner_run (task);
  }
}

/* Takes over WORK. */
static void
miner_push (NodeMiner *miner, MinerWork *work, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  gboolean was_working;

  g_task_set_task_data (task, work, miner_work_free);
  g_task_set_check_cancellable (task, FALSE); /* so that the outcome of a submission is not lost */
  g_mutex_lock (&miner->lock);
  g_queue_push_tail (&miner->work, task);
  was_working = miner->is_working;
  miner->is_working = TRUE;
  g_mutex_unlock (&miner->lock);
  if (!was_working)
    g_thread_pool_push (miner->miners->pool, node_miner_ref (miner), NULL);
}

static MinerWork *
miner_work_new (NodeMiner *miner,
                gpointer (*run) (const MinerWork *work, GCancellable *cancellable, GError **error),
                GDestroyNotify free_result)
{
  MinerWork *work = g_new0 (MinerWork, 1);

  work->context = miner->context;
  work->run = run;
  work->free_result = free_result;
  return work;
}

NodeMiners *
node_miners_new (const NodeContext *context)
{
  NodeMiners *miners = g_new0 (NodeMiners, 1);

  miners->context = context;
  miners->quota = node_template_quota_new (&default_limits);
  /* There are no more of them than connections. */
  miners->pool = g_thread_pool_new (miner_work_all, NULL, -1, FALSE, NULL);
  return miners;
}

void
node_miners_free (NodeMiners *miners)
{
  if (miners == NULL)
    return;
  g_thread_pool_free (miners->pool, FALSE, TRUE);
  node_template_quota_unref (miners->quota);
  g_free (miners);
}

/* ---- templates ---- */

static gpointer
miner_run_make (const MinerWork *work, GCancellable *cancellable, GError **error)
{
  static const guint8 anyone[] = { BTC_OP_1 };
  BtcVerdict verdict;
  NodeTemplate *made = node_mining_make_template (
      work->context->mining, &work->options, (BtcSpan){ anyone, sizeof anyone }, NULL, cancellable, &verdict, error);

  if (made == NULL && (error == NULL || *error == NULL)) {
    g_autofree char *text = btc_verdict_dup_text (&verdict);

    g_set_error (error, BUS_ERROR, BUS_ERROR_FAILED, "no valid block can be built: %s", text);
  }
  return made;
}

void
node_miner_make_async (NodeMiner *miner,
                       const NodeMiningOptions *options,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  MinerWork *work = miner_work_new (miner, miner_run_make, (GDestroyNotify) node_template_unref);

  work->options = *options;
  miner_push (miner, work, cancellable, callback, data);
}

NodeTemplate *
node_miner_make_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- blocks ---- */

static gpointer
miner_run_check (const MinerWork *work, GCancellable *cancellable, GError **error)
{
  g_autofree NodeMinerOutcome *outcome = g_new0 (NodeMinerOutcome, 1);

  if (!node_chain_test_block (work->context->chain, work->block, work->check_pow, work->check_merkle, cancellable,
                              &outcome->verdict, error))
    return NULL;
  if (outcome->verdict.verdict != BTC_VERDICT_OK)
    outcome->reason = outcome->verdict.reason != NULL ? outcome->verdict.reason : "rejected";
  return g_steal_pointer (&outcome);
}

void
node_miner_check_async (NodeMiner *miner,
                        BtcBlock *block,
                        gboolean check_pow,
                        gboolean check_merkle,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer data)
{
  MinerWork *work = miner_work_new (miner, miner_run_check, g_free);

  work->block = btc_block_ref (block);
  work->check_pow = check_pow;
  work->check_merkle = check_merkle;
  miner_push (miner, work, cancellable, callback, data);
}

static gpointer
miner_run_submit (const MinerWork *work, GCancellable *cancellable, GError **error)
{
  g_autofree NodeMinerOutcome *outcome = g_new0 (NodeMinerOutcome, 1);

  if (!node_mining_submit (work->context->mining, work->block, cancellable, &outcome->reason, &outcome->verdict, error))
    return NULL;
  return g_steal_pointer (&outcome);
}

void
node_miner_submit_async (NodeMiner *miner,
                         BtcBlock *block,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data)
{
  MinerWork *work = miner_work_new (miner, miner_run_submit, g_free);

  work->block = btc_block_ref (block);
  miner_push (miner, work, cancellable, callback, data);
}

NodeMinerOutcome *
node_miner_outcome_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- transactions ---- */

typedef struct {
  const MinerWork *work;
  GPtrArray *txs; /* BtcTx, NULL */
} Lookup;

static void
look_up_job (NodeChain *chain, gpointer data)
{
  Lookup *lookup = data;
  const MinerWork *work = lookup->work;
  gsize len;
  const guint8 *ids = g_bytes_get_data (work->ids, &len);

  for (gsize i = 0; i < len; i += 32) {
    const NodeMempoolEntry *entry = work->by_wtxid ? node_mempool_find_wtxid (work->context->mempool, ids + i)
                                                   : node_mempool_find (work->context->mempool, ids + i);
    g_ptr_array_add (lookup->txs, entry != NULL ? btc_tx_ref (entry->tx) : NULL);
  }
}

static void
unref_found (gpointer tx)
{
  if (tx != NULL)
    btc_tx_unref (tx);
}

static gpointer
miner_run_transactions (const MinerWork *work, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func (unref_found);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  Lookup lookup = { work, txs };

  if (!node_chain_run (work->context->chain, NODE_JOB_QUERIES, look_up_job, &lookup, cancellable, error))
    return NULL;
  for (guint i = 0; i < txs->len; i++) {
    const BtcTx *tx = txs->pdata[i];

    if (tx != NULL && out->len + tx->bytes.len + 4 * txs->len > MAX_TRANSACTION_BYTES) {
      g_set_error_literal (error, BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED,
                           "the transactions are larger than 8 MB: request fewer");
      return NULL;
    }
    btc_write_u32 (out, tx != NULL ? (guint32) tx->bytes.len : 0);
    if (tx != NULL)
      btc_write_data (out, tx->bytes.data, tx->bytes.len);
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

void
node_miner_transactions_async (NodeMiner *miner,
                               const guint8 *ids,
                               gsize n,
                               gboolean by_wtxid,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  MinerWork *work = miner_work_new (miner, miner_run_transactions, (GDestroyNotify) g_bytes_unref);

  work->ids = g_bytes_new (ids, 32 * n);
  work->by_wtxid = by_wtxid;
  miner_push (miner, work, cancellable, callback, data);
}

GBytes *
node_miner_transactions_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
