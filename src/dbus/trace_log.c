#include "dbus/trace_log.h"

#include "dbus/connection.h"
#include "dbus/connections.h"

#define OWN_INTERFACE "org.moneyrocket.Trace1"

struct _BusTraceLog {
  const char *role; /* interned */
  guint tap;
  guint max_rows;
  GMutex lock;     /* for all below */
  GPtrArray *ring; /* BusTraceRow: the row N at N modulo MAX_ROWS */
  guint64 last;
};

static void
trace_row_clear (gpointer data)
{
  BusTraceRow *row = data;

  g_free (row->interface);
  g_free (row->member);
  g_free (row->path);
  g_free (row->error);
}

void
bus_trace_row_unref (BusTraceRow *row)
{
  g_atomic_rc_box_release_full (row, trace_row_clear);
}

static void
trace_row_release (gpointer row)
{
  if (row != NULL)
    bus_trace_row_unref (row);
}

static char *
trace_log_dup (const char *text)
{
  return g_strdup (text != NULL ? text : "");
}

static BusTraceRow *
trace_log_make_row (const BusTapEvent *event)
{
  BusTraceRow *row = g_atomic_rc_box_new0 (BusTraceRow);
  GVariant *body = g_dbus_message_get_body (event->message);

  row->time_us = g_get_real_time ();
  row->connection = bus_connections_get_number (event->connection);
  row->peer = bus_connections_get_peer (event->connection);
  row->incoming = event->incoming;
  row->kind = event->kind;
  row->interface = g_strdup (event->interface);
  row->member = g_strdup (event->member);
  row->path = trace_log_dup (g_dbus_message_get_path (event->message));
  row->serial = event->serial;
  row->n_bytes = body != NULL ? g_variant_get_size (body) : 0;
  row->duration_us = event->duration_us;
  row->error = trace_log_dup (g_dbus_message_get_error_name (event->message));
  return row;
}

/* Otherwise each notification of a reader would be news for it. */
static gboolean
trace_log_is_about_itself (const BusTapEvent *event)
{
  GVariant *body = g_dbus_message_get_body (event->message);
  g_autoptr (GVariant) first = NULL;

  if (g_str_equal (event->interface, OWN_INTERFACE))
    return TRUE;
  if (!g_str_equal (event->member, "PropertiesChanged") || body == NULL
      || !g_variant_is_of_type (body, G_VARIANT_TYPE ("(sa{sv}as)")))
    return FALSE;
  first = g_variant_get_child_value (body, 0);
  return g_str_equal (g_variant_get_string (first, NULL), OWN_INTERFACE);
}

static void
trace_log_on_event (const BusTapEvent *event, gpointer data)
{
  BusTraceLog *log = data;
  BusTraceRow *row;
  gpointer *place;

  if (!bus_connection_belongs_to (event->connection, log->role) || bus_connection_is_monitor (event->connection)
      || trace_log_is_about_itself (event))
    return;
  row = trace_log_make_row (event);
  g_mutex_lock (&log->lock);
  row->sequence = ++log->last;
  place = &log->ring->pdata[row->sequence % log->max_rows];
  trace_row_release (*place);
  *place = row;
  g_mutex_unlock (&log->lock);
}

BusTraceLog *
bus_trace_log_new (const char *role, guint max_rows)
{
  BusTraceLog *log = g_new0 (BusTraceLog, 1);

  g_mutex_init (&log->lock);
  log->role = g_intern_string (role);
  log->max_rows = max_rows;
  log->ring = g_ptr_array_new_full (max_rows, trace_row_release);
  g_ptr_array_set_size (log->ring, max_rows);
  log->tap = bus_tap_add (trace_log_on_event, log);
  return log;
}

void
bus_trace_log_free (BusTraceLog *log)
{
  if (log == NULL)
    return;
  bus_tap_remove (log->tap);
  g_ptr_array_unref (log->ring);
  g_mutex_clear (&log->lock);
  g_free (log);
}

guint64
bus_trace_log_get_last (BusTraceLog *log)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log->lock);

  return log->last;
}

GPtrArray *
bus_trace_log_read (BusTraceLog *log, guint64 after, guint limit)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log->lock);
  GPtrArray *rows = g_ptr_array_new_with_free_func (trace_row_release);
  guint64 oldest = log->last > log->max_rows ? log->last - log->max_rows + 1 : 1;

  for (guint64 i = MAX (oldest, MIN (after, log->last) + 1); i <= log->last && rows->len < limit; i++)
    g_ptr_array_add (rows, g_atomic_rc_box_acquire (log->ring->pdata[i % log->max_rows]));
  return rows;
}
