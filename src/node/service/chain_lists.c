#include "node/service/chain_lists.h"

#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "dbus/errors.h"
#include "node/mempool/walk.h"

BtcBlock *
node_chain_list_read (NodeChain *chain, const NodeBlock *index, GError **error)
{
  g_autoptr (GError) local = NULL;
  BtcBlock *block = node_chain_read_block (chain, index, &local);

  if (g_error_matches (local, NODE_STORE_ERROR, NODE_STORE_ERROR_NOT_STORED))
    g_set_error (error, BUS_ERROR, BUS_ERROR_PRUNED, "the node has pruned block %u", index->height);
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

static void
ancestors_add (NodeChainAncestors *sum, const NodeMempoolEntry *entry)
{
  sum->count++;
  sum->vsize += entry->vsize;
  sum->fees_sat = btc_amount_add_saturated (sum->fees_sat, node_mempool_entry_fee (entry));
}

static gboolean
ancestors_list_entry (NodeMempool *mempool, NodeMempoolEntry *entry, gpointer list, GError **error)
{
  g_autoptr (GPtrArray) ancestors = node_mempool_dup_ancestors (mempool, entry);
  NodeChainAncestors sum = { .count = 0 };

  if (ancestors->len >= NODE_CHAIN_LIST_MAX_ANCESTORS)
    return TRUE;
  memcpy (sum.txid32, entry->tx->txid32, 32);
  ancestors_add (&sum, entry);
  for (guint i = 0; i < ancestors->len; i++)
    ancestors_add (&sum, g_ptr_array_index (ancestors, i));
  g_array_append_val (list, sum);
  return TRUE;
}

GArray *
node_chain_list_ancestors (NodeMempool *mempool, GBytes *txids, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (NodeMempoolId));
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (NodeChainAncestors));
  gsize len;
  const guint8 *data = g_bytes_get_data (txids, &len);

  for (gsize i = 0; i + 32 <= len; i += 32) {
    NodeMempoolId id = { .sequence = 0 };
    memcpy (id.txid32, data + i, 32);
    g_array_append_val (ids, id);
  }
  return node_mempool_walk (mempool, ids, ancestors_list_entry, list, cancellable, error) ? g_steal_pointer (&list)
                                                                                          : NULL;
}
