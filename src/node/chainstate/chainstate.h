#pragma once

#include "node/blocktree/tree.h"
#include "node/chainstate/progress.h"
#include "node/chainstate/read_ahead.h"
#include "node/store/store.h"

G_BEGIN_DECLS

/* The consequence of an invalid block. */
typedef enum {
  NODE_REFUSAL_OF_BLOCK,    /* it is marked as invalid, with its descendants; other branches may be valid */
  NODE_REFUSAL_OF_SNAPSHOT, /* also, the snapshot above is invalid, and everything that was derived from it */
} NodeRefusal;

/* The purpose of a set of coins. */
typedef struct {
  NodeBlock *target; /* blocks are connected no further than here; NULL: as far as there are any */
  NodeRefusal refusal;
  gboolean is_of_tip; /* its blocks are reported to the listeners, and it may use spare memory of the mempool */
  guint32 prune_from; /* files with blocks below this height are not pruned for it: another set needs them */
} NodeChainstateRole;

/* A set of coins and its best block. There is one, and a second one while the blocks below a snapshot are validated.
 * The owner sets the fields that are not changed by connecting, disconnecting and flushing. Chain thread. */
typedef struct {
  /* Borrowed, as long as it is open. */
  NodeBlockTree *tree;
  const BtcParams *params;
  NodeHealth *health;
  const char *datadir;

  NodeCoins *coins;
  NodeReadAhead *read_ahead;
  NodeBlock *tip;  /* the best block of the coins; NULL: none yet */
  NodeBlock *base; /* the coins began with the snapshot of this block; NULL: with the empty set */
  NodeChainstateRole role;
  gsize db_cache_bytes;
  guint read_ahead_threads; /* 0: blocks and coins are read when they are needed */

  /* ---- flush.c ---- */
  const NodeBlock *flushed_tip;  /* their best block on disk; NULL: none */
  const NodeBlock *flushing_tip; /* the best block of a flush in progress; NULL: there is none */
  gint64 last_flush_us;          /* when the last one began */
  guint n_flushes;               /* the number of completed flushes */
  /* Called on another thread when a flush may be over: then node_chainstate_finish_flush_if_over() must be called. */
  void (*written) (gpointer data);
  gpointer written_data;
} NodeChainstate;

/* ---- open.c ---- */

typedef struct {
  const char *path; /* the folder of the coins */
  gboolean wipe;
  gboolean may_be_unknown; /* coins whose best block is not in the tree are wiped: the index is being rebuilt */
  gsize db_cache_bytes;
  gsize cache_bytes;
  gsize batch_bytes;         /* 0: the default */
  NodeProgressFunc progress; /* of a replay */
  gpointer data;
} NodeChainstateOptions;
/* Opens the coins, replays an interrupted flush, and makes their best block the tip: NULL when there are none. FALSE
 * with ERROR: node_chainstate_close() closes what was opened. */
gboolean node_chainstate_open (NodeChainstate *state, const NodeChainstateOptions *options, GError **error);

/* ---- chainstate.c ---- */

/* To be called when the coins have been opened: TIP is their best block, also on disk. */
void node_chainstate_begin (NodeChainstate *state, NodeBlock *tip);
/* Closes the coins; flushes nothing. The other fields stay. */
void node_chainstate_close (NodeChainstate *state);
/* Disconnects the tip: its parent becomes the tip. *BLOCK is the data of the disconnected block, which the caller owns.
 * An error means that the coins can no longer be trusted, and breaks the health, except when the block could not be
 * read. */
gboolean node_chainstate_disconnect_tip (NodeChainstate *state, BtcBlock **block, GError **error);

/* ---- flush.c ---- */

/* Writes blocks, index and coins. With EMPTY no coins stay in memory. */
gboolean node_chainstate_flush (NodeChainstate *state, gboolean empty, GError **error);
/* Begins, ends or waits for flushes of the coins, depending on the size of the cache and the time. INDEX_IS_DUE: blocks
 * and index are written even if the coins are not. */
gboolean node_chainstate_flush_if_needed (NodeChainstate *state, gboolean index_is_due, GError **error);
/* Begins a flush of the coins, unless one is in progress or all of them are on disk. */
gboolean node_chainstate_begin_flush (NodeChainstate *state, GError **error);
gboolean node_chainstate_flush_is_due (NodeChainstate *state); /* _flush_if_needed() would write or evict coins */
gboolean node_chainstate_finish_flush_if_over (NodeChainstate *state, GError **error);

G_END_DECLS
