#include "gui/clients/trace_client.h"

#include "bus-generated.h"
#include "dbus/trace1.h"
#include "gui/clients/bounds.h"

#define MAX_WORD 255 /* of D-Bus */
/* That are read at once before other work of the main loop is waited for. */
#define MAX_PAGES 5

struct _GuiTraceClient {
  GuiClient parent_instance;

  gboolean active;
  GCancellable *cancellable; /* of everything at this worker; NULL: it is not running */
  gboolean subscribing;      /* or subscribed */
  gboolean reading;          /* nothing is to be read now, or it is being read */
  gboolean reading_status;
  guint n_pages; /* read since the worker said that there are rows */
  guint64 last;  /* the sequence number of the last row that was read */
  GuiProcessStatus *status;
};

G_DEFINE_FINAL_TYPE (GuiTraceClient, gui_trace_client, GUI_TYPE_CLIENT)

enum { SIGNAL_ROWS, SIGNAL_STATUS, N_SIGNALS };

static guint signals[N_SIGNALS];

static char *
trace_client_dup_word (GVariant *row, gsize index)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (row, index);

  return gui_bounds_dup_line (g_variant_get_string (child, NULL), MAX_WORD);
}

static BusTapKind
trace_client_get_kind (const char *name)
{
  if (g_str_equal (name, "call"))
    return BUS_TAP_CALL;
  if (g_str_equal (name, "reply"))
    return BUS_TAP_REPLY;
  return g_str_equal (name, "error") ? BUS_TAP_ERROR : BUS_TAP_SIGNAL;
}

static BusTraceRow *
trace_client_parse_row (GVariant *value)
{
  BusTraceRow *row = g_atomic_rc_box_new0 (BusTraceRow);
  const char *peer, *kind;
  gboolean incoming;
  guint64 duration;

  g_variant_get (value, "(ttx&sb&s&s&s&sutt&s)", &row->sequence, &row->connection, &row->time_us, &peer, &incoming,
                 &kind, NULL, NULL, NULL, &row->serial, &row->n_bytes, &duration, NULL);
  row->peer = gui_process_of_peer (peer) == GUI_PROCESS_OTHER ? "client" : g_intern_string (peer);
  row->incoming = incoming;
  row->kind = trace_client_get_kind (kind);
  row->interface = trace_client_dup_word (value, 6);
  row->member = trace_client_dup_word (value, 7);
  row->path = trace_client_dup_word (value, 8);
  row->duration_us = (gint64) MIN (duration, (guint64) G_MAXINT64);
  row->error = trace_client_dup_word (value, 12);
  return row;
}

static void
trace_client_take_rows (GuiTraceClient *self, GVariant *list, guint64 dropped)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) bus_trace_row_unref);
  guint64 own = self->status != NULL ? self->status->connection : 0;

  for (gsize i = 0; i < g_variant_n_children (list) && i < BUS_TRACE_MAX_PAGE; i++) {
    g_autoptr (GVariant) value = g_variant_get_child_value (list, i);
    BusTraceRow *row = trace_client_parse_row (value);

    self->last = row->sequence;
    if (row->connection == own || g_str_equal (row->peer, "parent"))
      bus_trace_row_unref (row);
    else
      g_ptr_array_add (rows, row);
  }
  if (rows->len > 0 || dropped > 0)
    g_signal_emit (self, signals[SIGNAL_ROWS], 0, rows, dropped);
}

static void trace_client_read (GuiTraceClient *self);

static void
trace_rows_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiTraceClient) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = gui_client_call_finish (GUI_CLIENT (self), result, &error);
  g_autoptr (GVariant) rows = NULL;
  guint64 dropped;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->reading = FALSE;
  if (reply == NULL)
    return;
  g_variant_get (reply, "(@a" BUS_TRACE_ROW_TYPE "t)", &rows, &dropped);
  trace_client_take_rows (self, rows, dropped);
  if (g_variant_n_children (rows) == BUS_TRACE_MAX_PAGE && ++self->n_pages < MAX_PAGES)
    trace_client_read (self);
}

static void
trace_client_read (GuiTraceClient *self)
{
  self->reading = TRUE;
  gui_client_call_async (GUI_CLIENT (self), "GetRows",
                         g_variant_new ("(tua{sv})", self->last, BUS_TRACE_MAX_PAGE, NULL), -1, self->cancellable,
                         trace_rows_cb, g_object_ref (self));
}

static void
trace_subscribed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiTraceClient) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = gui_client_call_finish (GUI_CLIENT (self), result, &error);

  if (reply == NULL)
    return;
  g_variant_get (reply, "(t)", &self->last);
  trace_client_read (self);
}

