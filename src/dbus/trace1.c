#include "dbus/trace1.h"

#include "dbus/connections.h"
#include "dbus/errors.h"
#include "dbus/export.h"
#include "dbus/names.h"
#include "dbus/status.h"

#define MAX_ROWS 2000 /* as in the interface */
#define NOTIFY_MS 100

/* Data of its skeleton. */
typedef struct {
  BusTrace1 *skeleton;
  GDBusConnection *connection;
  gulong closed_handler;
  char *role;
  BusTraceLog *log; /* NULL: there is no subscription */
  guint64 read;     /* the last row that the other end has read */
  gboolean waiting; /* it was notified, and has not read since */
  guint source;     /* of the next notification */
} Trace1;

static void
trace1_unsubscribe (Trace1 *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_pointer (&self->log, bus_trace_log_free);
}

static void
trace1_free (gpointer data)
{
  Trace1 *self = data;

  trace1_unsubscribe (self);
  g_signal_handler_disconnect (self->connection, self->closed_handler);
  g_object_unref (self->connection);
  g_free (self->role);
  g_free (self);
}

static void
trace1_on_closed (Trace1 *self)
{
  trace1_unsubscribe (self);
}

static gboolean
trace1_on_time (gpointer data)
{
  Trace1 *self = data;
  guint64 last = bus_trace_log_get_last (self->log);

  bus_trace1_set_sequence (self->skeleton, last);
  if (last <= self->read || self->waiting)
    return G_SOURCE_CONTINUE;
  self->waiting = TRUE;
  bus_trace1_emit_changed (self->skeleton, last);
  return G_SOURCE_CONTINUE;
}

static gboolean
trace1_on_subscribe (BusTrace1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  Trace1 *self = data;

  trace1_unsubscribe (self);
  self->log = bus_trace_log_new (self->role, MAX_ROWS);
  self->read = 0;
  self->waiting = FALSE;
  self->source = g_timeout_add (NOTIFY_MS, trace1_on_time, self);
  bus_trace1_set_sequence (object, 0);
  bus_trace1_complete_subscribe (object, invocation, 0);
  return TRUE;
}

static gboolean
trace1_on_unsubscribe (BusTrace1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  trace1_unsubscribe (data);
  bus_trace1_complete_unsubscribe (object, invocation);
  return TRUE;
}

static void
trace1_add_row (GVariantBuilder *rows, const BusTraceRow *row)
{
  static const char *const kinds[]
      = { [BUS_TAP_CALL] = "call", [BUS_TAP_REPLY] = "reply", [BUS_TAP_ERROR] = "error", [BUS_TAP_SIGNAL] = "signal" };

  g_variant_builder_add (rows, BUS_TRACE_ROW_TYPE, row->sequence, row->connection, row->time_us, row->peer,
                         row->incoming, kinds[row->kind], row->interface, row->member, row->path, row->serial,
                         row->n_bytes, (guint64) row->duration_us, row->error);
}

static gboolean
trace1_on_get_rows (BusTrace1 *object,
                    GDBusMethodInvocation *invocation,
                    guint64 after,
                    guint limit,
                    GVariant *options,
                    gpointer data)
{
  Trace1 *self = data;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a" BUS_TRACE_ROW_TYPE));
  guint64 dropped = 0;

  if (self->log == NULL)
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_NOT_FOUND, "this connection has no subscription");
  else if (limit < 1 || limit > BUS_TRACE_MAX_PAGE)
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "the limit is from 1 to 200");
  if (error != NULL) {
    g_variant_builder_clear (&builder);
    bus_error_reply (invocation, error);
    return TRUE;
  }
  rows = bus_trace_log_read (self->log, after, limit);
  for (guint i = 0; i < rows->len; i++) {
    const BusTraceRow *row = rows->pdata[i];

    if (i == 0)
      dropped = row->sequence - after - 1;
    self->read = row->sequence;
    trace1_add_row (&builder, row);
  }
  self->waiting = FALSE;
  bus_trace1_complete_get_rows (object, invocation, g_variant_builder_end (&builder), dropped);
  return TRUE;
}

static void
trace1_on_status_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) status = bus_status_read_finish (result);
  GDBusMethodInvocation *invocation = data;
  GVariantDict dict = G_VARIANT_DICT_INIT (status);

  g_variant_dict_insert (&dict, "connection", "t",
                         bus_connections_get_number (g_dbus_method_invocation_get_connection (invocation)));
  bus_trace1_complete_get_status (NULL, invocation, g_variant_dict_end (&dict));
}

static gboolean
trace1_on_get_status (BusTrace1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  const Trace1 *self = data;

  bus_status_read_async (self->role, trace1_on_status_read, invocation);
  return TRUE;
}

BusTrace1Skeleton *
bus_trace1_export (GDBusConnection *connection, const char *role, GError **error)
{
  g_autoptr (BusTrace1) skeleton = bus_trace1_skeleton_new ();
  Trace1 *self = g_new0 (Trace1, 1);

  self->skeleton = skeleton;
  self->connection = g_object_ref (connection);
  self->closed_handler = g_signal_connect_swapped (connection, "closed", G_CALLBACK (trace1_on_closed), self);
  self->role = g_strdup (role);
  g_object_set_data_full (G_OBJECT (skeleton), "trace1", self, trace1_free);
  g_signal_connect (skeleton, "handle-get-status", G_CALLBACK (trace1_on_get_status), self);
  g_signal_connect (skeleton, "handle-subscribe", G_CALLBACK (trace1_on_subscribe), self);
  g_signal_connect (skeleton, "handle-unsubscribe", G_CALLBACK (trace1_on_unsubscribe), self);
  g_signal_connect (skeleton, "handle-get-rows", G_CALLBACK (trace1_on_get_rows), self);
  if (!bus_export (G_DBUS_INTERFACE_SKELETON (skeleton), connection, BUS_PATH_TRACE, error))
    return NULL;
  return BUS_TRACE1_SKELETON (g_steal_pointer (&skeleton));
}
