#include "node/chain/check.h"

#include "common/random.h"
#include "node/chain/parts.h"

/* -checkblockindex: the tree, the active chain, and the candidates together. */

static char *
check_dup_active_problem (NodeChain *chain)
{
  gboolean is_above_base = TRUE; /* what is below a snapshot was not connected to it */

  for (const NodeBlock *block = node_chain_tip (chain); block != NULL; block = block->prev) {
    if (node_chain_at (chain, block->height) != block)
      return g_strdup_printf ("the active chain has another block at height %u", block->height);
    if (block->status & NODE_BLOCK_FAILED)
      return g_strdup_printf ("the active chain has an invalid block at height %u", block->height);
    is_above_base = is_above_base && block != chain->state.base;
    if (is_above_base && block->prev != NULL && !node_block_is_valid (block, NODE_BLOCK_VALID_SCRIPTS))
      return g_strdup_printf ("the active chain has a block that was never connected at height %u", block->height);
  }
  return NULL;
}

char *
node_check_dup_problem (NodeChain *chain)
{
  char *problem = node_block_tree_dup_problem (chain->tree, chain->state.base);

  if (problem == NULL && node_chain_tip (chain) != NULL) {
    problem = check_dup_active_problem (chain);
    if (problem == NULL)
      problem = node_candidates_dup_problem (chain);
  }
  return problem;
}

void
node_check (NodeChain *chain)
{
  g_autofree char *problem = NULL;

  if (chain->options.check_ratio == 0 || node_chain_is_stopping (chain) || node_report_is_fatal (chain)
      || common_random_below (chain->options.check_ratio) > 0)
    return;
  problem = node_check_dup_problem (chain);
  if (problem != NULL)
    g_error ("The block tree is inconsistent (-checkblockindex): %s", problem);
}
