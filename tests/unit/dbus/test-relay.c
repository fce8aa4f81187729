#include "dbus/relay.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../files.h"
#include "../tls_pair.h"
#include "bus-generated.h"
#include "dbus/connection.h"
#include "dbus/init.h"
#include "dbus/names.h"

/* far (TLS) ⇄ relay ⇄ near (a local socket) */
typedef struct {
  GTlsConnection *far;
  int near;
  BusRelay *relay;
  gboolean has_ended;
} Fixture;

static void
on_ended (gpointer data)
{
  ((Fixture *) data)->has_ended = TRUE;
}

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  GTlsConnection *ends[2];
  g_autoptr (GError) error = NULL;
  int fds[2];

  tls_pair_new (ends);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  fixture->far = ends[0];
  fixture->near = fds[1];
  fixture->relay = bus_relay_new (ends[1], fds[0], on_ended, fixture, &error);
  g_assert_no_error (error);
  g_object_unref (ends[1]);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  bus_relay_free (fixture->relay);
  g_clear_object (&fixture->far);
  if (fixture->near >= 0)
    close (fixture->near);
}

static void
far_write (Fixture *fixture, const guint8 *bytes, gsize len)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (fixture->far));

  g_assert_true (g_output_stream_write_all (output, bytes, len, NULL, NULL, NULL));
}

static gsize
far_read (Fixture *fixture, guint8 *bytes, gsize len)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (fixture->far));
  gsize got = 0;

  g_input_stream_read_all (input, bytes, len, &got, NULL, NULL);
  return got;
}

static void
near_write (Fixture *fixture, const guint8 *bytes, gsize len)
{
  for (gsize done = 0; done < len;) {
    gssize sent = send (fixture->near, bytes + done, len - done, MSG_NOSIGNAL);

    g_assert_cmpint (sent, >, 0);
    done += (gsize) sent;
  }
}

static gsize
near_read (Fixture *fixture, guint8 *bytes, gsize len)
{
  gsize done = 0;
  gssize got;

  while (done < len && (got = read (fixture->near, bytes + done, len - done)) > 0)
    done += (gsize) got;
  return done;
}

static guint8 *
make_bytes (gsize len, guint seed)
{
  guint8 *bytes = g_malloc (len);

  for (gsize i = 0; i < len; i++)
    bytes[i] = (guint8) ((i + seed) * 2654435761u >> 13);
  return bytes;
}

#define LEN (6u << 20)

static gpointer
write_far_in_thread (gpointer data)
{
  g_autofree guint8 *bytes = make_bytes (LEN, 1);

  far_write (data, bytes, LEN);
  return NULL;
}

static gpointer
write_near_in_thread (gpointer data)
{
  g_autofree guint8 *bytes = make_bytes (LEN, 2);

  near_write (data, bytes, LEN);
  return NULL;
}

static gpointer
read_near_in_thread (gpointer data)
{
  g_autofree guint8 *expected = make_bytes (LEN, 1), *bytes = g_malloc (LEN);

  g_assert_cmpuint (near_read (data, bytes, LEN), ==, LEN);
  g_assert_cmpint (memcmp (bytes, expected, LEN), ==, 0);
  return NULL;
}

