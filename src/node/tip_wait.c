#include "node/tip_wait.h"

struct _NodeTipWait {
  const NodeTipWaitClass *class;
  const NodeContext *context;
  gpointer data;
  /* Each may be NULL. */
  GSource *timeout;
  GSource *interval;
  GSource *cancelled;
  GSource *first;
};

static void
clear_wait_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
end_tip_wait (NodeTipWait *wait, NodeTipWaitEnd how)
{
  g_autoptr (NodeTip) tip = node_chain_ref_tip (wait->context->chain);

  node_monitor_remove_listener (wait->context->monitor, wait);
  clear_wait_source (&wait->timeout);
  clear_wait_source (&wait->interval);
  clear_wait_source (&wait->cancelled);
  clear_wait_source (&wait->first);
  wait->class->end (wait->data, tip, how);
  g_free (wait);
}

/* TRUE: it ended. */
static gboolean
check_tip_wait (NodeTipWait *wait)
{
  g_autoptr (NodeTip) tip = node_chain_ref_tip (wait->context->chain);

  if (tip == NULL || !wait->class->is_over (wait->context, tip, wait->data))
    return FALSE;
  end_tip_wait (wait, NODE_TIP_WAIT_OVER);
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
on_wait_first (gpointer data)
{
  check_tip_wait (data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_wait_timeout (gpointer data)
{
  if (!check_tip_wait (data))
    end_tip_wait (data, NODE_TIP_WAIT_TIMED_OUT);
  return G_SOURCE_REMOVE;
}

static gboolean
on_wait_cancelled (GCancellable *cancellable, gpointer data)
{
  end_tip_wait (data, NODE_TIP_WAIT_CANCELLED);
  return G_SOURCE_REMOVE;
}

/* SOURCE is taken over. */
static GSource *
attach_wait_source (NodeTipWait *wait, GSource *source, GSourceFunc func)
{
  g_source_set_callback (source, func, wait, NULL);
  g_source_attach (source, NULL);
  return source;
}

NodeTipWait *
node_tip_wait_new (const NodeContext *context,
                   GCancellable *cancellable,
                   const NodeTipWaitClass *class,
                   gpointer data,
                   guint timeout_ms)
{
  static const NodeMonitorListener listener = { .tip_changed = on_wait_tip_changed };
  NodeTipWait *wait = g_new0 (NodeTipWait, 1);
  GSource *first = g_idle_source_new ();

  wait->class = class;
  wait->context = context;
  wait->data = data;
  node_monitor_add_listener (context->monitor, &listener, wait);
  wait->cancelled
      = attach_wait_source (wait, g_cancellable_source_new (cancellable), G_SOURCE_FUNC (on_wait_cancelled));
  if (timeout_ms > 0)
    wait->timeout = attach_wait_source (wait, g_timeout_source_new (timeout_ms), on_wait_timeout);
  if (class->interval_ms > 0)
    wait->interval = attach_wait_source (wait, g_timeout_source_new (class->interval_ms), on_wait_interval);
  g_source_set_priority (first, G_PRIORITY_DEFAULT);
  wait->first = attach_wait_source (wait, first, on_wait_first);
  return wait;
}

void
node_tip_wait_check (NodeTipWait *wait)
{
  check_tip_wait (wait);
}
