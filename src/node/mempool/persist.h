#pragma once

#include "node/mempool/mempool.h"

G_BEGIN_DECLS

/* Saves and loads mempool.dat. */

/* A snapshot for saving: created on the chain thread, written on any other. */
typedef struct _NodeMempoolSnapshot NodeMempoolSnapshot;
NodeMempoolSnapshot *node_mempool_snapshot_new (NodeMempool *mempool);
void node_mempool_snapshot_free (NodeMempoolSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeMempoolSnapshot, node_mempool_snapshot_free)

/* Replaces PATH by it, with a new key, or with PLAIN in version 1. Blocking; after a failure PATH is unchanged. Any
 * thread but the main loop's. */
gboolean node_mempool_dump (const NodeMempoolSnapshot *snapshot, const char *path, gboolean plain, GError **error);

typedef struct {
  gboolean use_current_time; /* instead of the times in the file */
  gboolean apply_deltas;
  gboolean apply_unbroadcast;
} NodeMempoolLoadOptions;

/* Accepts the transactions of a file, in slices. Chain thread. */
typedef struct _NodeMempoolLoad NodeMempoolLoad;
/* NULL with ERROR when the file cannot be opened or has another format. */
NodeMempoolLoad *
node_mempool_load_new (NodeMempool *mempool, const char *path, const NodeMempoolLoadOptions *options, GError **error);
void node_mempool_load_free (NodeMempoolLoad *load);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeMempoolLoad, node_mempool_load_free)

typedef enum { NODE_MEMPOOL_LOAD_MORE, NODE_MEMPOOL_LOAD_DONE, NODE_MEMPOOL_LOAD_FAILED } NodeMempoolLoadState;

/* Works for about BUDGET_US. FAILED with ERROR: the file is damaged from here on, or cannot be read; transactions
 * accepted before stay. */
NodeMempoolLoadState node_mempool_load_run (NodeMempoolLoad *load, gint64 budget_us, GError **error);

G_END_DECLS
