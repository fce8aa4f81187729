#include "node/blocktree/tree_private.h"

/* Reads blocks and undo data. A disk may return other data than was written, so a block is used only if it is the one
 * that was stored. A reader pins the file, and pruning waits for the pins before it deletes the file. */

gboolean
node_block_tree_fail_damaged (NodeBlockTree *tree, const NodeBlock *index, gint32 file, GError **error)
{
  g_autofree char *path = node_block_files_dup_path (tree->files, file, FALSE);
  g_autofree char *hash = node_block_dup_hash (index->hash32);

  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
               "%s is damaged: block %u (%s) is not there as it was stored. " NODE_BLOCKS_ADVICE, path, index->height,
               hash);
  return FALSE;
}

static void
read_pin (NodeBlockTree *tree, gint32 file)
{
  guint n;

  g_mutex_lock (&tree->pin_lock);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (tree->pins, GINT_TO_POINTER (file)));
  g_hash_table_insert (tree->pins, GINT_TO_POINTER (file), GUINT_TO_POINTER (n + 1));
  g_mutex_unlock (&tree->pin_lock);
}

static void
read_unpin (NodeBlockTree *tree, gint32 file)
{
  guint n;

  g_mutex_lock (&tree->pin_lock);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (tree->pins, GINT_TO_POINTER (file)));
  if (n > 1)
    g_hash_table_insert (tree->pins, GINT_TO_POINTER (file), GUINT_TO_POINTER (n - 1));
  else
    g_hash_table_remove (tree->pins, GINT_TO_POINTER (file));
  g_cond_broadcast (&tree->unpinned);
  g_mutex_unlock (&tree->pin_lock);
}

/* Where WHAT (data or undo) of INDEX is, with the file pinned. */
static gboolean
read_pin_place (NodeBlockTree *tree, const NodeBlock *index, guint32 what, NodeBlockRecord *record, GError **error)
{
  g_autofree char *hash = NULL;

  g_rec_mutex_lock (&tree->lock);
  node_block_tree_get_record (tree, index, record, NULL);
  if (record->status & what)
    read_pin (tree, record->file);
  g_rec_mutex_unlock (&tree->lock);
  if (record->status & what)
    return TRUE;
  hash = node_block_dup_hash (index->hash32);
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_NOT_STORED, "the %s of block %s is not stored",
               what == NODE_BLOCK_HAVE_DATA ? "data" : "undo data", hash);
  return FALSE;
}

GBytes *
node_block_tree_read_raw (NodeBlockTree *tree, const NodeBlock *index, GError **error)
{
  NodeBlockRecord record;
  GBytes *bytes;

  if (!read_pin_place (tree, index, NODE_BLOCK_HAVE_DATA, &record, error))
    return NULL;
  bytes = node_block_files_read_block (tree->files, record.file, record.data_pos, error);
  read_unpin (tree, record.file);
  return bytes;
}

BtcBlock *
node_block_tree_read_block (NodeBlockTree *tree, const NodeBlock *index, GError **error)
{
  g_autoptr (GBytes) bytes = node_block_tree_read_raw (tree, index, error);
  BtcBlock *block;

  if (bytes == NULL)
    return NULL;
  block = btc_block_new_prefix (bytes);
  if (block == NULL || !node_block_is_intact (index, block, tree->params)) {
    NodeBlockRecord record;

    g_clear_pointer (&block, btc_block_unref);
    node_block_tree_get_record (tree, index, &record, NULL);
    node_block_tree_fail_damaged (tree, index, record.file, error);
  }
  return block;
}

static gboolean
read_undo_bytes (NodeBlockTree *tree,
                 const NodeBlock *index,
                 const BtcBlock *block,
                 BtcCoin *coins,
                 GByteArray *scripts,
                 GError **error)
{
  NodeBlockRecord record;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *path = NULL;

  if (!read_pin_place (tree, index, NODE_BLOCK_HAVE_UNDO, &record, error))
    return FALSE;
  bytes = node_block_files_read_undo (tree->files, record.file, record.undo_pos, index->prev->hash32, error);
  read_unpin (tree, record.file);
  if (bytes == NULL)
    return FALSE;
  if (node_undo_parse (block, bytes, coins, scripts))
    return TRUE;
  path = node_block_files_dup_path (tree->files, record.file, TRUE);
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
               "%s is damaged: the undo data of block %u does not fit it. " NODE_BLOCKS_ADVICE, path, index->height);
  return FALSE;
}

gboolean
node_block_tree_read_undo (NodeBlockTree *tree,
                           const NodeBlock *index,
                           const BtcBlock *block,
                           GArray **coins,
                           GByteArray **scripts,
                           GError **error)
{
  g_autoptr (GArray) array = g_array_new (FALSE, TRUE, sizeof (BtcCoin));
  g_autoptr (GByteArray) text = g_byte_array_new ();

  g_array_set_size (array, block->n_inputs - (block->n_txs > 0 ? block->txs[0].n_in : 0));
  if (index->prev != NULL && !read_undo_bytes (tree, index, block, (BtcCoin *) (gpointer) array->data, text, error))
    return FALSE;
  *coins = g_steal_pointer (&array);
  *scripts = g_steal_pointer (&text);
  return TRUE;
}
