#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Blocks received from outside, in any order, on any thread. A separate thread checks the rules that need no coins and
 * stores them, regardless of how busy the chain thread is. The chain thread then adds them to the tree, and connects
 * them when all of their ancestors are available. */

typedef enum {
  NODE_INTAKE_REQUESTED = 1 << 0, /* it was requested: stored even if it has little work */
  /* Its branch was found to have enough work to keep its header. Without this flag a header that is not in the tree is
   * rejected. */
  NODE_INTAKE_WORK_CHECKED = 1 << 1,
  NODE_INTAKE_POW_CHECKED = 1 << 2,  /* the proof of work of its header was checked */
  NODE_INTAKE_BODY_CHECKED = 1 << 3, /* btc_block_check() succeeded */
} NodeIntakeFlags;

typedef enum {
  NODE_INTAKE_STORED,    /* its data is stored; one of the others follows, possibly much later */
  NODE_INTAKE_CONNECTED, /* it is valid: it was connected, now or before */
  NODE_INTAKE_REFUSED,   /* it is invalid, or an ancestor is: see the verdict */
  NODE_INTAKE_IGNORED,   /* it was not requested, and has too little work to be stored */
  NODE_INTAKE_ENDED,     /* the chain is stopping, or the disk failed: there is no verdict */
} NodeIntakeEvent;

/* Reports a block: _STORED at most once and first, then one of the others exactly once. INDEX is its entry in the tree,
 * NULL when it has none; VERDICT is borrowed, and NULL except for _REFUSED. */
typedef void (*NodeIntakeFunc) (gpointer data,
                                NodeIntakeEvent event,
                                const NodeBlock *index,
                                const BtcVerdict *verdict);

/* The limit for the total size of queued blocks; a single block may be larger. */
#define NODE_INTAKE_MAX_BYTES ((gsize) 32 << 20)

/* Submits BLOCK (a reference is taken). FUNC is called in the thread-default main context of the caller, then FREE_DATA
 * (may be NULL). FALSE: nothing was queued, and neither is called: G_IO_ERROR_BUSY when there is no room, or
 * G_IO_ERROR_CLOSED. */
gboolean node_intake_submit (NodeChain *chain,
                             BtcBlock *block,
                             NodeIntakeFlags flags,
                             NodeIntakeFunc func,
                             gpointer data,
                             GDestroyNotify free_data,
                             GError **error);
/* Calls FUNC (DATA) once, in the thread-default main context of the caller, when the queue is at most half full, or the
 * chain stops. FREE_DATA may be NULL. */
void node_intake_notify_room (NodeChain *chain, GSourceOnceFunc func, gpointer data, GDestroyNotify free_data);
gsize node_intake_get_bytes (NodeChain *chain); /* of the queued blocks */

G_END_DECLS
