#pragma once

#include "node/index/index.h"

G_BEGIN_DECLS

/* All indexes of a node. */

typedef enum {
  NODE_INDEX_TX,
  NODE_INDEX_COINSTATS,
  NODE_INDEX_SPENDER,
  NODE_INDEX_FILTER,
} NodeIndexKind;
#define NODE_N_INDEXES 4

typedef struct {
  gboolean enabled[NODE_N_INDEXES];
  gsize dbcache_bytes; /* of which each index gets a part */
  const char *datadir; /* the network's own folder; borrowed for the call */
  gboolean wipe;       /* -reindex */
  NodeIndexOwner owner;
} NodeIndexesOptions;

typedef struct _NodeIndexes NodeIndexes;

/* Listens to CHAIN, which is not loaded yet. Opens nothing. */
NodeIndexes *node_indexes_new (NodeChain *chain, const NodeIndexesOptions *options);

/* Chain thread, once the chain is loaded: opens the databases and starts the threads. */
gboolean node_indexes_load (NodeIndexes *indexes, GError **error);

/* Ends the threads, which write their positions. Before node_chain_close(), not on the chain thread. */
void node_indexes_stop (NodeIndexes *indexes);

/* After node_indexes_stop(), and after node_chain_close(). */
void node_indexes_free (NodeIndexes *indexes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeIndexes, node_indexes_free)

/* NULL when there is none of this kind, and before it is loaded. Any thread. */
NodeIndex *node_indexes_get (NodeIndexes *indexes, NodeIndexKind kind);

/* Waits for a limited time until the stored position of every index is BLOCK, up to which the coins were just flushed.
 * Not on the chain thread, nor on a main loop. */
void node_indexes_wait_committed (NodeIndexes *indexes, const NodeBlock *block);

G_END_DECLS
