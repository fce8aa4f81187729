#pragma once

#include "node/blocktree/tree.h"

G_BEGIN_DECLS

/* The flag of the index that files were deleted. */
#define NODE_BLOCK_TREE_PRUNED_FLAG "prunedblockfiles"

/* The state of the tree, for the files of this folder. */
struct _NodeBlockTree {
  NodeBlockTreeOptions options; /* with strings of its own */
  const BtcParams *params;
  NodeBlockFiles *files;
  NodeBlockIndexDb *index_db;
  gint64 last_write_us;
  GArray *header_listeners; /* HeaderListener; fixed once headers come */
  gboolean have_pruned;

  GRecMutex lock;     /* for all below, and for what the chain thread writes into a block */
  GHashTable *blocks; /* hash32 → NodeBlock, owned */
  GPtrArray *dirty;   /* blocks to be written to the index */
  NodeBlock *best_header;
  NodeBlock *announced_header; /* the best one when listeners were called last */
  NodeBlock *best_invalid;
  guint64 next_sequence;

  GMutex pin_lock;    /* taken after the lock, for the next three */
  GHashTable *pins;   /* file number → how many read it now */
  GHashTable *pruned; /* numbers of the files that the last of these deletes */
  GHashTable *put;    /* NodeBlock → Place (owned): in the files, and not yet taken into the tree */

  GMutex store_lock; /* taken before the lock: one stores a block, or files are pruned */
};

typedef struct {
  NodeBestHeaderFunc func;
  gpointer data;
} HeaderListener;

/* headers.c. Without the lock: calls the listeners if the best header is another than when they were called last. */
void node_block_tree_announce_header (NodeBlockTree *tree);

/* Under the lock. */
NodeBlock *node_block_tree_insert (NodeBlockTree *tree, const BtcHeader *header, const guint8 hash32[32]);
void node_block_tree_mark_dirty (NodeBlockTree *tree, NodeBlock *block);

G_END_DECLS
