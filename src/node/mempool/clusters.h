#pragma once

#include "node/mempool/mempool.h"

G_BEGIN_DECLS

/* The linearisation of a cluster into chunks, whose fee rates decrease. Chain thread. */

typedef struct {
  gint64 fee_sat;     /* with prioritised fee deltas */
  guint64 weight;     /* adjusted for sigops */
  GPtrArray *entries; /* in the order in which they are mined; borrowed */
  /* What decides between chunks of the same fee rate. */
  guint64 level_weight; /* of the cluster's chunks of this fee rate, up to and including this one */
  guint8 last32[32];    /* the highest ID of its transactions, compared as bytes */
} NodeMempoolChunk;

/* The chunks (NodeMempoolChunk) of ENTRY's cluster, the highest fee rate first. The caller frees the array. */
GPtrArray *node_mempool_dup_chunks (NodeMempool *mempool, NodeMempoolEntry *entry);

/* Whether the order of all clusters is known to be optimal. */
gboolean node_mempool_is_optimal (NodeMempool *mempool);

/* Below 0 when A is mined before B. Does not look at their entries. */
int node_mempool_chunk_compare (const NodeMempoolChunk *a, const NodeMempoolChunk *b);

G_END_DECLS
