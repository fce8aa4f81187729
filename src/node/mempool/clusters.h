#pragma once

#include "node/mempool/mempool.h"

G_BEGIN_DECLS

/* The linearisation of a cluster into chunks, whose fee rates decrease. Chain thread. */

typedef struct {
  gint64 fee_sat;     /* with prioritised fee deltas */
  guint64 weight;     /* adjusted for sigops */
  GPtrArray *entries; /* in the order in which they are mined; borrowed */
} NodeMempoolChunk;

/* The chunks (NodeMempoolChunk) of ENTRY's cluster, the highest fee rate first. The caller frees the array. */
GPtrArray *node_mempool_dup_chunks (NodeMempool *mempool, NodeMempoolEntry *entry);

/* Whether the order of all clusters is known to be optimal. */
gboolean node_mempool_is_optimal (NodeMempool *mempool);

/* Compares fee rates: below 0 when that of A is lower than that of B. */
int node_mempool_chunk_compare (const NodeMempoolChunk *a, const NodeMempoolChunk *b);

G_END_DECLS
