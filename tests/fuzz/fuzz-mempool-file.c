/* mempool.dat: a file that can be read completely is written and read again without a difference. */
#include <stdlib.h>
#include <string.h>

#include "node/mempool/file.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

/* Copies the content of FILE; returns the result of reading it. */
static NodeMempoolFileKind
read_all (NodeMempoolFile *file, GPtrArray *txs, GArray *items)
{
  NodeMempoolFileItem item;
  NodeMempoolFileKind kind;

  while ((kind = node_mempool_file_next (file, &item, NULL)) < NODE_MEMPOOL_FILE_END) {
    if (kind == NODE_MEMPOOL_FILE_TX)
      g_ptr_array_add (txs, btc_tx_ref (item.tx));
    item.tx = NULL;
    g_array_append_val (items, item);
  }
  return kind;
}

static GBytes *
write_all (const GPtrArray *txs, const GArray *items, guint n_deltas, const guint8 *key)
{
  NodeMempoolFileWriter *writer = node_mempool_file_writer_new (NULL, key, NULL);
  guint i = 0;

  node_mempool_file_writer_count (writer, NODE_MEMPOOL_FILE_TX, txs->len);
  for (; i < txs->len; i++) {
    const NodeMempoolFileItem *item = &g_array_index (items, NodeMempoolFileItem, i);
    node_mempool_file_writer_tx (writer, g_ptr_array_index (txs, i), item->time_s, item->delta_sat);
  }
  node_mempool_file_writer_count (writer, NODE_MEMPOOL_FILE_DELTA, n_deltas);
  for (; i < txs->len + n_deltas; i++) {
    const NodeMempoolFileItem *item = &g_array_index (items, NodeMempoolFileItem, i);
    node_mempool_file_writer_delta (writer, item->txid32, item->delta_sat);
  }
  node_mempool_file_writer_count (writer, NODE_MEMPOOL_FILE_UNBROADCAST, items->len - i);
  for (; i < items->len; i++)
    node_mempool_file_writer_unbroadcast (writer, g_array_index (items, NodeMempoolFileItem, i).txid32);
  return node_mempool_file_writer_finish_data (writer);
}

static guint
count_deltas (const guint8 *data, gsize len)
{
  g_autoptr (NodeMempoolFile) file = node_mempool_file_new_for_data (data, len, NULL);
  NodeMempoolFileItem item;
  NodeMempoolFileKind kind;
  guint n = 0;

  while ((kind = node_mempool_file_next (file, &item, NULL)) < NODE_MEMPOOL_FILE_END)
    n += kind == NODE_MEMPOOL_FILE_DELTA ? 1 : 0;
  return n;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  static const guint8 key[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  g_autoptr (NodeMempoolFile) file = node_mempool_file_new_for_data (data, len, NULL);
  g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  g_autoptr (GPtrArray) txs2 = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (NodeMempoolFileItem));
  g_autoptr (GArray) items2 = g_array_new (FALSE, FALSE, sizeof (NodeMempoolFileItem));
  g_autoptr (NodeMempoolFile) again = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gconstpointer written;
  gsize size;

  if (file == NULL || read_all (file, txs, items) != NODE_MEMPOOL_FILE_END)
    return 0;
  bytes = write_all (txs, items, count_deltas (data, len), len % 2 == 0 ? key : NULL);
  written = g_bytes_get_data (bytes, &size);
  again = node_mempool_file_new_for_data (written, size, NULL);
  if (again == NULL || read_all (again, txs2, items2) != NODE_MEMPOOL_FILE_END)
    abort ();
  if (txs->len != txs2->len || items->len != items2->len
      || (items->len > 0 && memcmp (items->data, items2->data, items->len * sizeof (NodeMempoolFileItem)) != 0))
    abort ();
  return 0;
}
