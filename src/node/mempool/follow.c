#include "node/mempool/private.h"

#include "common/log.h"

/* What the chain does to the mempool: blocks take transactions out, blocks that are left give theirs back. */

/* Most blocks whose transactions are brought back: after a longer reorganisation they come from the network again. */
#define MAX_DISCONNECTED 100

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

static void
on_disconnected (gpointer data, const NodeBlock *index, BtcBlock *block)
{
  NodeMempool *mempool = data;

  if (mempool->disconnected->len < MAX_DISCONNECTED)
    g_ptr_array_add (mempool->disconnected, btc_block_ref (block));
}

/* Whether ENTRY could be in the next block after the tip has moved back. */
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
take_back (NodeMempool *mempool, const BtcBlock *block)
{
  for (guint32 i = 1; i < block->n_txs; i++) {
    g_autoptr (BtcTx) tx = btc_tx_dup (&block->txs[i]);
    g_autoptr (GError) error = NULL;
    BtcVerdict verdict;
    if (!node_mempool_accept_full (mempool, tx, FALSE, TRUE, NULL, &verdict, &error) && error != NULL)
      common_warn ("A transaction of a block that was left could not be kept: %s", error->message);
  }
}

void
node_mempool_recheck (NodeMempool *mempool)
{
  gboolean dropped = TRUE;

  /* What builds on a dropped one goes with it, so the list is made anew after each. */
  while (dropped) {
    g_autoptr (GPtrArray) entries = node_mempool_dup_entries (mempool);
    dropped = FALSE;
    for (guint i = 0; i < entries->len && !dropped; i++) {
      NodeMempoolEntry *entry = g_ptr_array_index (entries, i);
      if (still_valid (mempool, entry))
        continue;
      node_mempool_remove_recursive (mempool, entry, NODE_MEMPOOL_REMOVED_REORG);
      dropped = TRUE;
    }
  }
}

static void
on_tip_changed (gpointer data, NodeTip *tip)
{
  NodeMempool *mempool = data;
  g_autoptr (GPtrArray) blocks = NULL;

  if (mempool->disconnected->len == 0)
    return;
  blocks = g_steal_pointer (&mempool->disconnected);
  mempool->disconnected = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);
  for (guint i = blocks->len; i > 0; i--)
    take_back (mempool, g_ptr_array_index (blocks, i - 1));
  node_mempool_recheck (mempool);
  node_mempool_trim (mempool);
}

void
node_mempool_follow (NodeMempool *mempool)
{
  static const NodeChainListener listener
      = { .connected = on_connected, .disconnected = on_disconnected, .tip_changed = on_tip_changed };
  node_chain_add_listener (mempool->chain, &listener, mempool);
}
