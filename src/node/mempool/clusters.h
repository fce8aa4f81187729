#pragma once

#include "node/mempool/mempool.h"

G_BEGIN_DECLS

/* How the transactions of a cluster would be mined: in chunks, each of which pays for its own parents. Chain thread. */

typedef struct {
  gint64 fee_sat;     /* with what was prioritised */
  guint64 weight;     /* with what signature operations weigh */
  GPtrArray *entries; /* in the order in which they are mined; borrowed */
} NodeMempoolChunk;

/* The chunks (NodeMempoolChunk) of ENTRY's cluster, the best payers first. The caller frees the array. */
GPtrArray *node_mempool_dup_chunks (NodeMempool *mempool, NodeMempoolEntry *entry);

/* Compares fees by weight: below 0 when A pays less than B. */
int node_mempool_chunk_compare (const NodeMempoolChunk *a, const NodeMempoolChunk *b);

G_END_DECLS
