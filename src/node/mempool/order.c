#include "bitcoin/primitives/hash_key.h"
#include "node/mempool/order.h"
#include "node/mempool/walk.h"

/* The order in which all entries would be mined. The chunks are computed cluster by cluster while the mempool changes. */

typedef struct {
  GArray *places;    /* NodeMempoolPlace of each ID; the weight of its chunk is 0 as long as it is not known */
  GHashTable *by_id; /* 32 bytes → the number of its place, plus 1 */
  guint32 n_clusters;
} Order;

static void
order_place_chunk (Order *order, const NodeMempoolChunk *chunk)
{
  for (guint i = 0; i < chunk->entries->len; i++) {
    const NodeMempoolEntry *entry = g_ptr_array_index (chunk->entries, i);
    guint number = GPOINTER_TO_UINT (g_hash_table_lookup (order->by_id, entry->tx->txid32));
    NodeMempoolPlace *place;

    if (number == 0)
      continue; /* added after the IDs were listed */
    place = &g_array_index (order->places, NodeMempoolPlace, number - 1);
    place->chunk = *chunk;
    place->chunk.entries = NULL;
    place->position = i;
    place->cluster = order->n_clusters;
  }
}

/* The places of ENTRY and the rest of its cluster. */
static gboolean
order_place_cluster (NodeMempool *mempool, NodeMempoolEntry *entry, gpointer data, GError **error)
{
  Order *order = data;
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (order->by_id, entry->tx->txid32));
  g_autoptr (GPtrArray) chunks = NULL;

  if (g_array_index (order->places, NodeMempoolPlace, number - 1).chunk.weight != 0)
    return TRUE;
  chunks = node_mempool_dup_chunks (mempool, entry);
  for (guint i = 0; i < chunks->len; i++)
    order_place_chunk (order, g_ptr_array_index (chunks, i));
  order->n_clusters++;
  return TRUE;
}

static int
order_compare (gconstpointer a, gconstpointer b)
{
  const NodeMempoolPlace *first = a, *second = b;
  int chunks;

  if (first->chunk.weight == 0 || second->chunk.weight == 0) {
    if (first->chunk.weight != second->chunk.weight)
      return first->chunk.weight == 0 ? 1 : -1;
    return first->id.sequence < second->id.sequence ? -1 : first->id.sequence > second->id.sequence;
  }
  chunks = node_mempool_chunk_compare (&first->chunk, &second->chunk);
  return chunks != 0 ? chunks : (int) first->position - (int) second->position;
}

GArray *
node_mempool_list_places (NodeMempool *mempool, const GArray *ids, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) places = g_array_sized_new (FALSE, TRUE, sizeof (NodeMempoolPlace), ids->len);
  g_autoptr (GHashTable) by_id = g_hash_table_new (btc_hash32_hash, btc_hash32_equal);
  Order order = { places, by_id, 0 };

  g_array_set_size (places, ids->len);
  for (guint i = 0; i < ids->len; i++) {
    NodeMempoolPlace *place = &g_array_index (places, NodeMempoolPlace, i);

    place->id = g_array_index (ids, NodeMempoolId, i);
    g_hash_table_insert (by_id, place->id.txid32, GUINT_TO_POINTER (i + 1));
  }
  if (!node_mempool_walk (mempool, ids, order_place_cluster, &order, cancellable, error))
    return NULL;
  g_array_sort (places, order_compare);
  return g_steal_pointer (&places);
}

gboolean
node_mempool_sort_mined (NodeMempool *mempool, GArray *ids, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) places = node_mempool_list_places (mempool, ids, cancellable, error);

  if (places == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    g_array_index (ids, NodeMempoolId, i) = g_array_index (places, NodeMempoolPlace, i).id;
  return TRUE;
}
