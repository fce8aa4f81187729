#include "node/blocktree/tree_private.h"

/* Marks blocks as failed, with their descendants, and finds the best valid header. */

NodeBlock *
node_block_tree_get_best_invalid (NodeBlockTree *tree)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);

  return tree->best_invalid;
}

void
node_block_tree_note_invalid (NodeBlockTree *tree, NodeBlock *block)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);

  if (tree->best_invalid == NULL || node_block_compare_work (block, tree->best_invalid) > 0)
    tree->best_invalid = block;
}

void
node_block_tree_mark_failed (NodeBlockTree *tree, NodeBlock *failed)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, tree->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    NodeBlock *block = value;

    if (!node_block_descends (block, failed))
      continue;
    if ((block->status & NODE_BLOCK_FAILED) == 0)
      node_block_tree_change_status (tree, block, NODE_BLOCK_FAILED, 0);
    node_block_tree_note_invalid (tree, block);
  }
}

void
node_block_tree_reconsider (NodeBlockTree *tree, NodeBlock *block)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);
  GHashTableIter iter;
  gpointer value;

  tree->best_invalid = NULL;
  g_hash_table_iter_init (&iter, tree->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    NodeBlock *other = value;

    if ((other->status & NODE_BLOCK_FAILED) == 0)
      continue;
    if (node_block_descends (other, block) || node_block_descends (block, other))
      node_block_tree_change_status (tree, other, 0, NODE_BLOCK_FAILED);
    else
      node_block_tree_note_invalid (tree, other);
  }
}

void
node_block_tree_forget_validity_above (NodeBlockTree *tree, const NodeBlock *base)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, tree->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    NodeBlock *block = value;

    if (block == base || !node_block_descends (block, base))
      continue;
    if ((block->status & NODE_BLOCK_VALID_MASK) > NODE_BLOCK_VALID_TRANSACTIONS)
      node_block_tree_change_status (tree, block, NODE_BLOCK_VALID_TRANSACTIONS, NODE_BLOCK_VALID_MASK);
    block->undo_pos = 0;
    node_block_tree_change_status (tree, block, 0, NODE_BLOCK_HAVE_UNDO);
  }
}

/* Under the lock. */
static void
marks_find_best_header (NodeBlockTree *tree, NodeBlock *tip)
{
  GHashTableIter iter;
  gpointer value;

  tree->best_header = tip;
  g_hash_table_iter_init (&iter, tree->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    NodeBlock *block = value;

    if (node_block_is_valid (block, NODE_BLOCK_VALID_TREE)
        && (tree->best_header == NULL || node_block_compare_work (block, tree->best_header) > 0))
      tree->best_header = block;
  }
}

void
node_block_tree_find_best_header (NodeBlockTree *tree, NodeBlock *tip)
{
  g_rec_mutex_lock (&tree->lock);
  marks_find_best_header (tree, tip);
  g_rec_mutex_unlock (&tree->lock);
  node_block_tree_announce_header (tree);
}
