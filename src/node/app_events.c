#include "node/app_events.h"

#define INTERVAL_MS 100

typedef struct {
  NodeAppListener listener;
  gpointer data;
} Listener;

/* What is to be told. */
typedef struct {
  gboolean status_changed, mempool_changed, warnings_changed, indexes_changed;
  NodeTip *tip; /* NULL: nothing new */
  guint64 mempool_sequence;
} News;

struct _NodeAppEvents {
  GPtrArray *listeners; /* main context only */
  GMutex lock;          /* guards what follows */
  NodeAppStatus status;
  GHashTable *warnings; /* id → text */
  News news;
  GSource *source; /* runs soon, when there is something to tell */
  gint64 last_us;
};

NodeAppEvents *
node_app_events_new (void)
{
  NodeAppEvents *events = g_new0 (NodeAppEvents, 1);
  events->listeners = g_ptr_array_new_with_free_func (g_free);
  events->warnings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
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
  g_clear_pointer (&events->news.tip, node_tip_unref);
  g_hash_table_unref (events->warnings);
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

static void
tell_listener (const Listener *l, const News *news, const NodeAppStatus *status)
{
  if (news->status_changed && l->listener.status_changed != NULL)
    l->listener.status_changed (l->data, status);
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
  NodeAppStatus status;
  News news;

  g_mutex_lock (&events->lock);
  news = events->news;
  events->news = (News){ 0 };
  status = events->status;
  g_clear_pointer (&events->source, g_source_unref);
  events->last_us = g_get_monotonic_time ();
  g_mutex_unlock (&events->lock);
  for (guint i = 0; i < events->listeners->len; i++)
    tell_listener (g_ptr_array_index (events->listeners, i), &news, &status);
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
  events->status.progress = progress != NULL ? *progress : (NodeAppProgress){ 0 };
  events->news.status_changed = TRUE;
  schedule (events);
  g_mutex_unlock (&events->lock);
}

void
node_app_events_validation (NodeAppEvents *events, gboolean validating, const NodeAppProgress *progress)
{
  g_mutex_lock (&events->lock);
  events->status.validating = validating;
  events->status.validation = *progress;
  events->news.status_changed = TRUE;
  schedule (events);
  g_mutex_unlock (&events->lock);
}

void
node_app_events_tip (NodeAppEvents *events, NodeTip *tip)
{
  g_mutex_lock (&events->lock);
  g_clear_pointer (&events->news.tip, node_tip_unref);
  events->news.tip = node_tip_ref (tip);
  schedule (events);
  g_mutex_unlock (&events->lock);
}

void
node_app_events_mempool (NodeAppEvents *events, guint64 sequence)
{
  g_mutex_lock (&events->lock);
  events->news.mempool_sequence = sequence;
  events->news.mempool_changed = TRUE;
  schedule (events);
  g_mutex_unlock (&events->lock);
}

void
node_app_events_set_warning (NodeAppEvents *events, const char *id, const char *text)
{
  g_mutex_lock (&events->lock);
  if (text != NULL)
    g_hash_table_replace (events->warnings, g_strdup (id), g_strdup (text));
  else
    g_hash_table_remove (events->warnings, id);
  events->news.warnings_changed = TRUE;
  schedule (events);
  g_mutex_unlock (&events->lock);
}

void
node_app_events_indexes (NodeAppEvents *events)
{
  g_mutex_lock (&events->lock);
  events->news.indexes_changed = TRUE;
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

char **
node_app_events_dup_warnings (NodeAppEvents *events)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer text;

  g_mutex_lock (&events->lock);
  g_hash_table_iter_init (&iter, events->warnings);
  while (g_hash_table_iter_next (&iter, NULL, &text))
    g_strv_builder_add (builder, text);
  g_mutex_unlock (&events->lock);
  return g_strv_builder_end (builder);
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
