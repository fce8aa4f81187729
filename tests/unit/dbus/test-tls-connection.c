/* Connections over TLS: wire/transport_tls.c below wire/channel.c. */
#include "dbus/connection.h"

#include <string.h>
#include <unistd.h>

#include "../tls_pair.h"
#include "bus-generated.h"
#include "dbus/errors.h"
#include "dbus/memfd.h"
#include "dbus/names.h"

#define TIMEOUT_MS 60000

/* Our end serves Chain1 and Rpc1. */
typedef struct {
  GTlsConnection *tls[2];
  GDBusConnection *ours;
  GDBusConnection *theirs; /* NULL: the test reads and writes by itself */
  BusChain1 *chain;
  BusRpc1 *rpc;
  GError *closed; /* of ours */
  gboolean is_closed;
} Pair;

/* A reply with a descriptor, which cannot be sent. */
static gboolean
on_get_block (BusChain1 *object,
              GDBusMethodInvocation *invocation,
              GUnixFDList *fds,
              GVariant *hash,
              GVariant *options,
              gpointer data)
{
  g_autoptr (GUnixFDList) out = g_unix_fd_list_new ();
  int fd = bus_memfd_new ((const guint8 *) "x", 1, NULL);

  g_assert_cmpint (g_unix_fd_list_append (out, fd, NULL), ==, 0);
  close (fd);
  bus_chain1_complete_get_block (object, invocation, out, 7, TRUE, g_variant_new_handle (0));
  return TRUE;
}

/* Replies with as many characters as the name of the method says. */
static gboolean
on_execute (BusRpc1 *object,
            GDBusMethodInvocation *invocation,
            const char *method,
            GVariant *params,
            GVariant *options,
            gpointer data)
{
  g_autofree char *text = g_strnfill (g_ascii_strtoull (method, NULL, 10), 'x');
  GVariantDict details = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&details, "code", "i", (gint32) strlen (g_variant_get_string (params, NULL)));
  bus_rpc1_complete_execute (object, invocation, text, g_variant_dict_end (&details));
  return TRUE;
}

static void
on_closed (GDBusConnection *connection, gboolean vanished, GError *error, gpointer data)
{
  Pair *pair = data;

  pair->is_closed = TRUE;
  pair->closed = error != NULL ? g_error_copy (error) : NULL;
}

static GDBusConnection *
open_end (GTlsConnection *tls, guint max_calls)
{
  const BusConnectionOptions options = { .peer = "other", .max_calls = max_calls, .roles = BUS_ROLES_NODE };
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = bus_connection_new_tls (tls, &options, &error);

  g_assert_no_error (error);
  return connection;
}

static void
pair_begin (Pair *pair, gboolean theirs_speaks)
{
  *pair = (Pair){ 0 };
  (void) BUS_ERROR;
  tls_pair_new (pair->tls);
  pair->ours = open_end (pair->tls[0], BUS_MAX_CALLS);
  g_signal_connect (pair->ours, "closed", G_CALLBACK (on_closed), pair);
  pair->chain = bus_chain1_skeleton_new ();
  g_signal_connect (pair->chain, "handle-get-block", G_CALLBACK (on_get_block), NULL);
  pair->rpc = bus_rpc1_skeleton_new ();
  g_signal_connect (pair->rpc, "handle-execute", G_CALLBACK (on_execute), NULL);
  g_assert_true (
      g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (pair->chain), pair->ours, BUS_PATH_CHAIN, NULL));
  g_assert_true (
      g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (pair->rpc), pair->ours, BUS_PATH_RPC, NULL));
  g_dbus_connection_start_message_processing (pair->ours);
  if (!theirs_speaks)
    return;
  pair->theirs = open_end (pair->tls[1], 0);
  g_dbus_connection_start_message_processing (pair->theirs);
}

static void
pair_wait_closed (Pair *pair)
{
  while (!pair->is_closed)
    g_main_context_iteration (NULL, TRUE);
}

