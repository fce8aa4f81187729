#include "dbus/connection.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "bus-generated.h"
#include "common/log.h"
#include "dbus/errors.h"
#include "dbus/init.h"
#include "dbus/memfd.h"
#include "dbus/names.h"

#define TIMEOUT_MS 60000

/* Our end serves Chain1 and Rpc1; the other end calls. */
typedef struct {
  GDBusConnection *ours, *theirs;
  BusChain1 *chain;
  BusRpc1 *rpc;
  GError *closed; /* of ours */
  gboolean is_closed;
} Pair;

static gboolean
on_get_block (BusChain1 *object,
              GDBusMethodInvocation *invocation,
              GUnixFDList *fds,
              GVariant *hash,
              GVariant *options,
              gpointer data)
{
  g_autoptr (GUnixFDList) out = g_unix_fd_list_new ();
  gsize len;
  const guint8 *bytes = g_variant_get_fixed_array (hash, &len, 1);
  int fd = bus_memfd_new (bytes, len, NULL);

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

static gboolean
on_help (BusRpc1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  g_autofree char *text = g_strnfill (2000000, 'x');

  bus_rpc1_complete_help (object, invocation, text);
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
open_end (int fd, const char *peer, guint max_calls)
{
  const BusConnectionOptions options = { .peer = peer, .max_calls = max_calls };
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = bus_connection_new (fd, &options, &error);

  g_assert_no_error (error);
  return connection;
}

/* The other end; it is a BusConnection, too, when THEIRS_SPEAKS. */
static int
pair_begin (Pair *pair, gboolean theirs_speaks)
{
  int fds[2];

  *pair = (Pair){ 0 };
  (void) BUS_ERROR;
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  pair->ours = open_end (fds[0], "theirs", BUS_MAX_CALLS);
  g_signal_connect (pair->ours, "closed", G_CALLBACK (on_closed), pair);
  pair->chain = bus_chain1_skeleton_new ();
  g_signal_connect (pair->chain, "handle-get-block", G_CALLBACK (on_get_block), NULL);
  pair->rpc = bus_rpc1_skeleton_new ();
  g_signal_connect (pair->rpc, "handle-execute", G_CALLBACK (on_execute), NULL);
  g_signal_connect (pair->rpc, "handle-help", G_CALLBACK (on_help), NULL);
  g_assert_true (
      g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (pair->chain), pair->ours, BUS_PATH_CHAIN, NULL));
  g_assert_true (
      g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (pair->rpc), pair->ours, BUS_PATH_RPC, NULL));
  g_dbus_connection_start_message_processing (pair->ours);
  if (!theirs_speaks)
    return fds[1];
  pair->theirs = open_end (fds[1], "ours", 0);
  g_dbus_connection_start_message_processing (pair->theirs);
  return -1;
}

static void
pair_end (Pair *pair)
{
  if (pair->theirs != NULL)
    g_dbus_connection_close (pair->theirs, NULL, NULL, NULL);
  while (!pair->is_closed)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handlers_disconnect_by_data (pair->ours, pair);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (pair->chain));
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (pair->rpc));
  g_object_unref (pair->chain);
  g_object_unref (pair->rpc);
  g_clear_object (&pair->theirs);
  g_clear_object (&pair->ours);
  g_clear_error (&pair->closed);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GVariant *
call (Pair *pair, const char *path, const char *member, GVariant *args, GUnixFDList **fds, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *interface = g_strndup (member, strcspn (member, "."));
  g_autofree char *full = g_strdup_printf ("org.moneyrocket.%s", interface);

  g_dbus_connection_call_with_unix_fd_list (pair->theirs, NULL, path, full, member + strlen (interface) + 1, args, NULL,
                                            0, TIMEOUT_MS, NULL, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return g_dbus_connection_call_with_unix_fd_list_finish (pair->theirs, fds, result, error);
}

/* Descriptors arrive with their messages, and are those that were sent. */
static void
test_descriptors (void)
{
  Pair pair;

  pair_begin (&pair, TRUE);
  for (guint i = 0; i < 100; i++) {
    g_autoptr (GUnixFDList) fds = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *text = g_strdup_printf ("block %u", i);
    g_autoptr (GVariant) answer = call (
        &pair, BUS_PATH_CHAIN, "Chain1.GetBlock",
        g_variant_new ("(@aya{sv})", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, text, strlen (text), 1), NULL),
        &fds, &error);
    g_autoptr (GBytes) bytes = NULL;

    g_assert_no_error (error);
    bytes = bus_memfd_map_handle (fds, 0, 100, &error);
    g_assert_no_error (error);
    g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text));
  }
  pair_end (&pair);
}

