#pragma once

#include "common/pace.h"
#include "node/index/index.h"
#include "node/store/db.h"

G_BEGIN_DECLS

/* A block as an index sees it. */
typedef struct {
  const NodeBlock *index;
  gint32 file; /* its place in the block files */
  guint32 data_pos;
  BtcBlock *block;      /* NULL when the index does not need it */
  const BtcCoin *spent; /* in input order, without the coinbase; NULL when the index does not need them */
  gsize n_spent;
} NodeIndexBlock;

/* The implementation of an index: how it adds and removes a block. All functions except close() run on the index's
 * thread, or before it is started. */
typedef struct {
  const char *name;
  const char *thread_name;   /* at most 15 bytes */
  const char *folder;        /* of the database, below indexes/ */
  const char *locator_key;   /* the key of the position, as stored */
  const char *locator_key_2; /* the key of older versions; NULL: none */
  gboolean append_spent;     /* append() needs the coins that the block spent */
  gboolean remove_block;     /* remove() needs the block */
  gboolean remove_spent;     /* remove() needs these coins */
  gsize size;                /* of the object, which begins with a NodeIndex */
  /* Reads the stored state; BEST is the last indexed block, NULL for none. */
  gboolean (*load) (NodeIndex *index, const NodeBlock *best, GError **error);
  gboolean (*append) (NodeIndex *index, const NodeIndexBlock *block, GError **error);
  gboolean (*remove) (NodeIndex *index, const NodeIndexBlock *block, GError **error); /* may be NULL */
  /* Adds to BATCH what must be stored together with the position. */
  gboolean (*commit) (NodeIndex *index, NodeDbBatch *batch, GError **error); /* may be NULL */
  void (*close) (NodeIndex *index);                                          /* may be NULL */
} NodeIndexClass;

struct _NodeIndex {
  const NodeIndexClass *class;
  NodeChain *chain;
  NodePruneHold *hold; /* of the blocks from `committed` on */
  char *path;          /* of the database */
  NodeDb *db;          /* NULL before it is loaded */
  NodeIndexOwner owner;
  GThread *thread;

  GMutex lock; /* guards what follows */
  GCond changed;
  const NodeBlock *best;      /* the last block that is in the index */
  const NodeBlock *flushed;   /* where a restart of the chain would begin */
  const NodeBlock *committed; /* the block of the position on disk; written by the thread only */
  gboolean synced;
  gboolean wake; /* there may be work to do */
  gboolean stopping;
  gboolean failed;
  double fraction; /* the indexed part of the chain */
  CommonPace pace; /* while it is being built */

  /* The thread's own. */
  gint64 last_commit_us;
  gint64 last_log_us;
  gint64 last_report_us;
};

/* ---- index.c ---- */
/* FOLDER is the network's indexes/. */
NodeIndex *
node_index_new (const NodeIndexClass *class, NodeChain *chain, const char *folder, const NodeIndexOwner *owner);
void node_index_free (NodeIndex *index); /* after node_index_stop() */
/* Chain thread, once the chain is loaded: opens the database (WIPE: an empty one) and finds the position. */
gboolean node_index_load (NodeIndex *index, gsize cache_bytes, gboolean wipe, GError **error);
void node_index_set_best (NodeIndex *index, const NodeBlock *best);
/* Adds advice to an *ERROR about damage. Returns FALSE. */
gboolean node_index_advise (NodeIndex *index, GError **error);
/* "The index NAME is damaged: WHAT", with advice. Returns FALSE. */
gboolean node_index_fail_corrupt (NodeIndex *index, const char *what, GError **error);
gboolean node_index_commit (NodeIndex *index, GError **error); /* if possible now; see index.c */

/* ---- follow.c ---- */
void node_index_start (NodeIndex *index);
void node_index_stop (NodeIndex *index);
void node_index_wake (NodeIndex *index, const NodeBlock *flushed); /* FLUSHED NULL: as before */

/* ---- blocks.c: reading blocks and their undo data from the files ---- */
typedef struct {
  const NodeBlock *block;
  gint32 file;
  guint32 data_pos;
  guint64 chain_tx;
} NodeIndexPlace;

/* The current position of BLOCK's data. FALSE: it is not stored. */
gboolean node_index_get_place (NodeIndex *index, const NodeBlock *block, NodeIndexPlace *place);
/* For rows with a position in the files. *BLOCK is set to the block that begins there, verified, and *AT to its entry
 * in the tree; NULL if there is none, because the row is from before a crash. */
gboolean node_index_read_at (NodeIndex *index,
                             guint64 file,
                             guint64 pos,
                             const NodeBlock **at,
                             BtcBlock **block,
                             GError **error);

typedef struct {
  NodeIndexBlock info;
  BtcBlock *block;
  GArray *spent;
  GByteArray *scripts;
} NodeIndexData;
gboolean node_index_read (NodeIndex *index,
                          const NodeIndexPlace *place,
                          gboolean want_block,
                          gboolean want_spent,
                          NodeIndexData *data,
                          GError **error);
void node_index_data_clear (NodeIndexData *data);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NodeIndexData, node_index_data_clear)

/* ---- locator.c ---- */
/* The hash of the first block of the stored locator; *FOUND FALSE when there is none. */
gboolean node_index_read_locator (NodeIndex *index, guint8 hash32[32], gboolean *found, GError **error);
void node_index_write_locator (NodeIndex *index, const NodeBlock *best, NodeDbBatch *batch);

/* ---- by_height.c: records by height, moved to the block's hash when it leaves the chain ---- */
#define NODE_INDEX_HEIGHT_KEY_SIZE 5
void node_by_height_key (guint32 height, guint8 key[NODE_INDEX_HEIGHT_KEY_SIZE]);
void node_by_height_put (NodeDbBatch *batch, const NodeBlock *block, const GByteArray *value);
/* *VALUE, emptied first, becomes the record of BLOCK. Any thread. */
gboolean node_by_height_get (NodeDb *db, const NodeBlock *block, GByteArray *value, gboolean *found, GError **error);
/* Adds to BATCH a copy of the record at BLOCK's height, under the hash that it names. */
gboolean node_by_height_keep (NodeIndex *index, const NodeBlock *block, NodeDbBatch *batch, GError **error);

G_END_DECLS
