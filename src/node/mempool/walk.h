#pragma once

#include "node/mempool/mempool.h"

G_BEGIN_DECLS

/* Iterates over the mempool without blocking the chain thread: first the IDs, then the entries in short jobs. Entries
 * that are added or removed meanwhile are skipped. On a thread that may block. */

/* The IDs (NodeMempoolId) by arrival, and the mempool's sequence number at this time (SEQUENCE may be NULL). NULL with
 * an ERROR of node_chain_run(). */
GArray *node_mempool_walk_begin (NodeMempool *mempool, guint64 *sequence, GCancellable *cancellable, GError **error);

/* Sorts IDS, from node_mempool_dup_ids(), by arrival: parents before children. */
void node_mempool_sort_ids (GArray *ids);

/* Calls FUNC on the chain thread for each of IDS that is still in the mempool. FALSE with ERROR: FUNC returned FALSE,
 * or as above. */
typedef gboolean (*NodeMempoolWalkFunc) (NodeMempool *mempool, NodeMempoolEntry *entry, gpointer data, GError **error);
gboolean node_mempool_walk (NodeMempool *mempool,
                            const GArray *ids,
                            NodeMempoolWalkFunc func,
                            gpointer data,
                            GCancellable *cancellable,
                            GError **error);

G_END_DECLS
