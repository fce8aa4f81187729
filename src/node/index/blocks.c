#include <string.h>

#include "node/index/private.h"

/* Reads blocks and the coins that they spent from the files, for the index's own thread and for look-ups. A block is
 * used only if all of it matches what was stored: a txid commits neither to the witness nor to the block of a
 * transaction. */

gboolean
node_index_get_place (NodeIndex *index, const NodeBlock *block, NodeIndexPlace *place)
{
  NodeBlockRecord record;

  *place = (NodeIndexPlace){ .block = block };
  node_block_tree_get_record (node_chain_tree (index->chain), block, &record, &place->chain_tx);
  place->file = record.file;
  place->data_pos = record.data_pos;
  return (record.status & NODE_BLOCK_HAVE_DATA) != 0;
}

/* Converts an error of reading BLOCK; if it is not stored, the message says what to do. */
static gboolean
index_fail_read (NodeIndex *index, const NodeBlock *block, GError *local, GError **error)
{
  if (!g_error_matches (local, NODE_STORE_ERROR, NODE_STORE_ERROR_NOT_STORED)) {
    g_propagate_error (error, local);
    return FALSE;
  }
  g_error_free (local);
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
               "Block %u is no longer stored, but %s needs it. Restart with -reindex to download all blocks "
               "again, or without this index.",
               block->height, index->class->name);
  return FALSE;
}

/* The genesis block is known without the files, and a reindex may not have found it yet. */
static BtcBlock *
index_read_block (NodeIndex *index, const NodeBlock *block, GError **error)
{
  const BtcParams *params = node_chain_params (index->chain);
  g_autoptr (GBytes) bytes = NULL;
  GError *local = NULL;
  BtcBlock *read;

  if (block->height == 0) {
    bytes = g_bytes_new (params->genesis_bytes, params->genesis_len);
    return btc_block_new (bytes);
  }
  read = node_block_tree_read_block (node_chain_tree (index->chain), block, &local);
  if (read == NULL)
    index_fail_read (index, block, local, error);
  return read;
}

gboolean
node_index_read_at (NodeIndex *index, guint64 file, guint64 pos, const NodeBlock **at, BtcBlock **block, GError **error)
{
  *block = NULL;
  *at = NULL;
  if (file > G_MAXINT32 || pos > G_MAXUINT32)
    return node_index_fail_corrupt (index, "the position of a transaction cannot be read", error);
  *block = node_block_tree_read_at (node_chain_tree (index->chain), (gint32) file, (guint32) pos, at, error);
  return *block != NULL || *at == NULL;
}

static gboolean
read_spent (NodeIndex *index, const NodeBlock *block, NodeIndexData *data, GError **error)
{
  NodeBlockTree *tree = node_chain_tree (index->chain);
  GError *local = NULL;

  return node_block_tree_read_undo (tree, block, data->block, &data->spent, &data->scripts, &local)
         || index_fail_read (index, block, local, error);
}

gboolean
node_index_read (NodeIndex *index,
                 const NodeIndexPlace *place,
                 gboolean want_block,
                 gboolean want_spent,
                 NodeIndexData *data,
                 GError **error)
{
  memset (data, 0, sizeof *data);
  data->info = (NodeIndexBlock){ .index = place->block, .file = place->file, .data_pos = place->data_pos };
  if (want_block || want_spent) {
    data->block = index_read_block (index, place->block, error);
    if (data->block == NULL)
      return FALSE;
    data->info.block = data->block;
  }
  if (want_spent) {
    if (!read_spent (index, place->block, data, error))
      return FALSE;
    data->info.spent = (const BtcCoin *) (gpointer) data->spent->data;
    data->info.n_spent = data->spent->len;
  }
  return TRUE;
}

void
node_index_data_clear (NodeIndexData *data)
{
  g_clear_pointer (&data->block, btc_block_unref);
  g_clear_pointer (&data->spent, g_array_unref);
  g_clear_pointer (&data->scripts, g_byte_array_unref);
}
