#include "node/mempool/private.h"

#include "common/clock.h"
#include "common/log.h"

/* Follows the chain: removes confirmed transactions, and adds those of disconnected blocks again. There may be many of
 * these, so after a reorganisation they are processed in slices, with blocks in between. */

/* The maximum total size of transactions kept from disconnected blocks; others would have to be relayed again. */
#define MAX_RETURNING_BYTES (20 * 1000 * 1000)
#define SETTLE_SLICE_US (20 * 1000)
/* In a query. */
#define SETTLE_STEP_US 4000

static void
remove_conflicts (NodeMempool *mempool, const BtcTx *tx)
{
  for (guint32 i = 0; i < tx->n_in; i++) {
    NodeMempoolEntry *rival = node_mempool_find_spender (mempool, &tx->in[i].prevout);
    if (rival != NULL)
      node_mempool_remove_recursive (mempool, rival, NODE_MEMPOOL_REMOVED_CONFLICT);
  }
}

static void
on_connected (gpointer data, const NodeBlock *index, BtcBlock *block, const BtcCoin *spent)
{
  NodeMempool *mempool = data;

  node_mempool_count_update (mempool);
  mempool->check_is_due = TRUE;
  if (node_mempool_count (mempool) == 0 && g_hash_table_size (mempool->deltas) == 0)
    return;
  for (guint32 i = 0; i < block->n_txs; i++) {
    const BtcTx *tx = &block->txs[i];
    NodeMempoolEntry *entry = node_mempool_find (mempool, tx->txid32);
    if (entry != NULL)
      node_mempool_remove (mempool, entry, NODE_MEMPOOL_REMOVED_BLOCK);
    if (i > 0)
      remove_conflicts (mempool, tx);
    g_hash_table_remove (mempool->deltas, tx->txid32);
  }
}

static gsize
returning_bytes_of (const BtcTx *tx)
{
  return sizeof *tx + tx->bytes.len + tx->n_in * sizeof (BtcTxIn) + tx->n_out * sizeof (BtcTxOut);
}

static void
on_disconnected (gpointer data, const NodeBlock *index, BtcBlock *block)
{
  NodeMempool *mempool = data;

  node_mempool_count_update (mempool);
  /* Blocks are disconnected from the tip down: transactions of later blocks are at the end, and are dropped first. */
  for (guint32 i = block->n_txs; i > 1; i--) {
    g_queue_push_head (&mempool->returning, btc_tx_dup (&block->txs[i - 1]));
    mempool->returning_bytes += returning_bytes_of (&block->txs[i - 1]);
    while (mempool->returning_bytes > mempool->max_returning_bytes) {
      g_autoptr (BtcTx) last = g_queue_pop_tail (&mempool->returning);
      mempool->returning_bytes -= returning_bytes_of (last);
    }
  }
  mempool->returning_entry = 0;
  g_clear_pointer (&mempool->recheck, g_array_unref);
  mempool->is_unsettled = TRUE;
}

/* Whether ENTRY can be in the next block after the reorganisation. */
static gboolean
still_valid (NodeMempool *mempool, const NodeMempoolEntry *entry)
{
  const NodeBlock *tip = node_chain_tip (mempool->chain);
  g_autofree BtcCoin *coins = g_new0 (BtcCoin, entry->tx->n_in);
  BtcVerdict verdict;
  gint64 fee_sat;

  for (guint32 i = 0; i < entry->tx->n_in; i++) {
    gboolean found = FALSE;
    if (!node_mempool_find_coin (mempool, &entry->tx->in[i].prevout, &coins[i], &found, NULL) || !found)
      return FALSE;
  }
  return btc_tx_is_final (entry->tx, tip->height + 1, node_block_median_time_past (tip))
         && node_mempool_check_sequence_locks (mempool, entry->tx, coins)
         && btc_tx_check_inputs (entry->tx, coins, tip->height + 1, &fee_sat, &verdict);
}

static void
add_back (NodeMempool *mempool)
{
  g_autoptr (BtcTx) tx = g_queue_pop_head (&mempool->returning);
  g_autoptr (GError) error = NULL;
  BtcVerdict verdict;

  if (mempool->returning_entry == 0)
    mempool->returning_entry = mempool->first_entry -= mempool->returning.length + 1;
  mempool->returning_bytes -= returning_bytes_of (tx);
  if (!node_mempool_accept_full (mempool, tx, &(NodeMempoolHow){ .bypass_limits = TRUE }, NULL, &verdict, &error)
      && error != NULL)
    common_warn ("A transaction of a disconnected block could not be kept: %s", error->message);
  mempool->returning_entry++;
}

