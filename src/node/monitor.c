#include "node/monitor.h"

#define INTERVAL_MS 100

typedef struct {
  NodeMonitorListener listener;
  gpointer data;
  gboolean removed;
} Listener;

/* Pending notifications. */
typedef struct {
  gboolean status_changed, mempool_changed, warnings_changed, indexes_changed;
  NodeTip *tip; /* NULL: the same */
  guint64 mempool_sequence;
} MonitorChanges;

struct _NodeMonitor {
  GPtrArray *listeners; /* main context only */
  GMutex lock;          /* guards what follows */
  NodeStatus status;
  GHashTable *warnings; /* id → text */
  MonitorChanges changes;
  GSource *source; /* runs soon, when something has changed */
  gint64 last_us;
  GSource *stop_source; /* runs soon, after a request to stop */
  int exit_code;        /* the first of those requests that is not 0 */
};

const char *
node_state_name (NodeState state)
{
  switch (state) {
  case NODE_STATE_STARTING:
    return "starting";
  case NODE_STATE_LOADING:
    return "loading";
  case NODE_STATE_VERIFYING:
    return "verifying";
  case NODE_STATE_REINDEXING:
    return "reindexing";
  case NODE_STATE_IMPORTING:
    return "importing";
  case NODE_STATE_CONNECTING:
    return "connecting";
  case NODE_STATE_SNAPSHOT:
    return "snapshot";
  case NODE_STATE_SYNCING:
    return "syncing";
  case NODE_STATE_READY:
    return "ready";
  case NODE_STATE_STOPPING:
    return "stopping";
  case NODE_STATE_STOPPED:
    return "stopped";
  }
  return "starting";
}

NodeMonitor *
node_monitor_new (void)
{
  NodeMonitor *monitor = g_new0 (NodeMonitor, 1);
  monitor->listeners = g_ptr_array_new_with_free_func (g_rc_box_release);
  monitor->warnings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_mutex_init (&monitor->lock);
  return monitor;
}

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
node_monitor_free (NodeMonitor *monitor)
{
  if (monitor == NULL)
    return;
  clear_source (&monitor->source);
  clear_source (&monitor->stop_source);
  g_clear_pointer (&monitor->changes.tip, node_tip_unref);
  g_hash_table_unref (monitor->warnings);
  g_ptr_array_unref (monitor->listeners);
  g_mutex_clear (&monitor->lock);
  g_free (monitor);
}

void
node_monitor_add_listener (NodeMonitor *monitor, const NodeMonitorListener *listener, gpointer data)
{
  Listener *entry = g_rc_box_new0 (Listener);
  entry->listener = *listener;
  entry->data = data;
  g_ptr_array_add (monitor->listeners, entry);
}

void
node_monitor_remove_listener (NodeMonitor *monitor, gpointer data)
{
  for (guint i = monitor->listeners->len; i > 0; i--) {
    Listener *entry = g_ptr_array_index (monitor->listeners, i - 1);

    if (entry->data != data)
      continue;
    entry->removed = TRUE;
    g_ptr_array_remove_index (monitor->listeners, i - 1);
  }
}

static gpointer
acquire_listener (gconstpointer entry, gpointer data)
{
  return g_rc_box_acquire ((gpointer) entry);
}

/* The listeners to be called now. One of them may remove itself and others, which are then skipped. */
static GPtrArray *
dup_listeners (NodeMonitor *monitor)
{
  GPtrArray *listeners = g_ptr_array_copy (monitor->listeners, acquire_listener, NULL);

  g_ptr_array_set_free_func (listeners, g_rc_box_release);
  return listeners;
}

static void
notify_listener (const Listener *l, const MonitorChanges *changes, const NodeStatus *status)
{
  if (!l->removed && changes->status_changed && l->listener.status_changed != NULL)
    l->listener.status_changed (l->data, status);
  if (!l->removed && changes->tip != NULL && l->listener.tip_changed != NULL)
    l->listener.tip_changed (l->data, changes->tip);
  if (!l->removed && changes->mempool_changed && l->listener.mempool_changed != NULL)
    l->listener.mempool_changed (l->data, changes->mempool_sequence);
  if (!l->removed && changes->warnings_changed && l->listener.warnings_changed != NULL)
    l->listener.warnings_changed (l->data);
  if (!l->removed && changes->indexes_changed && l->listener.indexes_changed != NULL)
    l->listener.indexes_changed (l->data);
}

static gboolean
deliver_changes (gpointer data)
{
  NodeMonitor *monitor = data;
  g_autoptr (GPtrArray) listeners = NULL;
  NodeStatus status;
  MonitorChanges changes;

  g_mutex_lock (&monitor->lock);
  changes = monitor->changes;
  monitor->changes = (MonitorChanges){ 0 };
  status = monitor->status;
  g_clear_pointer (&monitor->source, g_source_unref);
  monitor->last_us = g_get_monotonic_time ();
  g_mutex_unlock (&monitor->lock);
  listeners = dup_listeners (monitor);
  for (guint i = 0; i < listeners->len; i++)
    notify_listener (g_ptr_array_index (listeners, i), &changes, &status);
  g_clear_pointer (&changes.tip, node_tip_unref);
  return G_SOURCE_REMOVE;
}

