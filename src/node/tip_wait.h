#pragma once

#include "node/context.h"

G_BEGIN_DECLS

/* Waiting for the chain on the main context, without a thread. Main context. */

typedef enum {
  NODE_TIP_WAIT_OVER,      /* is_over() was TRUE */
  NODE_TIP_WAIT_TIMED_OUT, /* it was not */
  NODE_TIP_WAIT_CANCELLED, /* the client does not wait any longer, or the node is stopping */
} NodeTipWaitEnd;

typedef struct {
  /* Whether the wait is over. TIP is never NULL. */
  gboolean (*is_over) (const NodeContext *context, const NodeTip *tip, gpointer data);
  /* Called once; the wait is freed after this. TIP is NULL before the chain has one. */
  void (*end) (gpointer data, const NodeTip *tip, NodeTipWaitEnd how);
  /* The interval of calls of is_over() besides those at each change of the tip; 0: none. */
  guint interval_ms;
} NodeTipWaitClass;

typedef struct _NodeTipWait NodeTipWait;

/* Waits until is_over(), which may be at once, until CANCELLABLE is cancelled, or for TIMEOUT_MS (0: any time). DATA is
 * borrowed until end(). The result is valid until then. */
NodeTipWait *node_tip_wait_new (const NodeContext *context,
                                GCancellable *cancellable,
                                const NodeTipWaitClass *class,
                                gpointer data,
                                guint timeout_ms);

/* Something other than the tip has changed: calls is_over() now. */
void node_tip_wait_check (NodeTipWait *wait);

G_END_DECLS