static void
recheck_begin (NodeMempool *mempool)
{
  g_clear_pointer (&mempool->recheck, g_array_unref);
  mempool->recheck = node_mempool_dup_ids (mempool);
  mempool->recheck_next = 0;
}

/* In any order: the descendants of a removed entry are removed with it, checked or not. FALSE: done. */
static gboolean
recheck_one (NodeMempool *mempool)
{
  NodeMempoolEntry *entry;

  if (mempool->recheck_next == mempool->recheck->len) {
    g_clear_pointer (&mempool->recheck, g_array_unref);
    return FALSE;
  }
  entry = node_mempool_find (mempool, g_array_index (mempool->recheck, NodeMempoolId, mempool->recheck_next++).txid32);
  if (entry != NULL && !still_valid (mempool, entry))
    node_mempool_remove_recursive (mempool, entry, NODE_MEMPOOL_REMOVED_REORG);
  return TRUE;
}

void
node_mempool_recheck (NodeMempool *mempool)
{
  recheck_begin (mempool);
  while (recheck_one (mempool))
    continue;
  node_mempool_check (mempool, NULL);
}

/* Works until END_US. Returning transactions come first, since others may be their children. */
static void
settle_until (NodeMempool *mempool, gint64 end_us)
{
  while (mempool->is_unsettled) {
    if (mempool->returning.head != NULL)
      add_back (mempool);
    else if (mempool->recheck == NULL)
      recheck_begin (mempool);
    else
      mempool->is_unsettled = recheck_one (mempool);
    if (common_clock_monotonic_us () > end_us)
      return;
  }
  node_mempool_trim (mempool);
  node_mempool_check (mempool, NULL);
}

static void
settle_slice (NodeChain *chain, gpointer data)
{
  NodeMempool *mempool = data;

  settle_until (mempool, common_clock_monotonic_us () + SETTLE_SLICE_US);
  mempool->settle_posted = mempool->is_unsettled;
  if (mempool->is_unsettled)
    node_chain_post_to (chain, NODE_JOB_BLOCKS, settle_slice, mempool, NULL);
}

gboolean
node_mempool_is_settled (NodeMempool *mempool)
{
  return !mempool->is_unsettled;
}

typedef struct {
  NodeMempool *mempool;
  gboolean is_settled;
} Settling;

static void
settle_step (NodeChain *chain, gpointer data)
{
  Settling *settling = data;

  if (settling->mempool->is_unsettled)
    settle_until (settling->mempool, common_clock_monotonic_us () + SETTLE_STEP_US);
  settling->is_settled = !settling->mempool->is_unsettled;
}

gboolean
node_mempool_settle (NodeMempool *mempool, GCancellable *cancellable, GError **error)
{
  Settling settling = { mempool, FALSE };

  while (!settling.is_settled)
    if (!node_chain_run (mempool->chain, NODE_JOB_QUERIES, settle_step, &settling, cancellable, error))
      return FALSE;
  return TRUE;
}

static void
mempool_on_tip_changed (gpointer data, NodeTip *tip)
{
  NodeMempool *mempool = data;

  if (mempool->is_unsettled && !mempool->settle_posted)
    settle_slice (mempool->chain, mempool);
  else if (mempool->check_is_due && node_chain_coins_are_of_tip (mempool->chain))
    node_mempool_check (mempool, NULL);
  mempool->check_is_due = FALSE;
}

void
node_mempool_follow_clear (NodeMempool *mempool)
{
  g_queue_clear_full (&mempool->returning, (GDestroyNotify) btc_tx_unref);
  g_clear_pointer (&mempool->recheck, g_array_unref);
}

void
node_mempool_follow (NodeMempool *mempool)
{
  static const NodeChainListener listener
      = { .connected = on_connected, .disconnected = on_disconnected, .tip_changed = mempool_on_tip_changed };
  mempool->max_returning_bytes = MAX_RETURNING_BYTES;
  node_chain_add_listener (mempool->chain, &listener, mempool);
}
