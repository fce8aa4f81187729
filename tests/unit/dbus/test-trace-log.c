#include <sys/socket.h>

#include "dbus/connection.h"
#include "dbus/connections.h"
#include "dbus/trace_log.h"

#define MAX_ROWS 8

typedef struct {
  GDBusConnection *ends[2]; /* towards the "wallet", and towards the "node" */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  for (int i = 0; i < 2; i++) {
    const BusConnectionOptions options = { .peer = i == 0 ? "wallet" : "node", .max_calls = 4 };

    f->ends[i] = bus_connection_new (fds[i], &options, NULL);
    g_assert_nonnull (f->ends[i]);
    g_dbus_connection_start_message_processing (f->ends[i]);
  }
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  for (int i = 0; i < 2; i++) {
    g_dbus_connection_close_sync (f->ends[i], NULL, NULL);
    g_object_unref (f->ends[i]);
  }
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  *(gboolean *) data = TRUE;
}

/* Calls METHOD of the other end. Only GDBus itself replies, with an error. */
static void
call (Fixture *f, const char *interface, const char *method)
{
  gboolean done = FALSE;

  g_dbus_connection_call (f->ends[0], NULL, "/org/moneyrocket/Rpc", interface, method,
                          g_variant_new ("(ssa{sv})", "walletpassphrase", "[\"correct horse\"]", NULL), NULL,
                          G_DBUS_CALL_FLAGS_NONE, 10000, NULL, on_answer, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

static void
execute (Fixture *f)
{
  call (f, "org.moneyrocket.Rpc1", "Execute");
}

static void
test_rows (Fixture *f, gconstpointer data)
{
  g_autoptr (BusTraceLog) log = bus_trace_log_new ("node", MAX_ROWS);
  g_autoptr (GPtrArray) rows = NULL;
  guint n[2][2] = { 0 };

  execute (f);
  /* A call and a reply, each at both ends. */
  g_assert_cmpuint (bus_trace_log_get_last (log), ==, 4);
  rows = bus_trace_log_read (log, 0, 100);
  g_assert_cmpuint (rows->len, ==, 4);
  for (guint i = 0; i < rows->len; i++) {
    const BusTraceRow *row = rows->pdata[i];
    gboolean ours = g_str_equal (row->peer, "wallet"), answer = row->kind == BUS_TAP_ERROR;

    n[ours][answer]++;
    g_assert_cmpuint (row->sequence, ==, i + 1);
    g_assert_cmpuint (row->connection, ==, bus_connections_get_number (f->ends[ours ? 0 : 1]));
    g_assert_cmpint (row->kind, ==, answer ? BUS_TAP_ERROR : BUS_TAP_CALL);
    g_assert_true (row->incoming == (ours == answer));
    g_assert_cmpstr (row->interface, ==, "org.moneyrocket.Rpc1");
    g_assert_cmpstr (row->member, ==, "Execute");
    g_assert_cmpstr (row->path, ==, answer ? "" : "/org/moneyrocket/Rpc");
    g_assert_cmpstr (row->error, ==, answer ? "org.freedesktop.DBus.Error.UnknownMethod" : "");
    g_assert_cmpuint (row->n_bytes, >, 16);
    g_assert_cmpint (row->duration_us > 0, ==, answer);
    g_assert_cmpuint (row->serial, ==, ((const BusTraceRow *) rows->pdata[0])->serial);
    g_assert_cmpint (ABS (g_get_real_time () - row->time_us), <, 60 * G_USEC_PER_SEC);
  }
  g_assert_true (n[0][0] == 1 && n[0][1] == 1 && n[1][0] == 1 && n[1][1] == 1);
}

/* Only the last rows are held, and a reader sees that some are missing. */
static void
test_ring (Fixture *f, gconstpointer data)
{
  g_autoptr (BusTraceLog) log = bus_trace_log_new ("node", MAX_ROWS);
  g_autoptr (GPtrArray) all = NULL, some = NULL, none = NULL, beyond = NULL;

  for (guint i = 0; i < 50; i++)
    execute (f);
  g_assert_cmpuint (bus_trace_log_get_last (log), ==, 200);
  all = bus_trace_log_read (log, 0, 100);
  g_assert_cmpuint (all->len, ==, MAX_ROWS);
  for (guint i = 0; i < MAX_ROWS; i++)
    g_assert_cmpuint (((const BusTraceRow *) all->pdata[i])->sequence, ==, 193 + i);
  some = bus_trace_log_read (log, 195, 3);
  g_assert_cmpuint (some->len, ==, 3);
  g_assert_cmpuint (((const BusTraceRow *) some->pdata[0])->sequence, ==, 196);
  none = bus_trace_log_read (log, 200, 100);
  beyond = bus_trace_log_read (log, G_MAXUINT64, 100);
  g_assert_cmpuint (none->len + beyond->len, ==, 0);
}

/* Otherwise the readers of a log would fill it themselves. */
static void
test_own_messages (Fixture *f, gconstpointer data)
{
  g_autoptr (BusTraceLog) log = bus_trace_log_new ("node", MAX_ROWS);

  call (f, "org.moneyrocket.Trace1", "Unknown");
  g_assert_cmpuint (bus_trace_log_get_last (log), ==, 0);
}

/* A log that is freed listens no more, and one that begins later sees no reply to an earlier call. */
static void
test_begin_and_end (Fixture *f, gconstpointer data)
{
  BusTraceLog *first = bus_trace_log_new ("node", MAX_ROWS);
  g_autoptr (BusTraceLog) second = NULL;

  execute (f);
  bus_trace_log_free (first);
  execute (f);
  second = bus_trace_log_new ("node", MAX_ROWS);
  g_assert_cmpuint (bus_trace_log_get_last (second), ==, 0);
  execute (f);
  g_assert_cmpuint (bus_trace_log_get_last (second), ==, 4);
}

static void
test_connections (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) list = bus_connections_list ();
  g_autofree char *before = bus_connections_dup_program (f->ends[0]);
  g_autofree char *after = NULL;
  BusCounts received, sent, other_received, other_sent;
  guint64 number = bus_connections_get_number (f->ends[0]);

  g_assert_cmpuint (list->len, ==, 2);
  g_assert_true (list->pdata[0] == f->ends[0] && list->pdata[1] == f->ends[1]);
  g_assert_cmpuint (bus_connections_get_number (f->ends[1]), ==, number + 1);
  g_assert_cmpstr (bus_connections_get_peer (f->ends[0]), ==, "wallet");
  bus_connections_set_program (f->ends[0], "gui");
  after = bus_connections_dup_program (f->ends[0]);
  g_assert_cmpstr (before, ==, "");
  g_assert_cmpstr (after, ==, "gui");

  execute (f);
  execute (f);
  bus_connection_get_counts (f->ends[0], &received, &sent);
  bus_connection_get_counts (f->ends[1], &other_received, &other_sent);
  g_assert_cmpuint (sent.n_messages, ==, 2);
  g_assert_cmpuint (received.n_messages, ==, 2);
  g_assert_cmpuint (sent.n_bytes, >, 200);
  g_assert_cmpuint (sent.n_calls, ==, 0);
  g_assert_cmpuint (other_received.n_bytes, ==, sent.n_bytes);
  g_assert_cmpuint (other_sent.n_bytes, ==, received.n_bytes);

  g_dbus_connection_close_sync (f->ends[1], NULL, NULL);
  g_ptr_array_unref (list);
  list = bus_connections_list ();
  for (guint i = 0; i < list->len; i++)
    g_assert_true (list->pdata[i] != f->ends[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/dbus/trace-log/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("rows", test_rows);
  ADD ("ring", test_ring);
  ADD ("own-messages", test_own_messages);
  ADD ("begin-and-end", test_begin_and_end);
  ADD ("connections", test_connections);
#undef ADD
  return g_test_run ();
}
