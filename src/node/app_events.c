#include "node/app_events.h"

#define INTERVAL_MS 100

typedef struct {
  NodeAppListener listener;
  gpointer data;
} Listener;

struct _NodeAppEvents {
  GPtrArray *listeners; /* main context only */
  GMutex lock;          /* guards what follows */
  NodeAppStatus status;
  gboolean status_changed;
  NodeTip *tip; /* to be told; NULL: nothing new */
  gboolean mempool_changed;
  guint64 mempool_sequence;
  gboolean warnings_changed;
  gboolean indexes_changed;
  GSource *source; /* runs soon, when there is something to tell */
  gint64 last_us;
};

NodeAppEvents *
node_app_events_new (void)
{
  NodeAppEvents *events = g_new0 (NodeAppEvents, 1);
  events->listeners = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&events->lock);
  return events;
}

void
node_app_events_free (NodeAppEvents *events)
{
  if (events == NULL)
    return;
  if (events->source != NULL) {
    g_source_destroy (events->source);
    g_source_unref (events->source);
  }
  g_clear_pointer (&events->tip, node_tip_unref);
  g_ptr_array_unref (events->listeners);
  g_mutex_clear (&events->lock);
  g_free (events);
}

void
node_app_events_add (NodeAppEvents *events, const NodeAppListener *listener, gpointer data)
{
  Listener *entry = g_new (Listener, 1);
  entry->listener = *listener;
  entry->data = data;
  g_ptr_array_add (events->listeners, entry);
}

void
node_app_events_remove (NodeAppEvents *events, gpointer data)
{
  for (guint i = events->listeners->len; i > 0; i--)
    if (((Listener *) g_ptr_array_index (events->listeners, i - 1))->data == data)
      g_ptr_array_remove_index (events->listeners, i - 1);
}

/* What is told in one go, taken out of the object under its lock. */
typedef struct {
  NodeAppStatus status;
  gboolean status_changed, mempool_changed, warnings_changed, indexes_changed;
  NodeTip *tip;
  guint64 mempool_sequence;
} News;

static void
take_news (NodeAppEvents *events, News *news)
{
  g_mutex_lock (&events->lock);
  news->status = events->status;
  news->status_changed = events->status_changed;
  news->mempool_changed = events->mempool_changed;
  news->mempool_sequence = events->mempool_sequence;
  news->warnings_changed = events->warnings_changed;
  news->indexes_changed = events->indexes_changed;
  news->tip = g_steal_pointer (&events->tip);
  events->status_changed = events->mempool_changed = events->warnings_changed = events->indexes_changed = FALSE;
  g_clear_pointer (&events->source, g_source_unref);
  events->last_us = g_get_monotonic_time ();
  g_mutex_unlock (&events->lock);
}

static void
tell_listener (const Listener *l, const News *news)
{
  if (news->status_changed && l->listener.status_changed != NULL)
    l->listener.status_changed (l->data, &news->status);
  if (news->tip != NULL && l->listener.tip_changed != NULL)
    l->listener.tip_changed (l->data, news->tip);
  if (news->mempool_changed && l->listener.mempool_changed != NULL)
    l->listener.mempool_changed (l->data, news->mempool_sequence);
  if (news->warnings_changed && l->listener.warnings_changed != NULL)
    l->listener.warnings_changed (l->data);
  if (news->indexes_changed && l->listener.indexes_changed != NULL)
    l->listener.indexes_changed (l->data);
}

static gboolean
tell (gpointer data)
{
  NodeAppEvents *events = data;
  News news;

  take_news (events, &news);
  for (guint i = 0; i < events->listeners->len; i++)
    tell_listener (g_ptr_array_index (events->listeners, i), &news);
  g_clear_pointer (&news.tip, node_tip_unref);
  return G_SOURCE_REMOVE;
}

/* With the lock held. */
static void
schedule (NodeAppEvents *events)
{
  gint64 since_ms;

  if (events->source != NULL)
    return;
  since_ms = (g_get_monotonic_time () - events->last_us) / 1000;
  events->source = g_timeout_source_new (since_ms >= INTERVAL_MS ? 0 : (guint) (INTERVAL_MS - since_ms));
  g_source_set_callback (events->source, tell, events, NULL);
  g_source_attach (events->source, NULL);
}

void
node_app_events_status (NodeAppEvents *events, NodeAppState state, const NodeAppProgress *progress)
{
  g_mutex_lock (&events->lock);
  events->status.state = state;
  events->status.progress = *progress;
  events->status_changed = TRUE;
  schedule (events);
  g_mutex_unlock (&events->lock);
}

void
node_app_events_validation (NodeAppEvents *events, gboolean validating, const NodeAppProgress *progress)
{
  g_mutex_lock (&events->lock);
  events->status.validating = validating;
  events->status.validation = *progress;
  events->status_changed = TRUE;
  schedule (events);
  g_mutex_unlock (&events->lock);
}

void
node_app_events_tip (NodeAppEvents *events, NodeTip *tip)
{
  g_mutex_lock (&events->lock);
  g_clear_pointer (&events->tip, node_tip_unref);
  events->tip = node_tip_ref (tip);
  schedule (events);
  g_mutex_unlock (&events->lock);
}

void
node_app_events_mempool (NodeAppEvents *events, guint64 sequence)
{
  g_mutex_lock (&events->lock);
  events->mempool_sequence = sequence;
  events->mempool_changed = TRUE;
  schedule (events);
  g_mutex_unlock (&events->lock);
}

void
node_app_events_warnings (NodeAppEvents *events)
{
  g_mutex_lock (&events->lock);
  events->warnings_changed = TRUE;
  schedule (events);
  g_mutex_unlock (&events->lock);
}

void
node_app_events_indexes (NodeAppEvents *events)
{
  g_mutex_lock (&events->lock);
  events->indexes_changed = TRUE;
  schedule (events);
  g_mutex_unlock (&events->lock);
}

NodeAppStatus
node_app_events_get_status (NodeAppEvents *events)
{
  NodeAppStatus status;

  g_mutex_lock (&events->lock);
  status = events->status;
  g_mutex_unlock (&events->lock);
  return status;
}

void
node_app_events_stopped (NodeAppEvents *events, int exit_code)
{
  for (guint i = 0; i < events->listeners->len; i++) {
    const Listener *l = g_ptr_array_index (events->listeners, i);
    if (l->listener.stopped != NULL)
      l->listener.stopped (l->data, exit_code);
  }
}
