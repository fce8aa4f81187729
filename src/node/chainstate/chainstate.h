#pragma once

#include "node/blocktree/tree.h"
#include "node/chainstate/progress.h"
#include "node/chainstate/read_ahead.h"
#include "node/store/store.h"

G_BEGIN_DECLS

/* What a block that breaks a rule means. */
typedef enum {
  NODE_REFUSAL_OF_BLOCK,    /* it is marked as invalid, with what builds on it: there are other branches */
  NODE_REFUSAL_OF_SNAPSHOT, /* and the snapshot above is worth nothing: nothing that was built on it may be used */
} NodeRefusal;

/* What a set of coins is there for. */
typedef struct {
  NodeBlock *target; /* blocks are connected no further than here; NULL: as far as there are any */
  NodeRefusal refusal;
  gboolean is_of_tip; /* its blocks are reported to the listeners one by one, and the mempool lends it memory */
  guint32 prune_from; /* files with blocks below this height are not pruned for it: another set needs them */
} NodeChainstateRole;

/* One set of coins and the block that it stands for. There is one; and a second while the blocks below a snapshot are
 * checked. Its owner sets what does not follow from connecting, disconnecting and flushing. Chain thread. */
typedef struct {
  /* Borrowed, as long as it is open. */
  NodeBlockTree *tree;
  const BtcParams *params;
  NodeHealth *health;
  const char *datadir;

  NodeCoins *coins;
  NodeReadAhead *read_ahead;
  NodeBlock *tip;  /* what the coins stand for; NULL: nothing yet */
  NodeBlock *base; /* they began with the snapshot of this block; NULL: with nothing */
  NodeChainstateRole role;
  gsize db_cache_bytes;

  /* ---- flush.c ---- */
  const NodeBlock *flushed_tip;  /* what they stand for on the disk; NULL: nothing */
  const NodeBlock *flushing_tip; /* the block that a flush in progress will bring there; NULL: none is */
  gint64 last_flush_us;          /* when the last one began */
  guint n_flushes;               /* that came to their end */
  /* Called on another thread when a flush may be finished: node_chainstate_finish_flush_if_over() is to be called. */
  void (*written) (gpointer data);
  gpointer written_data;
} NodeChainstate;

/* ---- open.c ---- */

typedef struct {
  const char *path; /* the folder of the coins */
  gboolean wipe;
  gboolean may_be_unknown; /* coins of blocks that the tree does not know are wiped: its index is being built again */
  gsize db_cache_bytes;
  gsize cache_bytes;
  gsize batch_bytes;         /* 0: the default */
  NodeProgressFunc progress; /* of a replay */
  gpointer data;
} NodeChainstateOptions;
/* Opens the coins, replays a flush that was cut off, and makes the block that they stand for the tip: NULL when there are
 * none. FALSE with ERROR: what was opened is closed by node_chainstate_close(). */
gboolean node_chainstate_open (NodeChainstate *state, const NodeChainstateOptions *options, GError **error);

/* ---- chainstate.c ---- */

/* Its coins were opened, and stand for TIP, on the disk, too. */
void node_chainstate_begin (NodeChainstate *state, NodeBlock *tip);
/* Closes the coins; flushes nothing. The other fields stay. */
void node_chainstate_close (NodeChainstate *state);
/* Takes the tip out of the coins: the block before it is the tip now. *BLOCK is the data of the one that was left, which
 * the caller owns. An error means that the coins can no longer be trusted, and breaks the health, except when the block
 * could not be read. */
gboolean node_chainstate_disconnect_tip (NodeChainstate *state, BtcBlock **block, GError **error);

/* ---- flush.c ---- */

/* Writes blocks, index and coins. With EMPTY nothing of the coins stays in memory. */
gboolean node_chainstate_flush (NodeChainstate *state, gboolean empty, GError **error);
/* Begins, ends or waits for flushes of the coins as the cache and the time demand it. INDEX_IS_DUE: blocks and index are
 * written even when the coins are not. */
gboolean node_chainstate_flush_if_needed (NodeChainstate *state, gboolean index_is_due, GError **error);
/* Begins a flush of the coins, unless one is in progress or all of them are on the disk. */
gboolean node_chainstate_begin_flush (NodeChainstate *state, GError **error);
gboolean node_chainstate_flush_is_due (NodeChainstate *state); /* that would write or free coins */
gboolean node_chainstate_finish_flush_if_over (NodeChainstate *state, GError **error);

G_END_DECLS
