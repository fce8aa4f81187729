#include "common/log.h"
#include "node/chain/activate.h"
#include "node/chain/advance.h"
#include "node/chain/parts.h"

/* invalidateblock, reconsiderblock and preciousblock. */

struct _NodePrecious {
  guint64 sequence; /* of the next preferred block */
  BtcUint256 work;  /* of the tip at the last preciousblock */
};

NodePrecious *
node_precious_new (void)
{
  NodePrecious *precious = g_new0 (NodePrecious, 1);

  precious->sequence = NODE_BLOCK_TREE_FIRST_SEQUENCE - 1;
  return precious;
}

void
node_precious_free (NodePrecious *precious)
{
  g_free (precious);
}

/* FALSE, after notifying the listeners, when LOCAL (taken over) is an error. */
static gboolean
invalidate_finish (NodeChain *chain, GError *local, GError **error)
{
  if (local == NULL)
    return TRUE;
  node_report_fatal (chain, local);
  g_propagate_error (error, local);
  return FALSE;
}

/* Whether all data for disconnecting the blocks from the tip down to FORK is stored; checked before anything is
 * changed. */
static gboolean
invalidate_check_way_back (NodeChain *chain, const NodeBlock *fork, GError **error)
{
  const guint32 needed = NODE_BLOCK_HAVE_DATA | NODE_BLOCK_HAVE_UNDO;

  for (const NodeBlock *block = node_chain_tip (chain); block != fork; block = block->prev)
    if ((block->status & needed) != needed) {
      g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_NOT_STORED,
                   "Could not go back to block %u since necessary block data is already pruned.", fork->height);
      return FALSE;
    }
  return TRUE;
}

/* Whether a branch with BLOCK would become active if BLOCK were not marked as invalid. */
static gboolean
invalidate_is_better_branch (NodeChain *chain, const NodeBlock *block)
{
  g_autoptr (GPtrArray) tips = node_block_tree_dup_tips (chain->tree, node_chain_tip (chain));

  for (guint i = 0; i < tips->len; i++) {
    const NodeBlock *tip = g_ptr_array_index (tips, i);

    if (tip->chain_tx > 0 && node_block_descends (tip, block)
        && node_block_compare_work (tip, node_chain_tip (chain)) > 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
invalidate_branch (NodeChain *chain, NodeBlock *block, GError **error)
{
  gboolean was_active = node_chain_contains (chain, block);

  while (node_chain_contains (chain, block)) {
    NodeBlock *tip = node_chain_tip (chain);

    /* The blocks disconnected so far stay invalid. */
    if (node_chain_is_stopping (chain))
      return TRUE;
    if (!node_advance_disconnect (chain, &chain->state, error))
      return FALSE;
    /* At once, so that a pruned node never has to reconnect a block without data. */
    node_block_tree_change_status (chain->tree, tip, NODE_BLOCK_FAILED, 0);
    node_candidates_remove (chain, tip);
  }
  node_refuse_mark_failed (chain, block);
  node_block_tree_find_best_header (chain->tree, node_chain_tip (chain));
  node_candidates_rebuild (chain);
  if (was_active)
    node_tip_publish (chain);
  return node_activate (chain, NULL, FALSE, error);
}

gboolean
node_chain_invalidate (NodeChain *chain, NodeBlock *block, GError **error)
{
  GError *local = NULL;

  g_return_val_if_fail (chain != NULL && block != NULL, FALSE);
  if (block->prev == NULL)
    return TRUE;
  if (chain->below != NULL && node_block_descends (chain->state.base, block)) {
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT,
                 "The chain builds on a snapshot; blocks below it cannot be disconnected before all of them "
                 "have been validated.");
    return FALSE;
  }
  if (node_chain_contains (chain, block) && !invalidate_check_way_back (chain, block->prev, error))
    return FALSE;
  invalidate_branch (chain, block, &local);
  return invalidate_finish (chain, local, error);
}

gboolean
node_chain_reconsider (NodeChain *chain, NodeBlock *block, GError **error)
{
  GError *local = NULL;

  g_return_val_if_fail (chain != NULL && block != NULL, FALSE);
  if (invalidate_is_better_branch (chain, block)
      && !invalidate_check_way_back (chain, node_block_fork (node_chain_tip (chain), block), error))
    return FALSE;
  node_block_tree_reconsider (chain->tree, block);
  node_block_tree_find_best_header (chain->tree, node_chain_tip (chain));
  node_candidates_rebuild (chain);
  node_activate (chain, NULL, FALSE, &local);
  return invalidate_finish (chain, local, error);
}

gboolean
node_chain_precious (NodeChain *chain, NodeBlock *block, GError **error)
{
  NodeBlock *tip = node_chain_tip (chain);
  GError *local = NULL;

  g_return_val_if_fail (chain != NULL && block != NULL && tip != NULL, FALSE);
  if (node_block_compare_work (block, tip) < 0)
    return TRUE;
  if (block->chain_tx != 0 && !invalidate_check_way_back (chain, node_block_fork (tip, block), error))
    return FALSE;
  /* The chain has more work than at the last call: earlier preferences no longer count. */
  if (btc_uint256_compare (&tip->chain_work, &chain->precious->work) > 0)
    chain->precious->sequence = NODE_BLOCK_TREE_FIRST_SEQUENCE - 1;
  chain->precious->work = tip->chain_work;
  node_candidates_remove (chain, block);
  node_block_tree_set_sequence (chain->tree, block, chain->precious->sequence);
  if (chain->precious->sequence > 1)
    chain->precious->sequence--;
  if (node_block_is_valid (block, NODE_BLOCK_VALID_TRANSACTIONS) && block->chain_tx != 0) {
    node_candidates_add (chain, block);
    node_candidates_prune (chain);
  }
  node_activate (chain, NULL, FALSE, &local);
  return invalidate_finish (chain, local, error);
}
