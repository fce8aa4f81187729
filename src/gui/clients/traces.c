#include "gui/clients/traces.h"

#include "dbus/names.h"
#include "dbus/status.h"

#define OWN_ROWS 2000
#define ROWS_MS 100
#define STATUS_MS 1000

struct _GuiTraces {
  GObject parent_instance;

  gboolean active;
  GuiTraceClient *clients[GUI_N_PROCESSES]; /* of the workers; NULL: the application */
  BusTraceLog *log;                         /* of the application, while this is active */
  guint64 last;                             /* of LOG */
  GuiProcessStatus *status;                 /* of the application */
  gboolean reading_status;
  guint rows_source;
  guint status_source;
};

G_DEFINE_FINAL_TYPE (GuiTraces, gui_traces, G_TYPE_OBJECT)

enum { SIGNAL_ROWS, SIGNAL_STATUS, SIGNAL_LOST, N_SIGNALS };

static guint signals[N_SIGNALS];

static GuiProcess
traces_find (GuiTraces *self, GuiTraceClient *client)
{
  return client == self->clients[GUI_PROCESS_NODE] ? GUI_PROCESS_NODE : GUI_PROCESS_WALLET;
}

static void
traces_emit_rows (GuiTraces *self, GuiProcess process, GPtrArray *rows, guint64 dropped)
{
  if (rows->len > 0 || dropped > 0)
    g_signal_emit (self, signals[SIGNAL_ROWS], 0, (guint) process, rows, dropped);
}

/* The node shows its messages with the wallet. */
static void
traces_drop_of_node (GPtrArray *rows)
{
  for (guint i = rows->len; i-- > 0;)
    if (g_str_equal (((const BusTraceRow *) rows->pdata[i])->peer, "node"))
      g_ptr_array_remove_index (rows, i);
}

static void
traces_rows_cb (GuiTraces *self, GPtrArray *rows, guint64 dropped, GuiTraceClient *client)
{
  GuiProcess process = traces_find (self, client);

  if (process == GUI_PROCESS_WALLET && gui_trace_client_get_status (self->clients[GUI_PROCESS_NODE]) != NULL)
    traces_drop_of_node (rows);
  traces_emit_rows (self, process, rows, dropped);
}

static void
traces_status_cb (GuiTraces *self, GuiTraceClient *client)
{
  g_signal_emit (self, signals[SIGNAL_STATUS], 0, (guint) traces_find (self, client));
}

static void
traces_changed_cb (GuiTraces *self, GuiTraceClient *client)
{
  if (!gui_client_get_online (GUI_CLIENT (client)))
    traces_status_cb (self, client);
}

static gboolean
traces_own_rows_cb (gpointer data)
{
  GuiTraces *self = data;
  g_autoptr (GPtrArray) rows = bus_trace_log_read (self->log, self->last, OWN_ROWS);
  guint64 dropped = 0;

  if (rows->len > 0) {
    dropped = ((const BusTraceRow *) rows->pdata[0])->sequence - self->last - 1;
    self->last = ((const BusTraceRow *) rows->pdata[rows->len - 1])->sequence;
  }
  traces_emit_rows (self, GUI_PROCESS_APPLICATION, rows, dropped);
  return G_SOURCE_CONTINUE;
}

static void
traces_own_status_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiTraces) self = data;
  g_autoptr (GVariant) status = bus_status_read_finish (result);

  self->reading_status = FALSE;
  g_clear_pointer (&self->status, gui_process_status_free);
  self->status = gui_process_status_parse (status);
  g_signal_emit (self, signals[SIGNAL_STATUS], 0, (guint) GUI_PROCESS_APPLICATION);
}

static gboolean
traces_read_status_cb (gpointer data)
{
  GuiTraces *self = data;

  if (!self->reading_status) {
    self->reading_status = TRUE;
    bus_status_read_async ("gui", traces_own_status_cb, g_object_ref (self));
  }
  gui_trace_client_read_status (self->clients[GUI_PROCESS_NODE]);
  gui_trace_client_read_status (self->clients[GUI_PROCESS_WALLET]);
  return G_SOURCE_CONTINUE;
}