/* With the lock held. */
static void
schedule_changes (NodeMonitor *monitor)
{
  gint64 since_ms;

  if (monitor->source != NULL)
    return;
  since_ms = (g_get_monotonic_time () - monitor->last_us) / 1000;
  monitor->source = g_timeout_source_new (since_ms >= INTERVAL_MS ? 0 : (guint) (INTERVAL_MS - since_ms));
  g_source_set_callback (monitor->source, deliver_changes, monitor, NULL);
  g_source_attach (monitor->source, NULL);
}

void
node_monitor_set_status (NodeMonitor *monitor, NodeState state, const NodeProgress *progress)
{
  g_mutex_lock (&monitor->lock);
  monitor->status.state = state;
  monitor->status.progress = progress != NULL ? *progress : (NodeProgress){ 0 };
  monitor->changes.status_changed = TRUE;
  schedule_changes (monitor);
  g_mutex_unlock (&monitor->lock);
}

void
node_monitor_set_validation (NodeMonitor *monitor, gboolean validating, const NodeProgress *progress)
{
  g_mutex_lock (&monitor->lock);
  monitor->status.validating = validating;
  monitor->status.validation = *progress;
  monitor->changes.status_changed = TRUE;
  schedule_changes (monitor);
  g_mutex_unlock (&monitor->lock);
}

void
node_monitor_set_answering (NodeMonitor *monitor)
{
  g_mutex_lock (&monitor->lock);
  monitor->status.answering = TRUE;
  monitor->changes.status_changed = TRUE;
  schedule_changes (monitor);
  g_mutex_unlock (&monitor->lock);
}

void
node_monitor_notify_tip (NodeMonitor *monitor, NodeTip *tip)
{
  g_mutex_lock (&monitor->lock);
  g_clear_pointer (&monitor->changes.tip, node_tip_unref);
  monitor->changes.tip = node_tip_ref (tip);
  schedule_changes (monitor);
  g_mutex_unlock (&monitor->lock);
}

void
node_monitor_notify_mempool (NodeMonitor *monitor, guint64 sequence)
{
  g_mutex_lock (&monitor->lock);
  monitor->changes.mempool_sequence = sequence;
  monitor->changes.mempool_changed = TRUE;
  schedule_changes (monitor);
  g_mutex_unlock (&monitor->lock);
}

void
node_monitor_set_warning (NodeMonitor *monitor, const char *id, const char *text)
{
  g_return_if_fail (monitor != NULL && id != NULL);
  g_mutex_lock (&monitor->lock);
  if (text != NULL)
    g_hash_table_replace (monitor->warnings, g_strdup (id), g_strdup (text));
  else
    g_hash_table_remove (monitor->warnings, id);
  monitor->changes.warnings_changed = TRUE;
  schedule_changes (monitor);
  g_mutex_unlock (&monitor->lock);
}

void
node_monitor_notify_indexes (NodeMonitor *monitor)
{
  g_mutex_lock (&monitor->lock);
  monitor->changes.indexes_changed = TRUE;
  schedule_changes (monitor);
  g_mutex_unlock (&monitor->lock);
}

NodeStatus
node_monitor_get_status (NodeMonitor *monitor)
{
  NodeStatus status;

  g_mutex_lock (&monitor->lock);
  status = monitor->status;
  g_mutex_unlock (&monitor->lock);
  return status;
}

char **
node_monitor_dup_warnings (NodeMonitor *monitor)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer text;

  g_mutex_lock (&monitor->lock);
  g_hash_table_iter_init (&iter, monitor->warnings);
  while (g_hash_table_iter_next (&iter, NULL, &text))
    g_strv_builder_add (builder, text);
  g_mutex_unlock (&monitor->lock);
  return g_strv_builder_end (builder);
}

static gboolean
deliver_stop_request (gpointer data)
{
  NodeMonitor *monitor = data;
  g_autoptr (GPtrArray) listeners = NULL;
  int exit_code;

  g_mutex_lock (&monitor->lock);
  exit_code = monitor->exit_code;
  g_clear_pointer (&monitor->stop_source, g_source_unref);
  g_mutex_unlock (&monitor->lock);
  listeners = dup_listeners (monitor);
  for (guint i = 0; i < listeners->len; i++) {
    const Listener *l = g_ptr_array_index (listeners, i);
    if (!l->removed && l->listener.stop_requested != NULL)
      l->listener.stop_requested (l->data, exit_code);
  }
  return G_SOURCE_REMOVE;
}

void
node_monitor_request_stop (NodeMonitor *monitor, int exit_code)
{
  g_return_if_fail (monitor != NULL);
  g_mutex_lock (&monitor->lock);
  if (monitor->exit_code == 0)
    monitor->exit_code = exit_code;
  if (monitor->stop_source == NULL) {
    monitor->stop_source = g_idle_source_new ();
    g_source_set_priority (monitor->stop_source, G_PRIORITY_DEFAULT);
    g_source_set_callback (monitor->stop_source, deliver_stop_request, monitor, NULL);
    g_source_attach (monitor->stop_source, NULL);
  }
  g_mutex_unlock (&monitor->lock);
}

void
node_monitor_notify_stopped (NodeMonitor *monitor, int exit_code)
{
  g_autoptr (GPtrArray) listeners = dup_listeners (monitor);

  for (guint i = 0; i < listeners->len; i++) {
    const Listener *l = g_ptr_array_index (listeners, i);
    if (!l->removed && l->listener.stopped != NULL)
      l->listener.stopped (l->data, exit_code);
  }
}