static GVariant *
execute (Pair *pair, guint len, guint params_len, GError **error)
{
  g_autofree char *method = g_strdup_printf ("%u", len), *params = g_strnfill (params_len, 'p');

  return call (pair, BUS_PATH_RPC, "Rpc1.Execute", g_variant_new ("(ssa{sv})", method, params, NULL), NULL, error);
}

/* An argument that may be long is accepted; one that the other end would reject becomes an error, and the connection
 * stays open. */
static void
test_long (void)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) details = NULL;
  const char *text;
  int code;
  Pair pair;

  pair_begin (&pair, TRUE);
  answer = execute (&pair, 5 << 20, 3 << 20, &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(&s@a{sv})", &text, &details);
  g_assert_true (g_variant_lookup (details, "code", "i", &code));
  g_assert_cmpint (code, ==, 3 << 20);
  g_assert_cmpuint (strlen (text), ==, 5 << 20);
  g_clear_pointer (&answer, g_variant_unref);
  answer = call (&pair, BUS_PATH_RPC, "Rpc1.Help", g_variant_new ("(a{sv})", NULL), NULL, &error);
  g_assert_error (error, BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED);
  g_clear_error (&error);
  answer = execute (&pair, (64 << 20) + 1, 0, &error);
  g_assert_error (error, BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED);
  g_clear_error (&error);
  answer = execute (&pair, 1, 1, &error);
  g_assert_no_error (error);
  pair_end (&pair);
}

static void
assert_violation (Pair *pair, int fd)
{
  char byte;

  while (!pair->is_closed)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (pair->closed, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  while (read (fd, &byte, 1) > 0)
    ;
  close (fd);
  pair_end (pair);
}

/* The connection is closed even while message processing is still delayed, as it is at start-up. */
static void
test_violation (void)
{
  const char wrong[16] = "HTTP/1.1 200 OK";
  Pair pair;
  int fd = pair_begin (&pair, FALSE);

  g_assert_cmpint (write (fd, wrong, sizeof wrong), ==, sizeof wrong);
  assert_violation (&pair, fd);
}

static void
test_deadline (void)
{
  const guint8 begun[] = { 'l', 4, 0, 1, 16, 0 };
  Pair pair;
  int fd = pair_begin (&pair, FALSE);

  g_assert_cmpint (write (fd, begun, sizeof begun), ==, sizeof begun);
  assert_violation (&pair, fd);
}

/* The queue of messages that the other end does not read is limited. */
static void
test_queue (void)
{
  g_autofree char *text = g_strnfill (1000000, 'x');
  Pair pair;
  int fd = pair_begin (&pair, FALSE);

  for (guint i = 0; i < BUS_MAX_QUEUED_BYTES / 1000000 + 2; i++)
    /* FALSE: the connection is closed already. */
    if (!g_dbus_connection_emit_signal (pair.ours, NULL, "/a", "a.b", "C", g_variant_new ("(s)", text), NULL))
      break;
  assert_violation (&pair, fd);
}

/* What was written before closing arrives, even if the other end reads it late. */
static void
test_close_in_order (void)
{
  g_autofree char *text = g_strnfill (900000, 'x');
  static char buffer[1 << 16];
  gsize total = 0;
  ssize_t got;
  Pair pair;
  int fd = pair_begin (&pair, FALSE);

  g_assert_true (g_dbus_connection_emit_signal (pair.ours, NULL, "/a", "a.b", "C", g_variant_new ("(s)", text), NULL));
  /* Written: the stream has it, the socket has not taken all of it. */
  g_assert_true (g_dbus_connection_flush_sync (pair.ours, NULL, NULL));
  g_dbus_connection_close (pair.ours, NULL, NULL, NULL);
  while ((got = read (fd, buffer, sizeof buffer)) > 0)
    total += got;
  g_assert_cmpuint (total, >, 900000);
  close (fd);
  pair_end (&pair);
}

/* A violation is logged in one line, which contains nothing that was sent. */
static void
test_log (void)
{
  g_autofree char *folder = g_dir_make_tmp ("connection-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "log", NULL);
  g_autofree char *text = NULL;
  const CommonLogOptions options = { .file = file };
  const char wrong[] = "l\4\0\1\0\0\0\0\1\0\0\0\14\0\0\0\1\1s\0\3\0\0\0EVI\0\0\0\0";
  Pair pair;
  int fd;

  g_assert_true (common_log_open (&options, NULL));
  fd = pair_begin (&pair, FALSE);
  g_assert_cmpint (write (fd, wrong, sizeof wrong), ==, sizeof wrong);
  assert_violation (&pair, fd);
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "The connection with the theirs process is closed: it sent a header field of"));
  g_assert_null (strstr (text, "EVI"));
  g_assert_cmpuint (strlen (text), <, 300);
  g_unlink (file);
  g_rmdir (folder);
}

