#pragma once

#include "node/mempool/mempool.h"

G_BEGIN_DECLS

/* mempool.dat of a node: loaded once the chain is loaded, saved at shutdown. */

typedef struct _NodeMempoolKeep NodeMempoolKeep;

/* PATH is that of mempool.dat. Not ENABLED (-persistmempool=0): it is neither loaded, nor saved at shutdown. PLAIN: it
 * is written in version 1. Made before node_chain_load(), freed after node_chain_close(). */
NodeMempoolKeep *
node_mempool_keep_new (NodeChain *chain, NodeMempool *mempool, const char *path, gboolean enabled, gboolean plain);
void node_mempool_keep_free (NodeMempoolKeep *keep);

/* Begins to load, in slices between other jobs of the chain thread; afterwards the mempool counts as loaded, regardless
 * of the contents of the file, and LOADED is called on the chain thread. Chain thread. */
void node_mempool_keep_start (NodeMempoolKeep *keep, void (*loaded) (gpointer data), gpointer data);

/* Aborts loading. A partly loaded mempool is not saved, so that the file stays complete. Any thread. */
void node_mempool_keep_stop (NodeMempoolKeep *keep);

/* Writes the file now; waits for the chain thread. FALSE with ERROR. Any thread that may block. */
gboolean node_mempool_keep_save (NodeMempoolKeep *keep, GError **error);
/* The same at shutdown: does nothing when it is not enabled or not loaded yet. A failure is logged. */
void node_mempool_keep_save_last (NodeMempoolKeep *keep);

const char *node_mempool_keep_path (NodeMempoolKeep *keep); /* any thread */

G_END_DECLS