static void
traces_stop (GuiTraces *self)
{
  g_clear_handle_id (&self->rows_source, g_source_remove);
  g_clear_handle_id (&self->status_source, g_source_remove);
  g_clear_pointer (&self->log, bus_trace_log_free);
}

void
gui_traces_set_active (GuiTraces *self, gboolean active)
{
  g_return_if_fail (GUI_IS_TRACES (self));

  if (self->active == active)
    return;
  self->active = active;
  gui_trace_client_set_active (self->clients[GUI_PROCESS_NODE], active);
  gui_trace_client_set_active (self->clients[GUI_PROCESS_WALLET], active);
  if (!active) {
    traces_stop (self);
    return;
  }
  self->log = bus_trace_log_new ("gui", OWN_ROWS);
  self->last = 0;
  self->rows_source = g_timeout_add (ROWS_MS, traces_own_rows_cb, self);
  self->status_source = g_timeout_add (STATUS_MS, traces_read_status_cb, self);
  traces_read_status_cb (self);
}

const GuiProcessStatus *
gui_traces_get_status (GuiTraces *self, GuiProcess process)
{
  g_return_val_if_fail (GUI_IS_TRACES (self), NULL);
  g_return_val_if_fail (process < GUI_N_PROCESSES, NULL);

  return process == GUI_PROCESS_APPLICATION ? self->status : gui_trace_client_get_status (self->clients[process]);
}

void
gui_traces_attach (GuiTraces *self, GuiProcess process, GDBusConnection *connection)
{
  g_return_if_fail (GUI_IS_TRACES (self));
  g_return_if_fail (process == GUI_PROCESS_NODE || process == GUI_PROCESS_WALLET);

  gui_client_attach (GUI_CLIENT (self->clients[process]), connection, BUS_PATH_TRACE);
}

void
gui_traces_detach (GuiTraces *self, GuiProcess process)
{
  g_return_if_fail (GUI_IS_TRACES (self));
  g_return_if_fail (process == GUI_PROCESS_NODE || process == GUI_PROCESS_WALLET);

  gui_client_detach (GUI_CLIENT (self->clients[process]));
  /* What was sent before the end is shown first. */
  if (self->log != NULL)
    traces_own_rows_cb (self);
  g_signal_emit (self, signals[SIGNAL_LOST], 0, (guint) process);
}

static void
gui_traces_dispose (GObject *object)
{
  GuiTraces *self = GUI_TRACES (object);

  traces_stop (self);
  g_clear_object (&self->clients[GUI_PROCESS_NODE]);
  g_clear_object (&self->clients[GUI_PROCESS_WALLET]);
  G_OBJECT_CLASS (gui_traces_parent_class)->dispose (object);
}

static void
gui_traces_finalize (GObject *object)
{
  gui_process_status_free (GUI_TRACES (object)->status);
  G_OBJECT_CLASS (gui_traces_parent_class)->finalize (object);
}

static void
gui_traces_class_init (GuiTracesClass *klass)
{
  GType type = GUI_TYPE_TRACES;

  G_OBJECT_CLASS (klass)->dispose = gui_traces_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_traces_finalize;
  signals[SIGNAL_ROWS] = g_signal_new ("rows", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                                       G_TYPE_UINT, G_TYPE_PTR_ARRAY, G_TYPE_UINT64);
  signals[SIGNAL_STATUS]
      = g_signal_new ("status", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_LOST]
      = g_signal_new ("lost", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
gui_traces_init (GuiTraces *self)
{
  for (GuiProcess process = GUI_PROCESS_NODE; process <= GUI_PROCESS_WALLET; process++) {
    GuiTraceClient *client = self->clients[process] = gui_trace_client_new ();

    g_signal_connect_object (client, "rows", G_CALLBACK (traces_rows_cb), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (client, "status", G_CALLBACK (traces_status_cb), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (client, "changed", G_CALLBACK (traces_changed_cb), self, G_CONNECT_SWAPPED);
  }
}

GuiTraces *
gui_traces_new (void)
{
  return g_object_new (GUI_TYPE_TRACES, NULL);
}