/* Whether our connection for NETWORK, whose other end sends Hello if SAYS_HELLO, is closed because of its silence. */
static gboolean
is_closed_for_silence (gboolean says_hello)
{
  const BusConnectionOptions options
      = { .peer = "theirs", .max_calls = BUS_MAX_CALLS, .network = "regtest", .hello_ms = 200 };
  const BusInit init = { .role = "node", .network = "regtest" };
  g_autoptr (BusInit1Skeleton) skeleton = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  Pair pair = { 0 };
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  pair.ours = bus_connection_new (fds[0], &options, NULL);
  pair.theirs = open_end (fds[1], "ours", 0);
  g_signal_connect (pair.ours, "closed", G_CALLBACK (on_closed), &pair);
  skeleton = bus_init_export (pair.ours, &init, NULL);
  g_dbus_connection_start_message_processing (pair.ours);
  g_dbus_connection_start_message_processing (pair.theirs);
  if (says_hello) {
    gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC;

    bus_init_hello_async (pair.theirs, NULL, "node", "regtest", TIMEOUT_MS, NULL, on_result, &result);
    while (result == NULL || g_get_monotonic_time () < end)
      g_main_context_iteration (NULL, result == NULL);
    g_assert_true (bus_init_hello_finish (pair.theirs, result, NULL));
  } else {
    while (!pair.is_closed)
      g_main_context_iteration (NULL, TRUE);
    g_assert_true (bus_connection_broke_rule (pair.ours));
  }
  says_hello = pair.is_closed;
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (skeleton));
  g_signal_handlers_disconnect_by_data (pair.ours, &pair);
  g_clear_error (&pair.closed);
  g_object_unref (pair.theirs);
  g_object_unref (pair.ours);
  return says_hello;
}

static void
test_silence (void)
{
  g_assert_true (is_closed_for_silence (FALSE));
  g_assert_false (is_closed_for_silence (TRUE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/connection/descriptors", test_descriptors);
  g_test_add_func ("/dbus/connection/long", test_long);
  g_test_add_func ("/dbus/connection/violation", test_violation);
  g_test_add_func ("/dbus/connection/deadline", test_deadline);
  g_test_add_func ("/dbus/connection/queue", test_queue);
  g_test_add_func ("/dbus/connection/close-in-order", test_close_in_order);
  g_test_add_func ("/dbus/connection/log", test_log);
  g_test_add_func ("/dbus/connection/silence", test_silence);
  return g_test_run ();
}
