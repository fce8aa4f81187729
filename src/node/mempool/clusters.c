#include "node/mempool/clusters.h"

#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "node/mempool/linearise.h"
#include "node/mempool/private.h"

/* Clusters of up to NODE_LINEARISE_MAX entries, the largest that is accepted, are in the optimal order. */

static guint64
weight_of (NodeMempool *mempool, const NodeMempoolEntry *entry)
{
  return MAX (entry->weight, (guint64) entry->sigop_cost * mempool->options.bytes_per_sigop);
}

static void
chunk_free (gpointer data)
{
  NodeMempoolChunk *chunk = data;

  g_ptr_array_unref (chunk->entries);
  g_free (chunk);
}

static int
compare_chunk_rates (gint64 fee_a, guint64 weight_a, gint64 fee_b, guint64 weight_b)
{
  __int128 a = (__int128) fee_a * weight_b, b = (__int128) fee_b * weight_a;
  return a < b ? -1 : a > b;
}

int
node_mempool_chunk_compare (const NodeMempoolChunk *a, const NodeMempoolChunk *b)
{
  int rates = compare_chunk_rates (b->fee_sat, b->weight, a->fee_sat, a->weight);

  if (rates != 0)
    return rates;
  if (a->level_weight != b->level_weight)
    return a->level_weight < b->level_weight ? -1 : 1;
  return memcmp (a->last32, b->last32, sizeof a->last32);
}

static int
compare_entry_ids (gconstpointer a, gconstpointer b)
{
  return memcmp ((*(const NodeMempoolEntry *const *) a)->tx->txid32, (*(const NodeMempoolEntry *const *) b)->tx->txid32,
                 32);
}

/* ENTRIES by their IDs, which decide between equals. */
static void
fill_cluster (NodeMempool *mempool, GPtrArray *entries, NodeLineariseCluster *cluster)
{
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);

  g_ptr_array_sort (entries, compare_entry_ids);
  for (guint i = 0; i < entries->len; i++)
    g_hash_table_insert (places, g_ptr_array_index (entries, i), GUINT_TO_POINTER (i));
  cluster->n = entries->len;
  for (guint i = 0; i < entries->len; i++) {
    const NodeMempoolEntry *entry = g_ptr_array_index (entries, i);

    cluster->fee_sat[i] = node_mempool_entry_fee (entry);
    cluster->weight[i] = weight_of (mempool, entry);
    cluster->rank[i] = i;
    cluster->parents[i] = 0;
    for (guint k = 0; k < entry->parents->len; k++)
      cluster->parents[i]
          |= (guint64) 1 << GPOINTER_TO_UINT (g_hash_table_lookup (places, g_ptr_array_index (entry->parents, k)));
  }
}

static NodeMempoolChunk *
new_chunk (void)
{
  NodeMempoolChunk *chunk = g_new0 (NodeMempoolChunk, 1);

  chunk->entries = g_ptr_array_new ();
  return chunk;
}

static void
chunk_add (NodeMempool *mempool, NodeMempoolChunk *chunk, NodeMempoolEntry *entry)
{
  g_ptr_array_add (chunk->entries, entry);
  chunk->fee_sat = btc_amount_add_saturated (chunk->fee_sat, node_mempool_entry_fee (entry));
  chunk->weight += weight_of (mempool, entry);
}

static GPtrArray *
make_single_chunk (NodeMempool *mempool, NodeMempoolEntry *entry)
{
  GPtrArray *chunks = g_ptr_array_new_with_free_func (chunk_free);
  NodeMempoolChunk *chunk = new_chunk ();

  chunk_add (mempool, chunk, entry);
  g_ptr_array_add (chunks, chunk);
  return chunks;
}

