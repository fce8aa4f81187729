/* GetBlocks: u32 height, 32 bytes hash, u32 length, block with witness; again and again.
 * GetMempool: u32 length, transaction with witness; again and again. Integers are little-endian. */
#include "node/service/chain_lists.h"

#include "dbus/errors.h"

static void
append_u32 (GByteArray *out, guint32 value)
{
  guint32 le = GUINT32_TO_LE (value);

  g_byte_array_append (out, (const guint8 *) &le, sizeof le);
}

static gboolean
append_block (GByteArray *out, NodeChain *chain, const NodeBlock *index, GError **error)
{
  g_autoptr (BtcBlock) block = node_chain_read_block (chain, index, error);
  gsize len;
  const guint8 *data;

  if (block == NULL)
    return FALSE;
  data = g_bytes_get_data (block->bytes, &len);
  append_u32 (out, index->height);
  g_byte_array_append (out, index->hash32, sizeof index->hash32);
  append_u32 (out, len);
  g_byte_array_append (out, data, len);
  return TRUE;
}

GBytes *
node_chain_list_blocks (NodeChain *chain,
                        const guint8 *after32,
                        guint32 limit,
                        GCancellable *cancellable,
                        guint32 *count,
                        GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint32 height = 0;

  if (after32 != NULL) {
    const NodeBlock *after = node_chain_find (chain, after32);

    if (after == NULL || !node_chain_contains (chain, after)) {
      g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_IN_CHAIN, "the block is not on the active chain");
      return NULL;
    }
    height = after->height + 1;
  }
  for (*count = 0; *count < limit && out->len < NODE_CHAIN_LIST_MAX_BYTES; height++, ++*count) {
    const NodeBlock *next = node_chain_at (chain, height);

    if (next == NULL)
      break;
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return NULL;
    /* What was read so far is of use even if this block cannot be read; the next call then says so. */
    if (!append_block (out, chain, next, *count == 0 ? error : NULL)) {
      if (*count == 0)
        return NULL;
      break;
    }
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

GBytes *
node_chain_list_mempool (NodeMempool *mempool, guint32 *count)
{
  g_autoptr (GPtrArray) entries = node_mempool_dup_entries (mempool);
  GByteArray *out = g_byte_array_new ();

  for (guint i = 0; i < entries->len; i++) {
    const NodeMempoolEntry *entry = entries->pdata[i];

    append_u32 (out, entry->tx->bytes.len);
    g_byte_array_append (out, entry->tx->bytes.data, entry->tx->bytes.len);
  }
  *count = entries->len;
  return g_byte_array_free_to_bytes (out);
}
