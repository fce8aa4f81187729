#include "node/service/chain_lists.h"

#include "dbus/errors.h"

BtcBlock *
node_chain_list_read (NodeChain *chain, const NodeBlock *index, GError **error)
{
  g_autoptr (GError) local = NULL;
  BtcBlock *block = node_chain_read_block (chain, index, &local);

  if (g_error_matches (local, NODE_STORE_ERROR, NODE_STORE_ERROR_NOT_STORED))
    g_set_error (error, BUS_ERROR, BUS_ERROR_PRUNED, "the node has deleted block %u", index->height);
  else if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return block;
}

GPtrArray *
node_chain_list_blocks (NodeChain *chain,
                        const NodeTip *tip,
                        const guint8 *after32,
                        guint32 limit,
                        GCancellable *cancellable,
                        guint32 *first_height,
                        GError **error)
{
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);
  gsize total = 0;

  *first_height = 0;
  if (after32 != NULL) {
    const NodeBlock *after = node_chain_find (chain, after32);

    if (after == NULL || !node_block_descends (tip->block, after)) {
      g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_IN_CHAIN, "the block is not on the active chain");
      return NULL;
    }
    *first_height = after->height + 1;
  }
  while (blocks->len < limit && total < NODE_CHAIN_LIST_MAX_BYTES) {
    const NodeBlock *next = node_block_ancestor (tip->block, *first_height + blocks->len);
    BtcBlock *block;

    if (next == NULL)
      break;
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return NULL;
    /* The blocks read so far are returned even if this one cannot be read; the next call then reports the error. */
    block = node_chain_list_read (chain, next, blocks->len == 0 ? error : NULL);
    if (block == NULL && blocks->len == 0)
      return NULL;
    if (block == NULL)
      break;
    g_ptr_array_add (blocks, block);
    total += g_bytes_get_size (block->bytes);
  }
  return g_steal_pointer (&blocks);
}
