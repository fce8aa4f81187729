#include "node/blocktree/tree_private.h"

/* The tips of all branches of the tree. */

/* The blocks up to TIP, by height. */
static GPtrArray *
tips_dup_branch (NodeBlock *tip)
{
  GPtrArray *branch = g_ptr_array_new ();

  if (tip != NULL)
    g_ptr_array_set_size (branch, (gint) tip->height + 1);
  for (NodeBlock *block = tip; block != NULL; block = block->prev)
    branch->pdata[block->height] = block;
  return branch;
}

GPtrArray *
node_block_tree_dup_tips (NodeBlockTree *tree, NodeBlock *tip)
{
  g_autoptr (GPtrArray) all = node_block_tree_dup_blocks (tree), branch = tips_dup_branch (tip);
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  g_autoptr (GHashTable) built_on = g_hash_table_new (NULL, NULL);
  GPtrArray *tips = g_ptr_array_new ();

  for (guint i = 0; i < all->len; i++) {
    NodeBlock *block = g_ptr_array_index (all, i);

    if (block->height < branch->len && branch->pdata[block->height] == block)
      continue;
    g_ptr_array_add (others, block);
    if (block->prev != NULL)
      g_hash_table_add (built_on, block->prev);
  }
  for (guint i = 0; i < others->len; i++)
    if (!g_hash_table_contains (built_on, g_ptr_array_index (others, i)))
      g_ptr_array_add (tips, g_ptr_array_index (others, i));
  if (tip != NULL)
    g_ptr_array_add (tips, tip);
  return tips;
}
