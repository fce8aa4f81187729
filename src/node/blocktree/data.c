#include "node/blocktree/tree_private.h"

/* The stored data and undo data of a block, until they are pruned. */

/* The position of a block that was written to the files. */
typedef struct {
  gint32 file;
  guint32 pos;
  guint32 n_tx;
} Place;

/* ---- any thread ---- */

static gboolean
data_is_stored (NodeBlockTree *tree, const NodeBlock *index)
{
  NodeBlockRecord record;
  gboolean is_put;

  node_block_tree_get_record (tree, index, &record, NULL);
  g_mutex_lock (&tree->pin_lock);
  is_put = g_hash_table_contains (tree->put, index);
  g_mutex_unlock (&tree->pin_lock);
  return is_put || (record.status & NODE_BLOCK_HAVE_DATA) != 0;
}

gboolean
node_block_tree_put (NodeBlockTree *tree, NodeBlock *index, const BtcBlock *block, gboolean *is_new, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&tree->store_lock);
  g_autofree Place *place = g_new (Place, 1);

  *is_new = FALSE;
  if (node_health_is_broken (tree->options.health))
    return node_health_refuse (error);
  if (data_is_stored (tree, index))
    return TRUE;
  place->n_tx = block->n_txs;
  if (!node_block_files_write_block (tree->files, block, index->height, &place->file, &place->pos, error)) {
    node_health_break (tree->options.health);
    return FALSE;
  }
  *is_new = TRUE;
  g_mutex_lock (&tree->pin_lock);
  g_hash_table_insert (tree->put, index, g_steal_pointer (&place));
  g_mutex_unlock (&tree->pin_lock);
  return TRUE;
}

/* ---- chain thread ---- */

static void
data_set_stored (NodeBlockTree *tree, NodeBlock *index, const Place *place)
{
  guint32 status = NODE_BLOCK_HAVE_DATA;

  if (index->height >= tree->params->buried_height[BTC_BURIED_SEGWIT])
    status |= NODE_BLOCK_OPT_WITNESS;
  g_rec_mutex_lock (&tree->lock);
  index->file = place->file;
  index->data_pos = place->pos;
  index->undo_pos = 0;
  index->n_tx = place->n_tx;
  node_block_tree_change_status (tree, index, status, 0);
  node_block_tree_raise_validity (tree, index, NODE_BLOCK_VALID_TRANSACTIONS);
  g_rec_mutex_unlock (&tree->lock);
}

gboolean
node_block_tree_take (NodeBlockTree *tree, NodeBlock *index)
{
  gpointer value = NULL;
  g_autofree Place *place = NULL;

  g_mutex_lock (&tree->pin_lock);
  g_hash_table_steal_extended (tree->put, index, NULL, &value);
  g_mutex_unlock (&tree->pin_lock);
  place = value;
  if (place == NULL || (index->status & NODE_BLOCK_HAVE_DATA))
    return FALSE;
  data_set_stored (tree, index, place);
  return TRUE;
}

void
node_block_tree_discard (NodeBlockTree *tree, NodeBlock *index)
{
  g_mutex_lock (&tree->pin_lock);
  g_hash_table_remove (tree->put, index);
  g_mutex_unlock (&tree->pin_lock);
}

gboolean
node_block_tree_store (NodeBlockTree *tree,
                       NodeBlock *index,
                       const BtcBlock *block,
                       gint32 file,
                       guint32 pos,
                       GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&tree->store_lock);
  Place place = { file, pos, block->n_txs };

  if (node_block_tree_take (tree, index))
    return TRUE;
  if (file >= 0)
    node_block_files_note_block (tree->files, block, index->height, file, pos);
  else if (!node_block_files_write_block (tree->files, block, index->height, &place.file, &place.pos, error))
    return FALSE;
  data_set_stored (tree, index, &place);
  return TRUE;
}

gboolean
node_block_tree_store_undo (NodeBlockTree *tree, NodeBlock *index, const GByteArray *undo, GError **error)
{
  guint32 pos;

  if (index->prev == NULL || (index->status & NODE_BLOCK_HAVE_UNDO))
    return TRUE;
  if (!node_block_files_write_undo (tree->files, index->file, index->prev->hash32, undo->data, undo->len, &pos, error))
    return FALSE;
  g_rec_mutex_lock (&tree->lock);
  index->undo_pos = pos;
  node_block_tree_change_status (tree, index, NODE_BLOCK_HAVE_UNDO, 0);
  g_rec_mutex_unlock (&tree->lock);
  return TRUE;
}

/* ---- pruning ---- */

void
node_block_tree_lock_files (NodeBlockTree *tree)
{
  g_mutex_lock (&tree->store_lock);
}

void
node_block_tree_unlock_files (NodeBlockTree *tree)
{
  g_mutex_unlock (&tree->store_lock);
}

gboolean
node_block_tree_is_waiting_in (NodeBlockTree *tree, gint32 file)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&tree->pin_lock);
  GHashTableIter iter;
  gpointer place;

  g_hash_table_iter_init (&iter, tree->put);
  while (g_hash_table_iter_next (&iter, NULL, &place))
    if (((const Place *) place)->file == file)
      return TRUE;
  return FALSE;
}

GPtrArray *
node_block_tree_forget_files (NodeBlockTree *tree, GHashTable *files)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&tree->lock);
  const guint32 both = NODE_BLOCK_HAVE_DATA | NODE_BLOCK_HAVE_UNDO;
  GPtrArray *forgotten = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, tree->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    NodeBlock *block = value;

    if ((block->status & both) == 0 || !g_hash_table_contains (files, GINT_TO_POINTER (block->file)))
      continue;
    block->file = 0;
    block->data_pos = 0;
    block->undo_pos = 0;
    node_block_tree_change_status (tree, block, 0, both);
    g_ptr_array_add (forgotten, block);
  }
  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    node_block_files_forget (tree->files, GPOINTER_TO_UINT (key));
  return forgotten;
}

void
node_block_tree_remove_files (NodeBlockTree *tree, GHashTable *files)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    gboolean pinned;

    /* There are no new readers: the tree no longer points into the file. */
    g_mutex_lock (&tree->pin_lock);
    pinned = g_hash_table_contains (tree->pins, key);
    if (pinned)
      g_hash_table_add (tree->pruned, key);
    g_mutex_unlock (&tree->pin_lock);
    if (!pinned)
      node_block_files_remove (tree->files, GPOINTER_TO_UINT (key));
  }
}

gboolean
node_block_tree_has_pruned (NodeBlockTree *tree)
{
  return tree->have_pruned;
}

gboolean
node_block_tree_set_pruned (NodeBlockTree *tree, GError **error)
{
  if (!tree->have_pruned && !node_block_index_db_set_flag (tree->index_db, NODE_BLOCK_TREE_PRUNED_FLAG, TRUE, error))
    return FALSE;
  tree->have_pruned = TRUE;
  return TRUE;
}
