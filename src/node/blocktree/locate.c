#include "node/blocktree/tree_private.h"

/* Finds the fork with another node's chain, and the blocks that are missing. */

/* The number of single steps in a locator before they double. */
#define SINGLE_STEPS 10
/* Blocks are searched in runs of this length, the lowest first. */
#define RUN 1024

GPtrArray *
node_block_dup_locator (const NodeBlock *from)
{
  GPtrArray *blocks = g_ptr_array_new ();
  guint32 step = 1;

  for (const NodeBlock *block = from; block != NULL;) {
    g_ptr_array_add (blocks, (gpointer) block);
    if (block->height == 0)
      break;
    block = node_block_ancestor (block, block->height > step ? block->height - step : 0);
    if (blocks->len > SINGLE_STEPS)
      step *= 2;
  }
  return blocks;
}

const NodeBlock *
node_block_tree_find_fork (NodeBlockTree *tree, const NodeBlock *tip, const guint8 (*locator)[32], guint n)
{
  g_return_val_if_fail (tree != NULL && tip != NULL && (locator != NULL || n == 0), NULL);
  for (guint i = 0; i < n; i++) {
    const NodeBlock *block = node_block_tree_find (tree, locator[i]);

    if (block == NULL)
      continue;
    if (node_block_descends (tip, block))
      return block;
    if (node_block_descends (block, tip))
      return tip;
  }
  return node_block_ancestor (tip, 0);
}

/* Under the lock: adds the blocks of the run that ends with LAST, above HEIGHT, whose data is neither stored nor being
 * stored. */
static void
locate_missing_in_run (NodeBlockTree *tree, const NodeBlock *last, guint32 height, guint max, GPtrArray *missing)
{
  const NodeBlock *run[RUN];
  guint n = last->height - height;

  for (guint i = n; i-- > 0; last = last->prev)
    run[i] = last;
  g_mutex_lock (&tree->pin_lock);
  for (guint i = 0; i < n && missing->len < max; i++)
    if (!(run[i]->status & NODE_BLOCK_HAVE_DATA) && !g_hash_table_contains (tree->put, run[i]))
      g_ptr_array_add (missing, (gpointer) run[i]);
  g_mutex_unlock (&tree->pin_lock);
}

GPtrArray *
node_block_tree_dup_missing (NodeBlockTree *tree, const NodeBlock *from, const NodeBlock *to, guint max)
{
  GPtrArray *missing = g_ptr_array_new ();
  guint32 height;

  g_return_val_if_fail (tree != NULL && from != NULL && to != NULL && node_block_descends (to, from), missing);
  for (height = from->height; height < to->height && missing->len < max;) {
    guint32 next = MIN (height + RUN, to->height);
    g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);

    locate_missing_in_run (tree, node_block_ancestor (to, next), height, max, missing);
    height = next;
  }
  return missing;
}

/* The number of blocks that are checked under the lock at once. */
#define PRUNE_HEIGHT_STEP 1000

gint64
node_block_tree_find_prune_height (NodeBlockTree *tree, const NodeBlock *tip)
{
  const guint32 both = NODE_BLOCK_HAVE_DATA | NODE_BLOCK_HAVE_UNDO;
  gboolean found = FALSE;

  while (tip->height > 0 && !found) {
    g_rec_mutex_lock (&tree->lock);
    for (guint i = 0; i < PRUNE_HEIGHT_STEP && tip->height > 0 && !found; i++) {
      found = (tip->status & both) != both;
      if (!found)
        tip = tip->prev;
    }
    g_rec_mutex_unlock (&tree->lock);
  }
  return found ? (gint64) tip->height : -1;
}
