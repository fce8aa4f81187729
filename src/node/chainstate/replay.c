#include "node/chainstate/replay.h"

#include "common/log.h"
#include "node/chainstate/connect.h"
#include "node/chainstate/disconnect.h"

#include <gio/gio.h>

#include <string.h>

/* An interrupted flush left a mixture of two states: the one at OLD and the one at NEW. Undoing the blocks from OLD
 * down to the fork and applying those up to NEW, whether or not they were applied already, results in the state at NEW:
 * adding and removing a coin are idempotent. */

static gboolean
replay_back (NodeBlockTree *tree, NodeCoins *coins, const NodeBlock *block, GError **error)
{
  g_autoptr (BtcBlock) data = node_block_tree_read_block (tree, block, error);
  gboolean clean;

  return data != NULL && node_disconnect_block (tree, coins, data, block, &clean, error);
}

static gboolean
replay_forward (NodeBlockTree *tree, NodeCoins *coins, const NodeBlock *block, GError **error)
{
  g_autoptr (BtcBlock) data = node_block_tree_read_block (tree, block, error);

  if (data == NULL)
    return FALSE;
  for (guint32 i = 0; i < data->n_txs; i++) {
    const BtcTx *tx = &data->txs[i];

    for (guint32 in = 0; i > 0 && in < tx->n_in; in++) {
      BtcCoin coin;
      gboolean found;

      if (!node_coins_get (coins, &tx->in[in].prevout, &coin, &found, error))
        return FALSE;
      if (found)
        node_coins_spend (coins, &tx->in[in].prevout);
    }
    node_connect_add_outputs (coins, tx, block->height, TRUE);
  }
  return TRUE;
}

/* FALSE: cancelled. The database still names both blocks, and the next start replays again. */
static gboolean
replay_check_cancelled (gboolean continues, GError **error)
{
  if (!continues)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The node is stopping");
  return continues;
}

gboolean
node_replay (NodeBlockTree *tree,
             NodeCoins *coins,
             const guint8 new32[32],
             const guint8 old32[32],
             NodeProgressFunc progress,
             gpointer data,
             GError **error)
{
  static const guint8 zero[32];
  const NodeBlock *to = node_block_tree_find (tree, new32);
  const NodeBlock *from = NULL, *fork = NULL;
  guint32 fork_height;

  if (memcmp (old32, zero, 32) != 0)
    from = node_block_tree_find (tree, old32);
  if (to == NULL || (from == NULL && memcmp (old32, zero, 32) != 0)) {
    g_set_error (
        error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
        "A flush of the coins was interrupted, and its blocks are missing in the block index. " NODE_BLOCKS_ADVICE);
    return FALSE;
  }
  common_info ("Replaying blocks: the last flush of the coins was interrupted");
  fork = node_block_fork (from, to);
  fork_height = fork != NULL ? fork->height : 0;
  for (; from != fork; from = from->prev)
    if (!replay_check_cancelled (progress (data, 0, 0), error)
        || (from->height > 0 && !replay_back (tree, coins, from, error)))
      return FALSE;
  for (guint32 height = fork_height + 1; height <= to->height; height++) {
    guint32 done = height - fork_height;

    if (!replay_check_cancelled (progress (data, (double) done / (to->height - fork_height + 1), done), error)
        || !replay_forward (tree, coins, node_block_ancestor (to, height), error))
      return FALSE;
  }
  common_info ("Rolled forward to height %u", to->height);
  return node_coins_flush (coins, new32, FALSE, error);
}
