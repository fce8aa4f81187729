#include "common/log.h"
#include "node/chain/private.h"

/* The coins as they were after an earlier block of the active chain, without leaving the tip. */

static gboolean
roll_back_block (NodeChain *chain, NodeCoins *view, const NodeBlock *index, GError **error)
{
  g_autoptr (BtcBlock) block = node_block_tree_read_block (chain->tree, index, error);
  gboolean clean;

  if (block == NULL || !node_disconnect_block (chain, view, block, index, &clean, error))
    return FALSE;
  if (clean)
    return node_coins_view_spill (view, error);
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
               "The coins do not fit block %u. " NODE_CHAINSTATE_ADVICE, index->height);
  return FALSE;
}

gboolean
node_chain_roll_back_view (NodeChain *chain,
                           NodeCoins *view,
                           const NodeBlock *from,
                           const NodeBlock *to,
                           GCancellable *cancellable,
                           GError **error)
{
  g_return_val_if_fail (chain != NULL && view != NULL && node_block_descends (from, to), FALSE);
  for (const NodeBlock *index = from; index != to; index = index->prev) {
    if (node_chain_is_stopping (chain) || g_cancellable_is_cancelled (cancellable)) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The rollback was interrupted");
      return FALSE;
    }
    if (!roll_back_block (chain, view, index, error))
      return FALSE;
  }
  return TRUE;
}

NodeCoins *
node_chain_new_view (NodeChain *chain, GError **error)
{
  return node_chain_flush (chain, error) ? node_coins_view_new (chain->state.coins) : NULL;
}
