#include "node/rpc/tip_wait.h"

typedef struct {
  const NodeTipWaitClass *class;
  RpcCall *call;
  GTask *task;
  gpointer data;
  /* Each may be NULL. */
  GSource *timeout;
  GSource *interval;
  GSource *cancelled;
} TipWait;

static void
clear_wait_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
end_tip_wait (TipWait *wait, const NodeTip *tip, gboolean cancelled)
{
  node_monitor_remove_listener (node_rpc_context (wait->call)->monitor, wait);
  clear_wait_source (&wait->timeout);
  clear_wait_source (&wait->interval);
  clear_wait_source (&wait->cancelled);
  /* CALL is no longer valid after this. */
  wait->class->end (wait->task, tip, cancelled);
  g_object_unref (wait->task);
  g_free (wait->data);
  g_free (wait);
}

/* TRUE: it ended. */
static gboolean
check_tip_wait (TipWait *wait)
{
  g_autoptr (NodeTip) tip = node_chain_ref_tip (node_rpc_context (wait->call)->chain);

  if (tip == NULL || !wait->class->is_over (wait->call, tip, wait->data))
    return FALSE;
  end_tip_wait (wait, tip, FALSE);
  return TRUE;
}

static void
on_wait_tip_changed (gpointer data, NodeTip *tip)
{
  check_tip_wait (data);
}

static gboolean
on_wait_interval (gpointer data)
{
  return check_tip_wait (data) ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static gboolean
on_wait_timeout (gpointer data)
{
  TipWait *wait = data;
  g_autoptr (NodeTip) tip = node_chain_ref_tip (node_rpc_context (wait->call)->chain);

  end_tip_wait (wait, tip, FALSE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_wait_cancelled (GCancellable *cancellable, gpointer data)
{
  TipWait *wait = data;
  g_autoptr (NodeTip) tip = node_chain_ref_tip (node_rpc_context (wait->call)->chain);

  end_tip_wait (wait, tip, TRUE);
  return G_SOURCE_REMOVE;
}

/* SOURCE is taken over. */
static GSource *
attach_wait_source (TipWait *wait, GSource *source, GSourceFunc func)
{
  g_source_set_callback (source, func, wait, NULL);
  g_source_attach (source, NULL);
  return source;
}

void
node_tip_wait (RpcCall *call, GTask *task, const NodeTipWaitClass *class, gpointer data, guint timeout_ms)
{
  static const NodeMonitorListener listener = { .tip_changed = on_wait_tip_changed };
  TipWait *wait = g_new0 (TipWait, 1);

  wait->class = class;
  wait->call = call;
  wait->task = task;
  wait->data = data;
  node_monitor_add_listener (node_rpc_context (call)->monitor, &listener, wait);
  wait->cancelled
      = attach_wait_source (wait, g_cancellable_source_new (call->cancellable), G_SOURCE_FUNC (on_wait_cancelled));
  if (timeout_ms > 0)
    wait->timeout = attach_wait_source (wait, g_timeout_source_new (timeout_ms), on_wait_timeout);
  if (class->interval_ms > 0)
    wait->interval = attach_wait_source (wait, g_timeout_source_new (class->interval_ms), on_wait_interval);
  check_tip_wait (wait);
}
