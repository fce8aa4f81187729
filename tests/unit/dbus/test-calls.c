#include "dbus/calls.h"

#include <dlfcn.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dbus/connection.h"
#include "dbus/errors.h"
#include "dbus/init.h"
#include "dbus/names.h"
#include "dbus/operation.h"
#include "dbus/request.h"

#define TIMEOUT_MS 60000

/* Our end serves Init1, and Node1.Generate, which does not reply by itself; the other end calls. */
typedef struct {
  GDBusConnection *ours, *theirs;
  BusInit1Skeleton *init;
  BusNode1 *node;
  GPtrArray *calls; /* GDBusMethodInvocation without a reply */
  gboolean is_closed;
} Pair;

static gboolean
on_generate (BusNode1 *object,
             GDBusMethodInvocation *invocation,
             guint blocks,
             const char *address,
             GVariant *options,
             gpointer data)
{
  Pair *pair = data;

  g_ptr_array_add (pair->calls, invocation);
  return TRUE;
}

static void
on_closed (GDBusConnection *connection, gboolean vanished, GError *error, gpointer data)
{
  ((Pair *) data)->is_closed = TRUE;
}

static GDBusConnection *
open_end (int fd, const char *peer)
{
  const BusConnectionOptions options = { .peer = peer, .max_calls = BUS_MAX_CALLS };
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = bus_connection_new (fd, &options, &error);

  g_assert_no_error (error);
  return connection;
}

static void
pair_begin (Pair *pair)
{
  const BusInit init = { .role = "node", .network = "regtest" };
  int fds[2];

  *pair = (Pair){ .calls = g_ptr_array_new () };
  (void) BUS_ERROR;
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  pair->ours = open_end (fds[0], "theirs");
  pair->theirs = open_end (fds[1], "ours");
  pair->init = bus_init_export (pair->ours, &init, NULL);
  pair->node = bus_node1_skeleton_new ();
  g_signal_connect (pair->node, "handle-generate", G_CALLBACK (on_generate), pair);
  g_signal_connect (pair->ours, "closed", G_CALLBACK (on_closed), pair);
  g_assert_true (
      g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (pair->node), pair->ours, BUS_PATH_NODE, NULL));
  g_dbus_connection_start_message_processing (pair->ours);
  g_dbus_connection_start_message_processing (pair->theirs);
}

static void
pair_end (Pair *pair)
{
  g_assert_cmpuint (pair->calls->len, ==, 0);
  g_dbus_connection_close (pair->theirs, NULL, NULL, NULL);
  while (!pair->is_closed)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handlers_disconnect_by_data (pair->ours, pair);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (pair->node));
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (pair->init));
  g_object_unref (pair->node);
  g_object_unref (pair->init);
  g_object_unref (pair->theirs);
  g_object_unref (pair->ours);
  g_ptr_array_unref (pair->calls);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* Waits until the call has arrived at our end. */
static void
begin (Pair *pair, int timeout_ms, GCancellable *cancellable, GAsyncResult **result)
{
  guint n = pair->calls->len;

  bus_request_async (
      pair->theirs, &(BusRequest){ BUS_PATH_NODE, "org.moneyrocket.Node1", "Generate", "(o)", timeout_ms, cancellable },
      g_variant_new ("(usa{sv})", 1, "address", NULL), on_result, result);
  while (pair->calls->len == n)
    g_main_context_iteration (NULL, TRUE);
}

static void
end (Pair *pair, GAsyncResult **result, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answer = bus_request_finish (pair->theirs, *result, NULL, &error);
  g_assert_null (answer);
  g_assert_error (error, domain, code);
  g_clear_object (result);
}

static void
wait_cancelled (GCancellable *cancellable)
{
  while (!g_cancellable_is_cancelled (cancellable))
    g_main_context_iteration (NULL, TRUE);
}

/* Our end replies as the operation completes. */
static void
answer (Pair *pair, guint index)
{
  g_autoptr (GError) error = g_error_new_literal (BUS_ERROR, BUS_ERROR_BUSY, "");

  bus_error_reply (g_ptr_array_steal_index (pair->calls, index), error);
}

