#include "node/chain/private.h"

#include <string.h>

/* Blocks and undo data as they stand in the files. What a disk gives back is not always what was written: a block is
 * used only when it is the one that was stored. */

static gboolean
has_witness (const BtcBlock *block)
{
  for (guint32 i = 0; i < block->n_txs; i++)
    if (block->txs[i].has_witness)
      return TRUE;
  return FALSE;
}

/* On test networks the height at which witnesses begin may have been another when the block was stored: what has them must
 * commit to them. */
gboolean
node_block_is_intact (const NodeBlock *index, const BtcBlock *block, const BtcParams *params)
{
  gboolean segwit = btc_params_buried_active (params, BTC_BURIED_SEGWIT, index->height);

  return memcmp (block->hash32, index->hash32, 32) == 0 && !btc_block_is_mutated (block, segwit || has_witness (block));
}

gboolean
node_read_fail_damaged (NodeChain *chain, const NodeBlock *index, gint32 file, GError **error)
{
  g_autofree char *path = node_block_files_dup_path (chain->files, file, FALSE);
  g_autofree char *hash = node_report_hash (index->hash32);

  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
               "%s is damaged: block %u (%s) is not there as it was stored. " NODE_BLOCKS_ADVICE, path, index->height,
               hash);
  return FALSE;
}

BtcBlock *
node_chain_read_block (NodeChain *chain, const NodeBlock *index, GError **error)
{
  g_autofree char *hash = node_report_hash (index->hash32);
  g_autoptr (GBytes) bytes = NULL;
  BtcBlock *block;

  if (!(index->status & NODE_BLOCK_HAVE_DATA)) {
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_IO, "the data of block %s is not stored", hash);
    return NULL;
  }
  bytes = node_block_files_read_block (chain->files, index->file, index->data_pos, error);
  if (bytes == NULL)
    return NULL;
  block = btc_block_new_prefix (bytes);
  if (block == NULL || !node_block_is_intact (index, block, chain->params)) {
    g_clear_pointer (&block, btc_block_unref);
    node_read_fail_damaged (chain, index, index->file, error);
  }
  return block;
}

gboolean
node_chain_read_undo (NodeChain *chain,
                      const NodeBlock *index,
                      const BtcBlock *block,
                      GArray **coins,
                      GByteArray **scripts,
                      GError **error)
{
  g_autoptr (GArray) array = g_array_new (FALSE, TRUE, sizeof (BtcCoin));
  g_autoptr (GByteArray) text = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;

  g_array_set_size (array, block->n_inputs - (block->n_txs > 0 ? block->txs[0].n_in : 0));
  if (index->prev != NULL) {
    if (!(index->status & NODE_BLOCK_HAVE_UNDO)) {
      g_autofree char *hash = node_report_hash (index->hash32);
      g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_IO, "the undo data of block %s is not stored", hash);
      return FALSE;
    }
    bytes = node_block_files_read_undo (chain->files, index->file, index->undo_pos, index->prev->hash32, error);
    if (bytes == NULL)
      return FALSE;
    if (!node_undo_parse (block, bytes, (BtcCoin *) (gpointer) array->data, text)) {
      g_autofree char *path = node_block_files_dup_path (chain->files, index->file, TRUE);
      g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                   "%s is damaged: the undo data of block %u does not fit it. " NODE_BLOCKS_ADVICE, path,
                   index->height);
      return FALSE;
    }
  }
  *coins = g_steal_pointer (&array);
  *scripts = g_steal_pointer (&text);
  return TRUE;
}