static void
trace_status_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiTraceClient) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = gui_client_call_finish_value (GUI_CLIENT (self), result, &error);
  GuiProcessStatus *status = reply != NULL ? gui_process_status_parse (reply) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->reading_status = FALSE;
  if (reply != NULL && status == NULL)
    gui_client_reject_reply (GUI_CLIENT (self), "Trace1.GetStatus", &error);
  if (status == NULL)
    return;
  g_clear_pointer (&self->status, gui_process_status_free);
  self->status = status;
  g_signal_emit (self, signals[SIGNAL_STATUS], 0);
}

void
gui_trace_client_read_status (GuiTraceClient *self)
{
  g_return_if_fail (GUI_IS_TRACE_CLIENT (self));

  if (self->cancellable == NULL || self->reading_status)
    return;
  self->reading_status = TRUE;
  gui_client_call_async (GUI_CLIENT (self), "GetStatus", g_variant_new ("(a{sv})", NULL), -1, self->cancellable,
                         trace_status_cb, g_object_ref (self));
}

/* The status comes first: rows are selected by the number of the own connection in it. */
static void
trace_client_subscribe (GuiTraceClient *self)
{
  self->subscribing = self->reading = TRUE;
  gui_trace_client_read_status (self);
  gui_client_call_async (GUI_CLIENT (self), "Subscribe", g_variant_new ("(a{sv})", NULL), -1, self->cancellable,
                         trace_subscribed_cb, g_object_ref (self));
}

/* The worker runs, or has rows to read. */
static const char *
trace_client_take_figures (GuiClient *client, gpointer proxy)
{
  GuiTraceClient *self = GUI_TRACE_CLIENT (client);

  if (self->cancellable == NULL)
    self->cancellable = g_cancellable_new ();
  if (!self->active)
    return NULL;
  if (!self->subscribing)
    trace_client_subscribe (self);
  else if (!self->reading) {
    self->n_pages = 0;
    trace_client_read (self);
  }
  return NULL;
}

static void
trace_client_forget (GuiTraceClient *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->subscribing = self->reading = self->reading_status = FALSE;
}

/* The worker may be another process when it runs again. */
static void
trace_client_changed_cb (GuiTraceClient *self)
{
  if (gui_client_get_online (GUI_CLIENT (self)))
    return;
  trace_client_forget (self);
  g_clear_pointer (&self->status, gui_process_status_free);
}

static void
trace_unsubscribed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) reply = gui_client_call_finish (GUI_CLIENT (source), result, NULL);
}

void
gui_trace_client_set_active (GuiTraceClient *self, gboolean active)
{
  g_return_if_fail (GUI_IS_TRACE_CLIENT (self));

  if (self->active == active)
    return;
  self->active = active;
  if (!gui_client_get_online (GUI_CLIENT (self)))
    return;
  if (active) {
    trace_client_subscribe (self);
    return;
  }
  trace_client_forget (self);
  self->cancellable = g_cancellable_new ();
  gui_client_call_async (GUI_CLIENT (self), "Unsubscribe", g_variant_new ("(a{sv})", NULL), -1, NULL,
                         trace_unsubscribed_cb, NULL);
}

const GuiProcessStatus *
gui_trace_client_get_status (GuiTraceClient *self)
{
  g_return_val_if_fail (GUI_IS_TRACE_CLIENT (self), NULL);
  return self->status;
}

static void
gui_trace_client_dispose (GObject *object)
{
  trace_client_forget (GUI_TRACE_CLIENT (object));
  G_OBJECT_CLASS (gui_trace_client_parent_class)->dispose (object);
}

static void
gui_trace_client_finalize (GObject *object)
{
  gui_process_status_free (GUI_TRACE_CLIENT (object)->status);
  G_OBJECT_CLASS (gui_trace_client_parent_class)->finalize (object);
}

static void
gui_trace_client_class_init (GuiTraceClientClass *klass)
{
  GuiClientClass *client_class = GUI_CLIENT_CLASS (klass);
  GType type = GUI_TYPE_TRACE_CLIENT;

  G_OBJECT_CLASS (klass)->dispose = gui_trace_client_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_trace_client_finalize;
  client_class->proxy_type = BUS_TYPE_TRACE1_PROXY;
  client_class->interface = "org.moneyrocket.Trace1";
  client_class->take_figures = trace_client_take_figures;

  signals[SIGNAL_ROWS] = g_signal_new ("rows", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                       G_TYPE_PTR_ARRAY, G_TYPE_UINT64);
  signals[SIGNAL_STATUS] = g_signal_new ("status", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gui_trace_client_init (GuiTraceClient *self)
{
  g_signal_connect (self, "changed", G_CALLBACK (trace_client_changed_cb), NULL);
}

GuiTraceClient *
gui_trace_client_new (void)
{
  return g_object_new (GUI_TYPE_TRACE_CLIENT, NULL);
}
