#include "common/log.h"
#include "node/chain/private.h"

/* The coins as they were after an earlier block of the active chain, without leaving the tip. */

static gboolean
roll_back (NodeChain *chain,
           NodeCoins *view,
           const NodeBlock *from,
           const NodeBlock *to,
           GCancellable *cancellable,
           GError **error)
{
  for (const NodeBlock *index = from; index != to; index = index->prev) {
    g_autoptr (BtcBlock) block = node_block_tree_read_block (chain->tree, index, error);
    gboolean clean;

    if (node_chain_is_stopping (chain) || g_cancellable_is_cancelled (cancellable)) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The rollback was interrupted");
      return FALSE;
    }
    if (block == NULL || !node_disconnect_block (chain, view, block, index, &clean, error))
      return FALSE;
    if (!clean) {
      g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                   "The coins do not fit block %u. " NODE_CHAINSTATE_ADVICE, index->height);
      return FALSE;
    }
  }
  return TRUE;
}

NodeCoins *
node_chain_view_at (NodeChain *chain, const NodeBlock *target, GCancellable *cancellable, GError **error)
{
  NodeCoins *view;

  g_return_val_if_fail (node_chain_contains (chain, target), NULL);
  if (!node_flush_all (chain, error))
    return NULL;
  view = node_coins_view_new (chain->state.coins);
  if (roll_back (chain, view, node_chain_tip (chain), target, cancellable, error))
    return view;
  node_coins_close (view);
  return NULL;
}
