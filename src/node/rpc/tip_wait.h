#pragma once

#include "node/rpc/context.h"

G_BEGIN_DECLS

/* Waiting for the chain on the main context, without a thread: for RpcMethod.wait. */

typedef struct {
  /* Whether the wait is over. TIP is never NULL. */
  gboolean (*is_over) (RpcCall *call, const NodeTip *tip, gpointer data);
  /* Ends TASK, which is owned by the caller. TIP is NULL before the chain has one; CANCELLED: the client has
   * disconnected, or the node is stopping. */
  void (*end) (GTask *task, const NodeTip *tip, gboolean cancelled);
  /* The interval of calls of is_over() besides those at each change of the tip; 0: none. */
  guint interval_ms;
} NodeTipWaitClass;

/* Ends TASK (taken over) as soon as is_over() is TRUE, which may be at once, when CALL is cancelled, or after
 * TIMEOUT_MS (0: never). DATA is taken over, and freed with g_free(). */
void node_tip_wait (RpcCall *call, GTask *task, const NodeTipWaitClass *class, gpointer data, guint timeout_ms);

G_END_DECLS
