#include "node/mempool/walk.h"

#include "common/clock.h"
#include "node/mempool/private.h"

/* How long a job may occupy the chain thread; its last entry may exceed that a little. */
#define WALK_SLICE_US 4000

typedef struct {
  NodeMempool *mempool;
  GArray *ids;
  guint64 sequence;
} WalkIds;

static void
walk_copy_ids (NodeChain *chain, gpointer data)
{
  WalkIds *ids = data;

  ids->ids = node_mempool_dup_ids (ids->mempool);
  ids->sequence = node_mempool_sequence (ids->mempool);
}

static int
walk_compare_ids (gconstpointer a, gconstpointer b)
{
  guint64 first = ((const NodeMempoolId *) a)->sequence, second = ((const NodeMempoolId *) b)->sequence;

  return first < second ? -1 : first > second;
}

void
node_mempool_sort_ids (GArray *ids)
{
  g_array_sort (ids, walk_compare_ids);
}

GArray *
node_mempool_walk_begin (NodeMempool *mempool, guint64 *sequence, GCancellable *cancellable, GError **error)
{
  WalkIds ids = { .mempool = mempool };

  if (!node_chain_run (mempool->chain, NODE_JOB_QUERIES, walk_copy_ids, &ids, cancellable, error))
    return NULL;
  node_mempool_sort_ids (ids.ids);
  if (sequence != NULL)
    *sequence = ids.sequence;
  return ids.ids;
}

typedef struct {
  NodeMempool *mempool;
  const GArray *ids;
  guint next;
  NodeMempoolWalkFunc func;
  gpointer data;
  gboolean ok;
  GError *error;
} Walk;

static void
walk_slice (NodeChain *chain, gpointer data)
{
  gint64 end_us = common_clock_monotonic_us () + WALK_SLICE_US;
  Walk *walk = data;

  do {
    const NodeMempoolId *id = &g_array_index (walk->ids, NodeMempoolId, walk->next++);
    NodeMempoolEntry *entry = node_mempool_find (walk->mempool, id->txid32);

    if (entry != NULL)
      walk->ok = walk->func (walk->mempool, entry, walk->data, &walk->error);
  } while (walk->ok && walk->next < walk->ids->len && common_clock_monotonic_us () < end_us);
}

gboolean
node_mempool_walk (NodeMempool *mempool,
                   const GArray *ids,
                   NodeMempoolWalkFunc func,
                   gpointer data,
                   GCancellable *cancellable,
                   GError **error)
{
  Walk walk = { .mempool = mempool, .ids = ids, .func = func, .data = data, .ok = TRUE };

  while (walk.ok && walk.next < ids->len)
    if (!node_chain_run (mempool->chain, NODE_JOB_QUERIES, walk_slice, &walk, cancellable, error))
      return FALSE;
  if (!walk.ok)
    g_propagate_error (error, walk.error);
  return walk.ok;
}
