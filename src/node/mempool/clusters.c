#include "node/mempool/clusters.h"

#include "node/mempool/private.h"

/* A cluster is linearised greedily: the next transaction is always the one with the highest ancestor fee rate, after
 * its missing ancestors. Then adjacent chunks are merged where the later one has a higher fee rate. */

#define MAX_BITS 64 /* a larger cluster, which only a reorganisation can create, stays in the order of arrival */

typedef struct {
  GPtrArray *entries;          /* parents first */
  guint64 ancestors[MAX_BITS]; /* of each entry, as a bit set of their indexes; including itself */
  gint64 fee_sat[MAX_BITS];
  guint64 weight[MAX_BITS];
} Cluster;

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
  return compare_chunk_rates (a->fee_sat, a->weight, b->fee_sat, b->weight);
}

static void
fill_cluster (NodeMempool *mempool, Cluster *cluster)
{
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < cluster->entries->len; i++) {
    const NodeMempoolEntry *entry = g_ptr_array_index (cluster->entries, i);

    g_hash_table_insert (places, (gpointer) entry, GUINT_TO_POINTER (i));
    cluster->fee_sat[i] = node_mempool_entry_fee (entry);
    cluster->weight[i] = weight_of (mempool, entry);
    cluster->ancestors[i] = (guint64) 1 << i;
    for (guint k = 0; k < entry->parents->len; k++)
      cluster->ancestors[i]
          |= cluster->ancestors[GPOINTER_TO_UINT (g_hash_table_lookup (places, g_ptr_array_index (entry->parents, k)))];
  }
}

static void
cluster_sum_up (const Cluster *cluster, guint64 set, gint64 *fee_sat, guint64 *weight)
{
  *fee_sat = 0;
  *weight = 0;
  for (guint i = 0; i < cluster->entries->len; i++)
    if (set >> i & 1) {
      *fee_sat += cluster->fee_sat[i];
      *weight += cluster->weight[i];
    }
}

/* The set of a transaction and its ancestors in LEFT with the highest fee rate; the lightest among equals. */
static guint64
find_best (const Cluster *cluster, guint64 left)
{
  guint64 best = 0, best_weight = 0;
  gint64 best_fee = 0;

  for (guint i = 0; i < cluster->entries->len; i++) {
    guint64 set = cluster->ancestors[i] & left, weight;
    gint64 fee_sat;
    int order;

    if ((left >> i & 1) == 0)
      continue;
    cluster_sum_up (cluster, set, &fee_sat, &weight);
    order = best != 0 ? compare_chunk_rates (fee_sat, weight, best_fee, best_weight) : 1;
    if (order < 0 || (order == 0 && weight >= best_weight))
      continue;
    best = set;
    best_fee = fee_sat;
    best_weight = weight;
  }
  return best;
}

static GPtrArray *
linearise_cluster (NodeMempool *mempool, GPtrArray *entries)
{
  Cluster cluster = { .entries = entries };
  guint64 left;
  GPtrArray *ordered;

  if (entries->len > MAX_BITS)
    return g_ptr_array_ref (entries);
  fill_cluster (mempool, &cluster);
  ordered = g_ptr_array_new ();
  left = entries->len == MAX_BITS ? G_MAXUINT64 : ((guint64) 1 << entries->len) - 1;
  while (left != 0) {
    guint64 next = find_best (&cluster, left);
    for (guint i = 0; i < entries->len; i++)
      if (next >> i & 1)
        g_ptr_array_add (ordered, g_ptr_array_index (entries, i));
    left &= ~next;
  }
  return ordered;
}

static GPtrArray *
make_chunks (NodeMempool *mempool, const GPtrArray *ordered)
{
  GPtrArray *chunks = g_ptr_array_new_with_free_func (chunk_free);

  for (guint i = 0; i < ordered->len; i++) {
    NodeMempoolEntry *entry = g_ptr_array_index (ordered, i);
    NodeMempoolChunk *chunk = g_new0 (NodeMempoolChunk, 1);

    chunk->entries = g_ptr_array_new ();
    g_ptr_array_add (chunk->entries, entry);
    chunk->fee_sat = node_mempool_entry_fee (entry);
    chunk->weight = weight_of (mempool, entry);
    while (chunks->len > 0) {
      NodeMempoolChunk *before = g_ptr_array_index (chunks, chunks->len - 1);
      if (node_mempool_chunk_compare (chunk, before) <= 0)
        break;
      g_ptr_array_extend (before->entries, chunk->entries, NULL, NULL);
      before->fee_sat += chunk->fee_sat;
      before->weight += chunk->weight;
      chunk_free (chunk);
      chunk = g_ptr_array_steal_index (chunks, chunks->len - 1);
    }
    g_ptr_array_add (chunks, chunk);
  }
  return chunks;
}

GPtrArray *
node_mempool_dup_chunks (NodeMempool *mempool, NodeMempoolEntry *entry)
{
  g_autoptr (GHashTable) set = g_hash_table_new (NULL, NULL), none = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) entries = NULL, ordered = NULL;

  node_mempool_add_cluster (set, entry, none);
  entries = node_mempool_sort (set);
  ordered = linearise_cluster (mempool, entries);
  return make_chunks (mempool, ordered);
}
