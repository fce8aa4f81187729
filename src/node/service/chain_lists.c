#include "node/service/chain_lists.h"

#include "dbus/errors.h"

BtcBlock *
node_chain_list_read (NodeChain *chain, const NodeBlock *index, GError **error)
{
  if ((index->status & NODE_BLOCK_HAVE_DATA) != 0)
    return node_chain_read_block (chain, index, error);
  g_set_error (error, BUS_ERROR, BUS_ERROR_PRUNED, "the node has deleted block %u", index->height);
  return NULL;
}

GPtrArray *
node_chain_list_blocks (NodeChain *chain,
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

    if (after == NULL || !node_chain_contains (chain, after)) {
      g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_IN_CHAIN, "the block is not on the active chain");
      return NULL;
    }
    *first_height = after->height + 1;
  }
  while (blocks->len < limit && total < NODE_CHAIN_LIST_MAX_BYTES) {
    const NodeBlock *next = node_chain_at (chain, *first_height + blocks->len);
    BtcBlock *block;

    if (next == NULL)
      break;
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return NULL;
    /* What was read so far is of use even if this block cannot be read; the next call then says so. */
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

GPtrArray *
node_chain_list_mempool (NodeMempool *mempool)
{
  g_autoptr (GPtrArray) entries = node_mempool_dup_entries (mempool);
  GPtrArray *txs = g_ptr_array_new_full (entries->len, (GDestroyNotify) btc_tx_unref);

  for (guint i = 0; i < entries->len; i++) {
    const NodeMempoolEntry *entry = entries->pdata[i];
    g_ptr_array_add (txs, btc_tx_ref (entry->tx));
  }
  return txs;
}