static void
pair_end (Pair *pair)
{
  if (pair->theirs != NULL)
    g_dbus_connection_close (pair->theirs, NULL, NULL, NULL);
  pair_wait_closed (pair);
  g_signal_handlers_disconnect_by_data (pair->ours, pair);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (pair->chain));
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (pair->rpc));
  g_object_unref (pair->chain);
  g_object_unref (pair->rpc);
  g_clear_object (&pair->theirs);
  g_clear_object (&pair->ours);
  g_clear_object (&pair->tls[0]);
  g_clear_object (&pair->tls[1]);
  g_clear_error (&pair->closed);
}

/* What the other end writes. */
static void
pair_write (Pair *pair, const void *bytes, gsize len)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (pair->tls[1]));

  g_assert_true (g_output_stream_write_all (output, bytes, len, NULL, NULL, NULL));
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GVariant *
call (Pair *pair, const char *path, const char *interface, const char *member, GVariant *args, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_dbus_connection_call (pair->theirs, NULL, path, interface, member, args, NULL, 0, TIMEOUT_MS, NULL, on_result,
                          &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return g_dbus_connection_call_finish (pair->theirs, result, error);
}

static void
assert_execute (Pair *pair, guint len, guint params_len)
{
  g_autofree char *method = g_strdup_printf ("%u", len), *params = g_strnfill (params_len, 'p');
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = call (pair, BUS_PATH_RPC, "org.moneyrocket.Rpc1", "Execute",
                                      g_variant_new ("(ssa{sv})", method, params, NULL), &error),
                       details = NULL;
  const char *text;
  int code;

  g_assert_no_error (error);
  g_variant_get (answer, "(&s@a{sv})", &text, &details);
  g_assert_true (g_variant_lookup (details, "code", "i", &code));
  g_assert_cmpint (code, ==, params_len);
  g_assert_cmpuint (strlen (text), ==, len);
}

/* Messages of any length, which are many records in both directions. */
static void
test_calls (void)
{
  Pair pair;

  pair_begin (&pair, TRUE);
  for (guint i = 0; i < 100; i++)
    assert_execute (&pair, i, 3 * i);
  assert_execute (&pair, 16384, 16383);
  assert_execute (&pair, 12 << 20, 9 << 20);
  assert_execute (&pair, 1, 1);
  g_assert_cmpuint (bus_connection_get_roles (pair.ours), ==, BUS_ROLES_NODE);
  pair_end (&pair);
}

/* Descriptors are neither sent, nor accepted: the caller gets an error, and a message that says it has some is a
 * violation. */
static void
test_no_descriptors (void)
{
  g_autoptr (GDBusMessage) message = g_dbus_message_new_signal ("/a", "a.b", "C");
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *bytes = NULL;
  const guint8 hash32[32] = { 1 };
  gsize len;
  Pair pair;

  pair_begin (&pair, TRUE);
  g_assert_false (bus_connection_passes_fds (pair.ours));
  answer = call (&pair, BUS_PATH_CHAIN, "org.moneyrocket.Chain1", "GetBlock",
                 g_variant_new ("(@aya{sv})", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, hash32, 32, 1), NULL),
                 &error);
  g_assert_error (error, BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED);
  assert_execute (&pair, 1, 1);
  pair_end (&pair);

  pair_begin (&pair, FALSE);
  g_dbus_message_set_serial (message, 1);
  g_assert_cmpint (g_unix_fd_list_append (fds, 0, NULL), ==, 0);
  g_dbus_message_set_unix_fd_list (message, fds);
  g_dbus_message_set_header (message, G_DBUS_MESSAGE_HEADER_FIELD_NUM_UNIX_FDS, g_variant_new_uint32 (1));
  bytes = g_dbus_message_to_blob (message, &len, G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, NULL);
  g_assert_nonnull (bytes);
  pair_write (&pair, bytes, len);
  pair_wait_closed (&pair);
  g_assert_error (pair.closed, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  pair_end (&pair);
}

/* Each byte in a record of its own. */
static void
test_pieces (void)
{
  g_autoptr (GDBusMessage) message
      = g_dbus_message_new_method_call (NULL, BUS_PATH_RPC, "org.moneyrocket.Rpc1", "Execute"),
      reply = NULL;
  g_autofree guint8 *bytes = NULL;
  GInputStream *input;
  guint8 buffer[4096];
  gsize len, got;
  Pair pair;

  pair_begin (&pair, FALSE);
  input = g_io_stream_get_input_stream (G_IO_STREAM (pair.tls[1]));
  g_dbus_message_set_serial (message, 1);
  g_dbus_message_set_body (message, g_variant_new ("(ssa{sv})", "5", "abc", NULL));
  bytes = g_dbus_message_to_blob (message, &len, G_DBUS_CAPABILITY_FLAGS_NONE, NULL);
  for (gsize i = 0; i < len; i++)
    pair_write (&pair, bytes + i, 1);
  /* The reply needs our main context, so this end does not block. */
  for (got = 0; got < 16 || got < (gsize) g_dbus_message_bytes_needed (buffer, got, NULL);) {
    gssize n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), buffer + got,
                                                         sizeof buffer - got, NULL, NULL);
    got += MAX (n, 0);
    g_main_context_iteration (NULL, FALSE);
  }
  reply = g_dbus_message_new_from_blob (buffer, got, G_DBUS_CAPABILITY_FLAGS_NONE, NULL);
  g_assert_nonnull (reply);
  g_assert_cmpuint (g_dbus_message_get_reply_serial (reply), ==, 1);
  g_assert_true (g_io_stream_close (G_IO_STREAM (pair.tls[1]), NULL, NULL));
  pair_end (&pair);
}

