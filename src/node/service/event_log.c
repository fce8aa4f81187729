#include "node/service/event_log.h"

#include <string.h>

#include "common/random.h"

/* Limits of the log. */
#define MAX_EVENTS 20000
#define MAX_TX_BYTES (16u << 20)
#define WAIT_S 20
/* Events in quick succession are returned together. */
#define GATHER_US 50000
/* Events are dropped when there was no reader for this long. */
#define IDLE_US (60 * G_USEC_PER_SEC)
/* Approximate size of an event without its transaction. */
#define EVENT_BYTES 48

struct _NodeEventLog {
  guint64 id;
  GMutex lock;   /* guards the members down to the line */
  GQueue events; /* of NodeEvent; the last one has the number LAST */
  guint64 last;
  gsize tx_bytes;
  gint64 read_us;  /* time of the last read; 0: never */
  GSource *alarm;  /* wakes waiting readers */
  gint64 alarm_us; /* when they were last woken */
  /* ---- main context ---- */
  GPtrArray *waiting; /* of Reader */
};

typedef struct {
  NodeEventLog *log;
  GTask *task;
  NodeEventCursor after;
  guint32 max_bytes;
  guint timeout;
  gulong cancelled;
} Reader;

static void
event_free (gpointer data)
{
  NodeEvent *event = data;

  g_clear_pointer (&event->tx, btc_tx_unref);
  g_free (event);
}

static void
event_clear (gpointer data)
{
  g_clear_pointer (&((NodeEvent *) data)->tx, btc_tx_unref);
}

void
node_event_batch_free (NodeEventBatch *batch)
{
  g_array_unref (batch->events);
  g_free (batch);
}

static void
drop_first (NodeEventLog *log)
{
  NodeEvent *event = g_queue_pop_head (&log->events);

  log->tx_bytes -= event->tx != NULL ? event->tx->bytes.len : 0;
  event_free (event);
}

static gboolean on_alarm (gpointer data);

/* Chain thread. Takes ownership of EVENT. */
static void
append_event (NodeEventLog *log, NodeEvent *event)
{
  gint64 now_us = g_get_monotonic_time ();

  g_mutex_lock (&log->lock);
  log->last++;
  if (log->read_us == 0 || now_us > log->read_us + IDLE_US) {
    while (log->events.length > 0)
      drop_first (log);
    event_free (event);
  } else {
    log->tx_bytes += event->tx != NULL ? event->tx->bytes.len : 0;
    g_queue_push_tail (&log->events, event);
    while (log->events.length > MAX_EVENTS || (log->tx_bytes > MAX_TX_BYTES && log->events.length > 1))
      drop_first (log);
    if (log->alarm == NULL) {
      gint64 wait_us = log->alarm_us + GATHER_US - now_us;
      log->alarm = g_timeout_source_new (wait_us > 0 ? (guint) (wait_us / 1000) + 1 : 0);
      g_source_set_callback (log->alarm, on_alarm, log, NULL);
      g_source_attach (log->alarm, NULL);
    }
  }
  g_mutex_unlock (&log->lock);
}

static void
log_append_block (NodeEventLog *log, NodeEventKind kind, const NodeBlock *index)
{
  NodeEvent *event = g_new0 (NodeEvent, 1);

  event->kind = kind;
  event->height = index->height;
  memcpy (event->hash32, index->hash32, 32);
  append_event (log, event);
}

static void
log_block_connected (gpointer data, const NodeBlock *index, BtcBlock *block, const BtcCoin *spent)
{
  log_append_block (data, NODE_EVENT_CONNECTED, index);
}

static void
log_block_disconnected (gpointer data, const NodeBlock *index, BtcBlock *block)
{
  log_append_block (data, NODE_EVENT_DISCONNECTED, index);
}

static void
log_tx_added (gpointer data, const NodeMempoolEntry *entry, guint64 mempool_sequence)
{
  NodeEvent *event = g_new0 (NodeEvent, 1);

  event->kind = NODE_EVENT_ADDED;
  memcpy (event->hash32, entry->tx->txid32, 32);
  event->tx = btc_tx_ref (entry->tx);
  event->mempool_sequence = mempool_sequence + 1; /* the caller reports the number before this change */
  append_event (data, event);
}

static void
log_tx_removed (gpointer data, const NodeMempoolEntry *entry, NodeMempoolRemoval why, guint64 mempool_sequence)
{
  NodeEvent *event = g_new0 (NodeEvent, 1);

  event->kind = NODE_EVENT_REMOVED;
  memcpy (event->hash32, entry->tx->txid32, 32);
  event->confirmed = why == NODE_MEMPOOL_REMOVED_BLOCK;
  event->mempool_sequence = mempool_sequence + 1; /* the caller reports the number before this change */
  append_event (data, event);
}

NodeEventLog *
node_event_log_new (const NodeContext *context)
{
  static const NodeChainListener chain_listener
      = { .connected = log_block_connected, .disconnected = log_block_disconnected };
  static const NodeMempoolListener mempool_listener = { log_tx_added, log_tx_removed };
  NodeEventLog *log = g_new0 (NodeEventLog, 1);

  common_random_bytes ((guint8 *) &log->id, sizeof log->id);
  g_mutex_init (&log->lock);
  g_queue_init (&log->events);
  log->waiting = g_ptr_array_new ();
  node_chain_add_listener (context->chain, &chain_listener, log);
  node_mempool_add_listener (context->mempool, &mempool_listener, log);
  return log;
}

