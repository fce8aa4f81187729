#pragma once

#include "node/blocktree/tree.h"
#include "node/chainstate/read_ahead.h"
#include "node/store/store.h"

G_BEGIN_DECLS

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
  NodeBlock *tip;    /* what the coins stand for; NULL: nothing yet */
  NodeBlock *base;   /* they began with the snapshot of this block; NULL: with nothing */
  NodeBlock *target; /* blocks are connected no further than here; NULL: as far as there are any */
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
