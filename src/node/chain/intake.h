#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Blocks that come from outside, in any order, from any thread. A thread of its own checks them by themselves and
 * stores them, however long the chain thread takes for what it does; that takes them into the tree, and connects them
 * when all below are there. */

typedef enum {
  NODE_INTAKE_REQUESTED = 1 << 0, /* it was requested: stored even if it has little work */
  /* Its branch was found to have enough work to keep its header. Without this a header that is not in the tree is
   * refused. */
  NODE_INTAKE_WORK_CHECKED = 1 << 1,
  NODE_INTAKE_POW_CHECKED = 1 << 2,  /* the proof of work of its header was checked */
  NODE_INTAKE_BODY_CHECKED = 1 << 3, /* btc_block_check() found nothing */
} NodeIntakeFlags;

typedef enum {
  NODE_INTAKE_STORED,    /* its data is stored; one of the others follows, however late */
  NODE_INTAKE_CONNECTED, /* it is valid: it was connected to the coins, now or before */
  NODE_INTAKE_REFUSED,   /* the verdict is the rule that it breaks, or that an ancestor is invalid */
  NODE_INTAKE_IGNORED,   /* it was not requested, and is not worth storing */
  NODE_INTAKE_ENDED,     /* the chain stops, or its disk failed: there is no verdict */
} NodeIntakeEvent;

/* Reports a block: _STORED at most once and first, then one of the others exactly once. INDEX is its place in the tree,
 * NULL when it has none; VERDICT is borrowed, NULL but for _REFUSED. */
typedef void (*NodeIntakeFunc) (gpointer data,
                                NodeIntakeEvent event,
                                const NodeBlock *index,
                                const BtcVerdict *verdict);

/* As many bytes of blocks wait at most; one that is alone may be larger. */
#define NODE_INTAKE_MAX_BYTES ((gsize) 32 << 20)

/* Submits BLOCK (a reference is taken). FUNC comes in the thread-default main context of the caller, then FREE_DATA
 * (may be NULL). FALSE: neither comes, nothing was queued: G_IO_ERROR_BUSY when there is no room, G_IO_ERROR_CLOSED. */
gboolean node_intake_submit (NodeChain *chain,
                             BtcBlock *block,
                             NodeIntakeFlags flags,
                             NodeIntakeFunc func,
                             gpointer data,
                             GDestroyNotify free_data,
                             GError **error);
/* Calls FUNC (DATA) once, in the thread-default main context of the caller, when at most half of the room is taken, or
 * the chain stops. FREE_DATA may be NULL. */
void node_intake_notify_room (NodeChain *chain, GSourceOnceFunc func, gpointer data, GDestroyNotify free_data);
gsize node_intake_get_bytes (NodeChain *chain); /* of the blocks that wait */

G_END_DECLS
