#include "node/blocktree/tree_private.h"
#include "node/store/block_read.h"

/* Reads blocks and undo data. A disk may return other data than was written, so a block is used only if it is the one
 * that was stored. A reader pins the file: if it is pruned meanwhile, its last reader deletes it. */

gboolean
node_block_tree_fail_damaged (NodeBlockTree *tree, const NodeBlock *index, gint32 file, GError **error)
{
  g_autofree char *path = node_block_files_dup_path (tree->files, file, FALSE);
  g_autofree char *hash = node_block_dup_hash (index->hash32);

  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
               "%s is damaged: block %u (%s) is not as it was stored. " NODE_BLOCKS_ADVICE, path, index->height, hash);
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
  gboolean remove = FALSE;
  guint n;

  g_mutex_lock (&tree->pin_lock);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (tree->pins, GINT_TO_POINTER (file)));
  if (n > 1)
    g_hash_table_insert (tree->pins, GINT_TO_POINTER (file), GUINT_TO_POINTER (n - 1));
  else {
    g_hash_table_remove (tree->pins, GINT_TO_POINTER (file));
    remove = g_hash_table_remove (tree->pruned, GINT_TO_POINTER (file));
  }
  g_mutex_unlock (&tree->pin_lock);
  if (remove)
    node_block_files_remove (tree->files, (guint32) file);
}

static gboolean
fail_not_stored (const NodeBlock *index, const char *what, GError **error)
{
  g_autofree char *hash = node_block_dup_hash (index->hash32);

  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_NOT_STORED, "the %s of block %s is not stored", what, hash);
  return FALSE;
}

gboolean
node_block_tree_pin (NodeBlockTree *tree, const NodeBlock *index, NodeBlockPin *pin, GError **error)
{
  *pin = (NodeBlockPin){ .index = index };
  g_rec_mutex_lock (&tree->lock);
  node_block_tree_get_record (tree, index, &pin->record, NULL);
  if (pin->record.status & NODE_BLOCK_HAVE_DATA) {
    pin->tree = tree;
    read_pin (tree, pin->record.file);
  }
  g_rec_mutex_unlock (&tree->lock);
  return pin->tree != NULL || fail_not_stored (index, "data", error);
}

void
node_block_pin_clear (NodeBlockPin *pin)
{
  NodeBlockTree *tree = g_steal_pointer (&pin->tree);

  if (tree != NULL)
    read_unpin (tree, pin->record.file);
}

GBytes *
node_block_pin_read_raw (const NodeBlockPin *pin, GError **error)
{
  return node_block_files_read_block (pin->tree->files, pin->record.file, pin->record.data_pos, error);
}

static BtcBlock *
read_parse (NodeBlockTree *tree, const NodeBlock *index, gint32 file, GBytes *bytes, GError **error)
{
  g_autoptr (BtcBlock) block = btc_block_new_prefix (bytes);

  if (block != NULL && node_block_is_intact (index, block, tree->params))
    return g_steal_pointer (&block);
  node_block_tree_fail_damaged (tree, index, file, error);
  return NULL;
}

BtcBlock *
node_block_pin_parse (const NodeBlockPin *pin, GBytes *bytes, GError **error)
{
  return read_parse (pin->tree, pin->index, pin->record.file, bytes, error);
}

BtcBlock *
node_block_pin_read_block (const NodeBlockPin *pin, GError **error)
{
  g_autoptr (GBytes) bytes = node_block_pin_read_raw (pin, error);

  return bytes != NULL ? node_block_pin_parse (pin, bytes, error) : NULL;
}

gboolean
node_block_pin_read_undo (const NodeBlockPin *pin,
                          const BtcBlock *block,
                          BtcCoin *coins,
                          GByteArray *scripts,
                          GError **error)
{
  const NodeBlockRecord *record = &pin->record;
  NodeBlockFiles *files = pin->tree->files;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *path = NULL;

  if (pin->index->prev == NULL)
    return TRUE;
  if ((record->status & NODE_BLOCK_HAVE_UNDO) == 0)
    return fail_not_stored (pin->index, "undo data", error);
  bytes = node_block_files_read_undo (files, record->file, record->undo_pos, pin->index->prev->hash32, error);
  if (bytes == NULL)
    return FALSE;
  if (node_undo_parse (block, bytes, coins, scripts))
    return TRUE;
  path = node_block_files_dup_path (files, record->file, TRUE);
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
               "%s is damaged: the undo data of block %u does not match it. " NODE_BLOCKS_ADVICE, path,
               pin->index->height);
  return FALSE;
}

GBytes *
node_block_tree_read_raw (NodeBlockTree *tree, const NodeBlock *index, GError **error)
{
  g_auto (NodeBlockPin) pin = { 0 };

  return node_block_tree_pin (tree, index, &pin, error) ? node_block_pin_read_raw (&pin, error) : NULL;
}

BtcBlock *
node_block_tree_read_block (NodeBlockTree *tree, const NodeBlock *index, GError **error)
{
  g_auto (NodeBlockPin) pin = { 0 };

  return node_block_tree_pin (tree, index, &pin, error) ? node_block_pin_read_block (&pin, error) : NULL;
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
  g_auto (NodeBlockPin) pin = { 0 };

  g_array_set_size (array, block->n_inputs - (block->n_txs > 0 ? block->txs[0].n_in : 0));
  if (index->prev != NULL
      && (!node_block_tree_pin (tree, index, &pin, error)
          || !node_block_pin_read_undo (&pin, block, (BtcCoin *) (gpointer) array->data, text, error)))
    return FALSE;
  *coins = g_steal_pointer (&array);
  *scripts = g_steal_pointer (&text);
  return TRUE;
}

/* Which block was stored at POS of FILE; HASH32 (may be NULL) is the hash of what was read there: a damaged header
 * matches no block, or another one. */
static const NodeBlock *
read_find_at (NodeBlockTree *tree, gint32 file, guint32 pos, const guint8 *hash32)
{
  const NodeBlock *index = hash32 != NULL ? node_block_tree_find (tree, hash32) : NULL;
  NodeBlockRecord record;

  if (index != NULL)
    node_block_tree_get_record (tree, index, &record, NULL);
  if (index != NULL && (record.status & NODE_BLOCK_HAVE_DATA) && record.file == file && record.data_pos == pos)
    return index;
  return node_block_tree_find_stored (tree, file, pos);
}

BtcBlock *
node_block_tree_read_at (NodeBlockTree *tree, gint32 file, guint32 pos, const NodeBlock **index, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) local = NULL;
  BtcBlock *block = NULL;
  guint8 hash32[32];
  gboolean has_header;

  read_pin (tree, file);
  bytes = node_block_files_read_block (tree->files, file, pos, &local);
  has_header = bytes != NULL && g_bytes_get_size (bytes) >= BTC_HEADER_SIZE;
  if (has_header) {
    BtcHeader header;

    btc_header_parse (&header, g_bytes_get_data (bytes, NULL));
    btc_header_hash (&header, hash32);
  }
  *index = read_find_at (tree, file, pos, has_header ? hash32 : NULL);
  if (*index != NULL && bytes != NULL)
    block = read_parse (tree, *index, file, bytes, error);
  else if (*index != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  read_unpin (tree, file);
  return block;
}