/* Cancelling a call at the other end cancels the operation at our end, and no other. */
static void
test_cancel (void)
{
  g_autoptr (GCancellable) theirs = g_cancellable_new ();
  GAsyncResult *one = NULL, *two = NULL;
  GCancellable *first, *second;
  Pair pair;

  pair_begin (&pair);
  begin (&pair, TIMEOUT_MS, theirs, &one);
  begin (&pair, TIMEOUT_MS, NULL, &two);
  first = bus_calls_get_cancellable (pair.calls->pdata[0]);
  second = bus_calls_get_cancellable (pair.calls->pdata[1]);
  g_assert_true (first == bus_calls_get_cancellable (pair.calls->pdata[0]));
  g_assert_true (first != second);
  g_cancellable_cancel (theirs);
  wait_cancelled (first);
  g_assert_false (g_cancellable_is_cancelled (second));
  end (&pair, &one, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  answer (&pair, 0);
  answer (&pair, 0);
  end (&pair, &two, BUS_ERROR, BUS_ERROR_BUSY);
  pair_end (&pair);
}

static void
test_timeout (void)
{
  GAsyncResult *result = NULL;
  Pair pair;

  pair_begin (&pair);
  begin (&pair, 10, NULL, &result);
  wait_cancelled (bus_calls_get_cancellable (pair.calls->pdata[0]));
  end (&pair, &result, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  answer (&pair, 0);
  pair_end (&pair);
}

/* A call that is cancelled before it was sent does not cancel another call. */
static void
test_cancelled_before (void)
{
  g_autoptr (GCancellable) theirs = g_cancellable_new ();
  GAsyncResult *one = NULL, *two = NULL;
  Pair pair;

  pair_begin (&pair);
  begin (&pair, TIMEOUT_MS, NULL, &one);
  g_cancellable_cancel (theirs);
  bus_request_async (pair.theirs,
                     &(BusRequest){ BUS_PATH_NODE, "org.moneyrocket.Node1", "Generate", "(o)", TIMEOUT_MS, theirs },
                     g_variant_new ("(usa{sv})", 1, "address", NULL), on_result, &two);
  end (&pair, &two, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  begin (&pair, TIMEOUT_MS, NULL, &two); /* a Cancel would have arrived before it */
  g_assert_false (g_cancellable_is_cancelled (bus_calls_get_cancellable (pair.calls->pdata[0])));
  answer (&pair, 0);
  answer (&pair, 0);
  end (&pair, &one, BUS_ERROR, BUS_ERROR_BUSY);
  end (&pair, &two, BUS_ERROR, BUS_ERROR_BUSY);
  pair_end (&pair);
}

/* Closing the connection cancels its operations, also those that start only then. */
static void
test_closed (void)
{
  GAsyncResult *result = NULL, *late = NULL;
  GCancellable *cancellable;
  Pair pair;

  pair_begin (&pair);
  begin (&pair, TIMEOUT_MS, NULL, &result);
  begin (&pair, TIMEOUT_MS, NULL, &late);
  cancellable = bus_calls_get_cancellable (pair.calls->pdata[0]);
  g_dbus_connection_close (pair.theirs, NULL, NULL, NULL);
  wait_cancelled (cancellable);
  g_assert_true (g_cancellable_is_cancelled (bus_calls_get_cancellable (pair.calls->pdata[1])));
  answer (&pair, 0);
  answer (&pair, 0);
  end (&pair, &result, BUS_ERROR, BUS_ERROR_DISCONNECTED);
  end (&pair, &late, BUS_ERROR, BUS_ERROR_DISCONNECTED);
  pair_end (&pair);
}

#define N_IN_FLIGHT 100

typedef struct {
  GDBusConnection *connection;
  guint n_failed;
} InFlight;

static void
on_lost (GObject *source, GAsyncResult *result, gpointer data)
{
  InFlight *flight = data;
  g_autoptr (GError) error = NULL;

  g_assert_null (bus_request_finish (G_DBUS_CONNECTION (source), result, NULL, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_DISCONNECTED);
  g_assert_false (bus_error_is_reply (error));
  flight->n_failed++;
}

static void
call_and_lose (InFlight *flight)
{
  bus_request_async (flight->connection,
                     &(BusRequest){ BUS_PATH_ECHO, "org.moneyrocket.Echo1", "Delay", "()", TIMEOUT_MS, NULL },
                     g_variant_new ("(ua{sv})", 1, NULL), on_lost, flight);
}

/* The process at the other end is killed: all calls in flight fail with the same error, and so do later ones. */
static void
test_killed (void)
{
  InFlight flight = { 0 };
  int fds[2];
  pid_t pid;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  pid = fork ();
  if (pid == 0) {
    close (fds[0]);
    for (;;)
      pause ();
  }
  g_assert_cmpint (pid, >, 0);
  close (fds[1]);
  flight.connection = open_end (fds[0], "killed");
  g_dbus_connection_start_message_processing (flight.connection);
  for (guint i = 0; i < N_IN_FLIGHT; i++)
    call_and_lose (&flight);
  g_assert_true (g_dbus_connection_flush_sync (flight.connection, NULL, NULL));
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  while (flight.n_failed < N_IN_FLIGHT)
    g_main_context_iteration (NULL, TRUE);
  call_and_lose (&flight);
  while (flight.n_failed == N_IN_FLIGHT)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (flight.connection);
}

/* A call with a reply is no longer cancelled, unless an operation continues after it. */
static void
test_answered (void)
{
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BusOperation) operation = NULL;
  GCancellable *gone;
  guint32 serial;
  Pair pair;

  pair_begin (&pair);
  begin (&pair, TIMEOUT_MS, NULL, &result);
  serial = g_dbus_connection_get_last_serial (pair.theirs);
  gone = bus_calls_get_cancellable (pair.calls->pdata[0]);
  g_object_add_weak_pointer (G_OBJECT (gone), (gpointer *) &gone);
  answer (&pair, 0);
  g_assert_null (gone);
  end (&pair, &result, BUS_ERROR, BUS_ERROR_BUSY);
  bus_calls_cancel (pair.ours, serial);
  bus_calls_cancel (pair.ours, 0);
  begin (&pair, TIMEOUT_MS, NULL, &result);
  serial = g_dbus_connection_get_last_serial (pair.theirs);
  operation = bus_operation_new (pair.calls->pdata[0], "work", &error);
  g_assert_no_error (error);
  answer (&pair, 0);
  end (&pair, &result, BUS_ERROR, BUS_ERROR_BUSY);
  g_assert_false (g_cancellable_is_cancelled (bus_operation_get_cancellable (operation)));
  bus_init_cancel (pair.theirs, serial);
  wait_cancelled (bus_operation_get_cancellable (operation));
  pair_end (&pair);
}

/* What GDBus says when another thread, which sends answers or signals, was faster than the one that asks. */
static gboolean sends_between;

guint32
g_dbus_connection_get_last_serial (GDBusConnection *connection)
{
  static guint32 (*real) (GDBusConnection *);

  if (real == NULL)
    real = (guint32 (*) (GDBusConnection *)) dlsym (RTLD_NEXT, "g_dbus_connection_get_last_serial");
  if (sends_between)
    g_assert_true (g_dbus_connection_emit_signal (connection, NULL, "/a", "a.b", "C", NULL, NULL));
  return real (connection);
}

/* The call that is cancelled is the one that was made, whatever else is sent at the same time. */
static void
test_sent_between (void)
{
  g_autoptr (GCancellable) theirs = g_cancellable_new ();
  GAsyncResult *one = NULL, *two = NULL;
  GCancellable *first;
  Pair pair;

  pair_begin (&pair);
  sends_between = TRUE;
  begin (&pair, TIMEOUT_MS, theirs, &one);
  sends_between = FALSE;
  first = bus_calls_get_cancellable (pair.calls->pdata[0]);
  g_cancellable_cancel (theirs);
  end (&pair, &one, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  begin (&pair, TIMEOUT_MS, NULL, &two); /* the Cancel has come before it */
  g_assert_true (g_cancellable_is_cancelled (first));
  answer (&pair, 0);
  answer (&pair, 0);
  end (&pair, &two, BUS_ERROR, BUS_ERROR_BUSY);
  pair_end (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/calls/cancel", test_cancel);
  g_test_add_func ("/dbus/calls/timeout", test_timeout);
  g_test_add_func ("/dbus/calls/cancelled-before", test_cancelled_before);
  g_test_add_func ("/dbus/calls/closed", test_closed);
  g_test_add_func ("/dbus/calls/killed", test_killed);
  g_test_add_func ("/dbus/calls/answered", test_answered);
  g_test_add_func ("/dbus/calls/sent-between", test_sent_between);
  return g_test_run ();
}