NodeEventCursor
node_event_log_get_cursor (NodeEventLog *log)
{
  NodeEventCursor cursor = { log->id, 0 };

  g_mutex_lock (&log->lock);
  cursor.number = log->last;
  log->read_us = g_get_monotonic_time ();
  g_mutex_unlock (&log->lock);
  return cursor;
}

/* With the lock. */
static void
copy_events (NodeEventLog *log, guint64 after, guint32 max_bytes, NodeEventBatch *batch)
{
  guint skip = log->events.length - (guint) (log->last - after);
  gsize bytes = 0;

  batch->cursor.number = after;
  for (GList *link = g_queue_peek_nth_link (&log->events, skip); link != NULL && bytes < max_bytes; link = link->next) {
    NodeEvent event = *(const NodeEvent *) link->data;
    bytes += EVENT_BYTES + (event.tx != NULL ? event.tx->bytes.len : 0);
    if (bytes > max_bytes && batch->events->len > 0)
      break;
    if (event.tx != NULL)
      btc_tx_ref (event.tx);
    g_array_append_val (batch->events, event);
    batch->cursor.number++;
  }
}

/* NULL: nothing has happened since. */
static NodeEventBatch *
read_batch (NodeEventLog *log, const NodeEventCursor *after, guint32 max_bytes, gboolean even_empty)
{
  NodeEventBatch *batch = g_new0 (NodeEventBatch, 1);

  batch->events = g_array_new (FALSE, FALSE, sizeof (NodeEvent));
  g_array_set_clear_func (batch->events, event_clear);
  batch->cursor.log = log->id;
  g_mutex_lock (&log->lock);
  log->read_us = g_get_monotonic_time ();
  batch->cursor.number = log->last;
  batch->resync = after == NULL || after->log != log->id || after->number > log->last
                  || log->last - after->number > log->events.length;
  if (!batch->resync)
    copy_events (log, after->number, max_bytes, batch);
  g_mutex_unlock (&log->lock);
  if (!batch->resync && batch->events->len == 0 && !even_empty)
    g_clear_pointer (&batch, node_event_batch_free);
  return batch;
}

static void
reader_free (Reader *reader)
{
  g_clear_handle_id (&reader->timeout, g_source_remove);
  if (reader->cancelled != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (reader->task), reader->cancelled);
  g_object_unref (reader->task);
  g_free (reader);
}

/* Completes READER if there are events for it. */
static gboolean
reader_try (Reader *reader, gboolean even_empty)
{
  NodeEventBatch *batch = read_batch (reader->log, &reader->after, reader->max_bytes, even_empty);

  if (batch == NULL)
    return FALSE;
  g_ptr_array_remove_fast (reader->log->waiting, reader);
  g_task_return_pointer (reader->task, batch, (GDestroyNotify) node_event_batch_free);
  reader_free (reader);
  return TRUE;
}

static gboolean
on_alarm (gpointer data)
{
  NodeEventLog *log = data;

  g_mutex_lock (&log->lock);
  g_clear_pointer (&log->alarm, g_source_unref);
  log->alarm_us = g_get_monotonic_time ();
  g_mutex_unlock (&log->lock);
  for (guint i = log->waiting->len; i > 0; i--)
    reader_try (log->waiting->pdata[i - 1], FALSE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_wait_over (gpointer data)
{
  Reader *reader = data;

  reader->timeout = 0;
  reader_try (reader, TRUE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled_later (gpointer data)
{
  Reader *reader = data;

  reader->timeout = 0;
  g_ptr_array_remove_fast (reader->log->waiting, reader);
  g_task_return_error_if_cancelled (reader->task);
  reader_free (reader);
  return G_SOURCE_REMOVE;
}

/* A handler cannot disconnect itself, so the rest is done later. */
static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  Reader *reader = data;

  g_clear_handle_id (&reader->timeout, g_source_remove);
  reader->timeout = g_idle_add (on_cancelled_later, reader);
}

void
node_event_log_read_async (NodeEventLog *log,
                           const NodeEventCursor *after,
                           guint32 max_bytes,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  NodeEventBatch *batch = read_batch (log, after, max_bytes, FALSE);
  Reader *reader;

  if (batch != NULL) {
    g_task_return_pointer (task, batch, (GDestroyNotify) node_event_batch_free);
    return;
  }
  if (g_task_return_error_if_cancelled (task))
    return;
  reader = g_new0 (Reader, 1);
  reader->log = log;
  reader->task = g_steal_pointer (&task);
  reader->after = *after;
  reader->max_bytes = max_bytes;
  reader->timeout = g_timeout_add_seconds (WAIT_S, on_wait_over, reader);
  if (cancellable != NULL)
    reader->cancelled = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), reader);
  g_ptr_array_add (log->waiting, reader);
}

NodeEventBatch *
node_event_log_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
node_event_log_free (NodeEventLog *log)
{
  if (log == NULL)
    return;
  while (log->waiting->len > 0)
    reader_try (log->waiting->pdata[0], TRUE);
  if (log->alarm != NULL)
    g_source_destroy (log->alarm);
  g_clear_pointer (&log->alarm, g_source_unref);
  while (log->events.length > 0)
    drop_first (log);
  g_ptr_array_unref (log->waiting);
  g_mutex_clear (&log->lock);
  g_free (log);
}