static GPtrArray *
make_optimal_chunks (NodeMempool *mempool, GPtrArray *entries)
{
  GPtrArray *chunks = g_ptr_array_new_with_free_func (chunk_free);
  g_autofree NodeLineariseCluster *cluster = g_new (NodeLineariseCluster, 1);
  NodeLinearisation linearisation;
  guint next = 0;

  fill_cluster (mempool, entries, cluster);
  node_linearise (cluster, &linearisation);
  for (guint i = 0; i < linearisation.n_chunks; i++) {
    NodeMempoolChunk *chunk = new_chunk ();
    for (guint64 left = linearisation.chunks[i]; left != 0; left &= left - 1)
      chunk_add (mempool, chunk, g_ptr_array_index (entries, linearisation.order[next++]));
    g_ptr_array_add (chunks, chunk);
  }
  return chunks;
}

/* In the order of arrival; a chunk is merged into the one before it while it has the higher fee rate. */
static GPtrArray *
make_chunks (NodeMempool *mempool, const GPtrArray *ordered)
{
  GPtrArray *chunks = g_ptr_array_new_with_free_func (chunk_free);

  for (guint i = 0; i < ordered->len; i++) {
    NodeMempoolChunk *chunk = new_chunk ();

    chunk_add (mempool, chunk, g_ptr_array_index (ordered, i));
    while (chunks->len > 0) {
      NodeMempoolChunk *before = g_ptr_array_index (chunks, chunks->len - 1);
      if (compare_chunk_rates (chunk->fee_sat, chunk->weight, before->fee_sat, before->weight) <= 0)
        break;
      g_ptr_array_extend (before->entries, chunk->entries, NULL, NULL);
      before->fee_sat = btc_amount_add_saturated (before->fee_sat, chunk->fee_sat);
      before->weight += chunk->weight;
      chunk_free (chunk);
      chunk = g_ptr_array_steal_index (chunks, chunks->len - 1);
    }
    g_ptr_array_add (chunks, chunk);
  }
  return chunks;
}

static GPtrArray *
make_cluster_chunks (NodeMempool *mempool, NodeMempoolEntry *entry)
{
  g_autoptr (GHashTable) set = g_hash_table_new (NULL, NULL), none = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) entries = NULL;

  node_mempool_add_cluster (set, entry, none);
  entries = node_mempool_sort (set);
  return entries->len <= NODE_LINEARISE_MAX ? make_optimal_chunks (mempool, entries) : make_chunks (mempool, entries);
}

/* BEFORE: the previous chunk of the cluster, NULL for the first one. */
static void
chunk_set_order (NodeMempoolChunk *chunk, const NodeMempoolChunk *before)
{
  chunk->level_weight = chunk->weight;
  if (before != NULL && compare_chunk_rates (before->fee_sat, before->weight, chunk->fee_sat, chunk->weight) == 0)
    chunk->level_weight += before->level_weight;
  for (guint i = 0; i < chunk->entries->len; i++) {
    const NodeMempoolEntry *entry = g_ptr_array_index (chunk->entries, i);
    if (memcmp (entry->tx->txid32, chunk->last32, sizeof chunk->last32) > 0)
      memcpy (chunk->last32, entry->tx->txid32, sizeof chunk->last32);
  }
}

GPtrArray *
node_mempool_dup_chunks (NodeMempool *mempool, NodeMempoolEntry *entry)
{
  gboolean alone = entry->parents->len == 0 && entry->children->len == 0; /* the usual case */
  GPtrArray *chunks = alone ? make_single_chunk (mempool, entry) : make_cluster_chunks (mempool, entry);

  for (guint i = 0; i < chunks->len; i++)
    chunk_set_order (g_ptr_array_index (chunks, i), i > 0 ? g_ptr_array_index (chunks, i - 1) : NULL);
  return chunks;
}

/* Only a reorganisation creates larger clusters. */
void
node_mempool_note_cluster (NodeMempool *mempool, NodeMempoolEntry *entry)
{
  g_autoptr (GHashTable) set = NULL, none = NULL;

  if (mempool->may_be_large)
    return;
  set = g_hash_table_new (NULL, NULL);
  none = g_hash_table_new (NULL, NULL);
  node_mempool_add_cluster (set, entry, none);
  mempool->may_be_large = g_hash_table_size (set) > NODE_LINEARISE_MAX;
}

gboolean
node_mempool_is_optimal (NodeMempool *mempool)
{
  return !mempool->may_be_large && !mempool->is_unsettled;
}
