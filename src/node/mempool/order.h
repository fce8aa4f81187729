#pragma once

#include "node/mempool/clusters.h"

G_BEGIN_DECLS

/* The order in which all entries would be mined: parents before children. On a thread that may block; FALSE or NULL with
 * an ERROR of node_chain_run(). */

typedef struct {
  NodeMempoolId id;
  NodeMempoolChunk chunk; /* without its entries; its weight is 0 if the transaction has left the mempool */
  guint position;         /* in the chunk */
  guint32 cluster;        /* its number in this list */
} NodeMempoolPlace;

/* The places (NodeMempoolPlace) of IDS, from node_mempool_walk_begin(), in this order, so that a chunk is not interrupted.
 * Those that have left the mempool meanwhile come last, by arrival. The caller frees the array. */
GArray *node_mempool_list_places (NodeMempool *mempool, const GArray *ids, GCancellable *cancellable, GError **error);

/* Sorts IDS in this way. */
gboolean node_mempool_sort_mined (NodeMempool *mempool, GArray *ids, GCancellable *cancellable, GError **error);

G_END_DECLS