static void
test_violation (void)
{
  const char wrong[16] = "HTTP/1.1 200 OK";
  Pair pair;

  pair_begin (&pair, FALSE);
  pair_write (&pair, wrong, sizeof wrong);
  pair_wait_closed (&pair);
  g_assert_error (pair.closed, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_true (bus_connection_broke_rule (pair.ours));
  pair_end (&pair);
}

/* A message that is not completed, since the other end has gone. */
static void
test_incomplete (void)
{
  const guint8 begun[] = { 'l', 4, 0, 1, 16, 0 };
  Pair pair;

  pair_begin (&pair, FALSE);
  pair_write (&pair, begun, sizeof begun);
  g_assert_true (g_io_stream_close (G_IO_STREAM (pair.tls[1]), NULL, NULL));
  pair_wait_closed (&pair);
  g_assert_false (bus_connection_broke_rule (pair.ours));
  pair_end (&pair);
}

/* Bytes below TLS that are no record of this session: the connection ends, and nothing of them is read. */
static void
test_damaged_record (void)
{
  const guint8 record[] = { 23, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 };
  g_autoptr (GSocketConnection) base = NULL;
  Pair pair;

  pair_begin (&pair, FALSE);
  g_object_get (pair.tls[1], "base-io-stream", &base, NULL);
  g_assert_cmpint (
      g_socket_send (g_socket_connection_get_socket (base), (const char *) record, sizeof record, NULL, NULL), ==,
      sizeof record);
  pair_wait_closed (&pair);
  g_assert_false (bus_connection_broke_rule (pair.ours));
  pair_end (&pair);
}

/* The queue of messages that the other end does not read is limited. */
static void
test_queue (void)
{
  g_autofree char *text = g_strnfill (1000000, 'x');
  Pair pair;

  pair_begin (&pair, FALSE);
  for (guint i = 0; i < BUS_MAX_QUEUED_BYTES / 1000000 + 32; i++)
    if (!g_dbus_connection_emit_signal (pair.ours, NULL, "/a", "a.b", "C", g_variant_new ("(s)", text), NULL))
      break;
  pair_wait_closed (&pair);
  g_assert_error (pair.closed, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  pair_end (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/tls-connection/calls", test_calls);
  g_test_add_func ("/dbus/tls-connection/no-descriptors", test_no_descriptors);
  g_test_add_func ("/dbus/tls-connection/pieces", test_pieces);
  g_test_add_func ("/dbus/tls-connection/violation", test_violation);
  g_test_add_func ("/dbus/tls-connection/incomplete", test_incomplete);
  g_test_add_func ("/dbus/tls-connection/damaged-record", test_damaged_record);
  g_test_add_func ("/dbus/tls-connection/queue", test_queue);
  return g_test_run ();
}
