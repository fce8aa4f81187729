#include "node/blocktree/tree_private.h"

#include <string.h>

#include "bitcoin/primitives/hash_key.h"
#include "common/clock.h"

/* The index of blocks in memory. Headers are never removed, so other threads may keep pointers to a NodeBlock. */

NodeBlockTree *
node_block_tree_new (const NodeBlockTreeOptions *options)
{
  NodeBlockTree *tree = g_new0 (NodeBlockTree, 1);

  tree->options = *options;
  tree->options.datadir = g_strdup (options->datadir);
  tree->options.blocksdir = g_strdup (options->blocksdir);
  tree->params = options->params;
  tree->next_sequence = NODE_BLOCK_TREE_FIRST_SEQUENCE;
  tree->last_write_us = common_clock_monotonic_us ();
  tree->blocks = g_hash_table_new_full (btc_hash32_hash, btc_hash32_equal, NULL, g_free);
  tree->dirty = g_ptr_array_new ();
  tree->header_listeners = g_array_new (FALSE, FALSE, sizeof (HeaderListener));
  tree->pins = g_hash_table_new (NULL, NULL);
  tree->pruned = g_hash_table_new (NULL, NULL);
  tree->put = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_rec_mutex_init (&tree->lock);
  g_mutex_init (&tree->pin_lock);
  g_mutex_init (&tree->store_lock);
  return tree;
}

void
node_block_tree_free (NodeBlockTree *tree)
{
  if (tree == NULL)
    return;
  g_clear_pointer (&tree->index_db, node_block_index_db_close);
  g_clear_pointer (&tree->files, node_block_files_close);
  g_hash_table_unref (tree->pins);
  g_hash_table_unref (tree->pruned);
  g_hash_table_unref (tree->put);
  g_ptr_array_unref (tree->dirty);
  g_array_unref (tree->header_listeners);
  g_hash_table_unref (tree->blocks);
  g_mutex_clear (&tree->pin_lock);
  g_mutex_clear (&tree->store_lock);
  g_rec_mutex_clear (&tree->lock);
  g_free ((char *) tree->options.datadir);
  g_free ((char *) tree->options.blocksdir);
  g_free (tree);
}

NodeBlockFiles *
node_block_tree_files (NodeBlockTree *tree)
{
  return tree->files;
}

NodeBlock *
node_block_tree_find (NodeBlockTree *tree, const guint8 hash32[32])
{
  NodeBlock *block;

  g_rec_mutex_lock (&tree->lock);
  block = g_hash_table_lookup (tree->blocks, hash32);
  g_rec_mutex_unlock (&tree->lock);
  return block;
}

NodeBlock *
node_block_tree_get_best_header (NodeBlockTree *tree)
{
  NodeBlock *block;

  g_rec_mutex_lock (&tree->lock);
  block = tree->best_header;
  g_rec_mutex_unlock (&tree->lock);
  return block;
}

guint
node_block_tree_count (NodeBlockTree *tree)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);

  return g_hash_table_size (tree->blocks);
}

GPtrArray *
node_block_tree_dup_blocks (NodeBlockTree *tree)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);
  GPtrArray *all = g_ptr_array_sized_new (g_hash_table_size (tree->blocks));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, tree->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (all, value);
  return all;
}

void
node_block_tree_get_record (NodeBlockTree *tree, const NodeBlock *block, NodeBlockRecord *record, guint64 *chain_tx)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);

  *record = (NodeBlockRecord){
    .header = block->header,
    .height = block->height,
    .status = block->status,
    .n_tx = block->n_tx,
    .file = block->file,
    .data_pos = block->data_pos,
    .undo_pos = block->undo_pos,
  };
  memcpy (record->hash32, block->hash32, 32);
  if (chain_tx != NULL)
    *chain_tx = block->chain_tx;
}

NodeBlock *
node_block_tree_insert (NodeBlockTree *tree, const BtcHeader *header, const guint8 hash32[32])
{
  NodeBlock *block = g_new0 (NodeBlock, 1);

  memcpy (block->hash32, hash32, 32);
  block->header = *header;
  block->file = -1;
  g_hash_table_insert (tree->blocks, block->hash32, block);
  return block;
}

void
node_block_tree_mark_dirty (NodeBlockTree *tree, NodeBlock *block)
{
  if (block->dirty)
    return;
  block->dirty = TRUE;
  g_ptr_array_add (tree->dirty, block);
}

NodeBlock *
node_block_tree_find_stored (NodeBlockTree *tree, gint32 file, guint32 pos)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, tree->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    NodeBlock *block = value;

    if ((block->status & NODE_BLOCK_HAVE_DATA) && block->file == file && block->data_pos == pos)
      return block;
  }
  return NULL;
}

void
node_block_tree_raise_validity (NodeBlockTree *tree, NodeBlock *block, NodeBlockStatus up_to)
{
  if (block->status & NODE_BLOCK_FAILED)
    return;
  if ((block->status & NODE_BLOCK_VALID_MASK) < (guint32) up_to)
    node_block_tree_change_status (tree, block, up_to, NODE_BLOCK_VALID_MASK);
}

void
node_block_tree_change_status (NodeBlockTree *tree, NodeBlock *block, guint32 set, guint32 clear)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);

  block->status = (block->status & ~clear) | set;
  node_block_tree_mark_dirty (tree, block);
}

void
node_block_tree_set_chain_tx (NodeBlockTree *tree, NodeBlock *block, guint64 chain_tx)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);

  block->chain_tx = chain_tx;
}

void
node_block_tree_set_sequence (NodeBlockTree *tree, NodeBlock *block, guint64 sequence)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);

  block->sequence = sequence;
}

guint64
node_block_tree_next_sequence (NodeBlockTree *tree)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);

  return tree->next_sequence++;
}

void
node_block_tree_set_n_tx (NodeBlockTree *tree, NodeBlock *block, guint32 n_tx)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);

  block->n_tx = n_tx;
}
