#pragma once

#include "node/blocktree/tree.h"

G_BEGIN_DECLS

/* The flag in the index that block files have been pruned. */
#define NODE_BLOCK_TREE_PRUNED_FLAG "prunedblockfiles"

/* The state of the tree, for the files of this folder. */
struct _NodeBlockTree {
  NodeBlockTreeOptions options; /* with its own strings */
  const BtcParams *params;
  NodeBlockFiles *files;
  NodeBlockIndexDb *index_db;
  gint64 last_write_us;
  GArray *header_listeners; /* HeaderListener; fixed once headers are accepted */
  gboolean have_pruned;

  GRecMutex lock;     /* guards what follows, and the fields of blocks that the chain thread writes */
  GHashTable *blocks; /* hash32 → NodeBlock, owned */
  GPtrArray *dirty;   /* blocks to be written to the index */
  NodeBlock *best_header;
  NodeBlock *announced_header; /* the best one when listeners were called last */
  NodeBlock *best_invalid;
  guint64 next_sequence;

  GMutex pin_lock;    /* taken after the lock, for the next three */
  GHashTable *pins;   /* file number → number of current readers */
  GHashTable *pruned; /* numbers of pinned files that their last reader deletes */
  GHashTable *put;    /* NodeBlock → Place (owned): written to the files, and not yet taken into the tree */

  GMutex store_lock; /* taken before the lock: held while a block is stored, or files are pruned */
};

typedef struct {
  NodeBestHeaderFunc func;
  gpointer data;
} HeaderListener;

/* headers.c. Without the lock: calls the listeners if the best header has changed since they were last called. */
void node_block_tree_announce_header (NodeBlockTree *tree);

/* Under the lock. */
NodeBlock *node_block_tree_insert (NodeBlockTree *tree, const BtcHeader *header, const guint8 hash32[32]);
void node_block_tree_mark_dirty (NodeBlockTree *tree, NodeBlock *block);

G_END_DECLS
