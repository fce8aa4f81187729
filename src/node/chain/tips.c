#include "node/chain/private.h"

/* The ends of all branches of the tree. */

GPtrArray *
node_chain_dup_tips (NodeChain *chain)
{
  g_autoptr (GHashTable) built_on = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) all = NULL;
  GPtrArray *tips = g_ptr_array_new ();

  g_return_val_if_fail (chain != NULL, tips);
  all = node_block_tree_dup_blocks (chain->tree);
  for (guint i = 0; i < all->len; i++) {
    NodeBlock *block = g_ptr_array_index (all, i);

    if (block->prev != NULL && !node_chain_contains (chain, block))
      g_hash_table_add (built_on, block->prev);
  }
  for (guint i = 0; i < all->len; i++) {
    NodeBlock *block = g_ptr_array_index (all, i);

    if (!node_chain_contains (chain, block) && !g_hash_table_contains (built_on, block))
      g_ptr_array_add (tips, block);
  }
  if (node_chain_tip (chain) != NULL)
    g_ptr_array_add (tips, node_chain_tip (chain));
  return tips;
}
