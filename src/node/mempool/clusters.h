#pragma once

#include "node/mempool/mempool.h"

G_BEGIN_DECLS

/* The linearisation of a cluster in chunks, each of which pays for its own ancestors. Chain thread. */

typedef struct {
  gint64 fee_sat;     /* with prioritised fee deltas */
  guint64 weight;     /* with what signature operations weigh */
  GPtrArray *entries; /* in the order in which they are mined; borrowed */
} NodeMempoolChunk;

/* The chunks (NodeMempoolChunk) of ENTRY's cluster, the best fee rate first. The caller frees the array. */
GPtrArray *node_mempool_dup_chunks (NodeMempool *mempool, NodeMempoolEntry *entry);

/* Compares fees by weight: below 0 when A pays less than B. */
int node_mempool_chunk_compare (const NodeMempoolChunk *a, const NodeMempoolChunk *b);

G_END_DECLS