/* Much more than any buffer, in both directions at once. */
static void
test_both_ways (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *expected = make_bytes (LEN, 2), *bytes = g_malloc (LEN);
  GThread *threads[]
      = { g_thread_new ("far", write_far_in_thread, fixture), g_thread_new ("near", write_near_in_thread, fixture),
          g_thread_new ("read", read_near_in_thread, fixture) };

  g_assert_cmpuint (far_read (fixture, bytes, LEN), ==, LEN);
  g_assert_cmpint (memcmp (bytes, expected, LEN), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_false (fixture->has_ended);
}

static void
wait_for_end (Fixture *fixture)
{
  while (!fixture->has_ended)
    g_main_context_iteration (NULL, TRUE);
}

/* What was written before closing arrives, then the other end is closed, too. */
static void
test_near_closes (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *sent = make_bytes (100000, 3), *bytes = g_malloc (100001);

  near_write (fixture, sent, 100000);
  close (fixture->near);
  fixture->near = -1;
  g_assert_cmpuint (far_read (fixture, bytes, 100001), ==, 100000);
  g_assert_cmpint (memcmp (bytes, sent, 100000), ==, 0);
  wait_for_end (fixture);
}

static void
test_far_closes (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *sent = make_bytes (100000, 4), *bytes = g_malloc (100001);

  far_write (fixture, sent, 100000);
  g_assert_true (g_io_stream_close (G_IO_STREAM (fixture->far), NULL, NULL));
  g_assert_cmpuint (near_read (fixture, bytes, 100001), ==, 100000);
  g_assert_cmpint (memcmp (bytes, sent, 100000), ==, 0);
  wait_for_end (fixture);
}

/* A side that does not read stops the other one, after bounded buffers. */
static void
test_bounded (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *bytes = make_bytes (1 << 16, 5);
  GPollableOutputStream *output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (G_IO_STREAM (fixture->far)));
  gint64 quiet_since = g_get_monotonic_time ();
  gsize n = 0;

  while (g_get_monotonic_time () < quiet_since + 200000) {
    gssize sent = g_pollable_output_stream_write_nonblocking (output, bytes, 1 << 14, NULL, NULL);

    if (sent > 0) {
      n += (gsize) sent;
      quiet_since = g_get_monotonic_time ();
    }
    g_assert_cmpuint (n, <, 64 << 20);
  }
}

static void
test_free (Fixture *fixture, gconstpointer data)
{
  guint8 byte;

  bus_relay_free (g_steal_pointer (&fixture->relay));
  g_assert_cmpuint (near_read (fixture, &byte, 1), ==, 0);
  g_assert_cmpuint (far_read (fixture, &byte, 1), ==, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (fixture->has_ended);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* Two programs with a relay between them: only one has a TLS connection, but both know that descriptors do not pass;
 * and when one ends, nothing of the relay is left. */
static void
test_programs (void)
{
  const BusConnectionOptions node = { .peer = "wallet", .max_calls = BUS_MAX_CALLS, .roles = BUS_ROLES_NODE },
                             wallet = { .peer = "node" };
  const BusInit init = { .role = "node", .network = "regtest" };
  g_autoptr (GDBusConnection) ours = NULL, theirs = NULL;
  g_autoptr (BusInit1Skeleton) skeleton = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GTlsConnection *ends[2];
  guint n_before;

  tls_pair_new (ends);
  ours = bus_connection_new_tls (ends[0], &node, NULL);
  g_object_unref (ends[0]);
  n_before = count_descriptors ();
  theirs = bus_connection_new (bus_relay_open (ends[1], &error), &wallet, NULL);
  g_object_unref (ends[1]);
  g_assert_no_error (error);
  skeleton = bus_init_export (ours, &init, NULL);
  g_dbus_connection_start_message_processing (ours);
  g_dbus_connection_start_message_processing (theirs);
  g_assert_true (bus_connection_passes_fds (theirs));
  bus_init_hello_async (theirs, "wallet", "node", "regtest", 10000, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bus_init_hello_finish (theirs, result, &error));
  g_assert_false (bus_connection_passes_fds (theirs));
  g_assert_false (bus_connection_passes_fds (ours));
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (skeleton));
  g_dbus_connection_close (theirs, NULL, NULL, NULL);
  g_clear_object (&theirs);
  g_clear_object (&result);
  while (!g_dbus_connection_is_closed (ours) || count_descriptors () >= n_before)
    g_main_context_iteration (NULL, FALSE);
}

#define ADD(name, func) g_test_add ("/dbus/relay/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("both-ways", test_both_ways);
  ADD ("near-closes", test_near_closes);
  ADD ("far-closes", test_far_closes);
  ADD ("bounded", test_bounded);
  ADD ("free", test_free);
  g_test_add_func ("/dbus/relay/programs", test_programs);
  return g_test_run ();
}
