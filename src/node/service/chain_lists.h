#pragma once

#include <gio/gio.h>

#include "node/mempool/mempool.h"

G_BEGIN_DECLS

/* Reads the data for the calls of chain_calls.h. Any thread that may block. */

#define NODE_CHAIN_LIST_MAX_BYTES (8u << 20)

/* BUS_ERROR_PRUNED when the node has pruned it, otherwise disk errors. */
BtcBlock *node_chain_list_read (NodeChain *chain, const NodeBlock *index, GError **error);

/* Up to LIMIT blocks of the branch of TIP that follow AFTER32 (NULL: from the genesis block on), as BtcBlock; the first
 * is at *FIRST_HEIGHT. BUS_ERROR_NOT_IN_CHAIN, BUS_ERROR_PRUNED. */
GPtrArray *node_chain_list_blocks (NodeChain *chain,
                                   const NodeTip *tip,
                                   const guint8 *after32,
                                   guint32 limit,
                                   GCancellable *cancellable,
                                   guint32 *first_height,
                                   GError **error);

/* The maximum number of ancestors; transactions with more are left out. The sum of this many fees, with their deltas,
 * does not overflow. */
#define NODE_CHAIN_LIST_MAX_ANCESTORS 2000

/* A transaction of the mempool with its ancestors there. */
typedef struct {
  guint8 txid32[32];
  guint32 count; /* including itself, like the following */
  gint64 vsize;
  gint64 fees_sat; /* with the deltas of prioritisetransaction: may be negative */
} NodeChainAncestors;

/* NodeChainAncestors for those of TXIDS (32 bytes each) that are in the mempool, in the same order. NULL with an ERROR
 * of node_chain_run(). */
GArray *node_chain_list_ancestors (NodeMempool *mempool, GBytes *txids, GCancellable *cancellable, GError **error);

G_END_DECLS
