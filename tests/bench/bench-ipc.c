#include "../unit/tls_pair.h"
#include "bus-generated.h"
#include "dbus/bytes.h"
#include "dbus/connection.h"
#include "dbus/connector.h"
#include "dbus/echo1.h"
#include "dbus/errors.h"
#include "dbus/init.h"
#include "dbus/memfd.h"
#include "dbus/names.h"
#include "dbus/request.h"
#include "dbus/tls_handshake.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Measures calls between processes, and prints lines NAME VALUE UNIT:
 *
 *     bench-ipc transports    an echo over a plain socket pair, and calls over a local socket and over TLS
 *     bench-ipc beside PATH   calls to the node at the socket PATH, alone and beside verifychain of another caller
 *
 * The other end of the first is this program in another process (bench-ipc serve KIND, with a socket as descriptor 3). */

#define TIMEOUT_MS 60000
#define N_CALLS 5000u
#define N_WARM 200u
#define BLOCK_BYTES 4000000u
#define BLOCK_ROUNDS 20u
#define HISTORY_ROWS 100000u
#define HISTORY_PAGE 500u
#define ROUNDS 12u
#define CALLS_A_ROUND 500u
#define PATH_TEMPLATE BUS_PATH_TEMPLATES "/1"
#define PATH_WALLET BUS_PATH_WALLETS "/1"

static void
print_value (const char *name, const char *kind, double value, const char *unit)
{
  g_print ("ipc_%s_%s %.3f %s\n", kind, name, value, unit);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

/* Of microseconds; 0 <= SHARE < 1. */
static double
percentile (GArray *times, double share)
{
  g_array_sort (times, compare_times);
  return (double) g_array_index (times, gint64, (guint) (share * times->len));
}

/* ---- the other end ---- */

static GVariant *
make_history_page (void)
{
  GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  guint8 txid[32] = { 0 };

  for (guint i = 0; i < HISTORY_PAGE; i++) {
    GVariantDict row = G_VARIANT_DICT_INIT (NULL);

    g_variant_dict_insert_value (&row, "txid", bus_bytes_new (txid, sizeof txid));
    g_variant_dict_insert (&row, "time", "x", (gint64) i);
    g_variant_dict_insert (&row, "amount", "x", (gint64) i * 1000);
    g_variant_dict_insert (&row, "fee", "x", (gint64) 141);
    g_variant_dict_insert (&row, "confirmations", "u", i);
    g_variant_dict_insert (&row, "label", "s", "rent for the month of March");
    g_variant_builder_add_value (&rows, g_variant_dict_end (&row));
  }
  return g_variant_ref_sink (g_variant_builder_end (&rows));
}

static gboolean
on_list_history (BusWallet1 *object, GDBusMethodInvocation *invocation, guint limit, GVariant *options, gpointer rows)
{
  bus_wallet1_complete_list_history (object, invocation, rows, g_variant_new ("a{sv}", NULL));
  return TRUE;
}

static gboolean
on_get_block (BusBlockTemplate1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer block)
{
  bus_block_template1_complete_get_block (object, invocation,
                                          g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, block, TRUE));
  return TRUE;
}

static gboolean
on_get_block_file (BusChain1 *object,
                   GDBusMethodInvocation *invocation,
                   GUnixFDList *fds,
                   GVariant *hash,
                   GVariant *options,
                   gpointer block)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (block, &len);
  int fd = bus_memfd_new (data, len, NULL);
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new_from_array (&fd, 1);

  bus_chain1_complete_get_block (object, invocation, list, 1, TRUE, g_variant_new_handle (0));
  return TRUE;
}

static void
serve_export (gpointer skeleton, GDBusConnection *connection, const char *path)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_dbus_interface_skeleton_export (skeleton, connection, path, &error));
  g_assert_no_error (error);
}

static GDBusConnection *
open_connection (const char *kind, int fd, gboolean server)
{
  const BusConnectionOptions options
      = { .peer = "other end", .max_calls = server ? BUS_MAX_CALLS : 0, .roles = BUS_ROLES_NODE | BUS_ROLES_OWNER };
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GTlsConnection) tls = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = NULL;
  GDBusConnection *connection;

  if (g_str_equal (kind, "unix")) {
    connection = bus_connection_new (fd, &options, &error);
  } else {
    socket = g_socket_new_from_fd (fd, &error);
    g_assert_no_error (error);
    certificate = tls_pair_make_certificate ();
    tls = tls_pair_shake_hands (socket, server, certificate);
    connection = bus_connection_new_tls (tls, &options, &error);
  }
  g_assert_no_error (error);
  return connection;
}

/* Ends when the connection does. */
static void
serve (const char *kind)
{
  g_autoptr (GDBusConnection) connection = open_connection (kind, 3, TRUE);
  g_autoptr (BusWallet1) wallet = bus_wallet1_skeleton_new ();
  g_autoptr (BusBlockTemplate1) block_template = bus_block_template1_skeleton_new ();
  g_autoptr (BusChain1) chain = bus_chain1_skeleton_new ();
  g_autoptr (GVariant) page = make_history_page ();
  g_autoptr (GBytes) block = g_bytes_new_take (g_malloc0 (BLOCK_BYTES), BLOCK_BYTES);
  g_autoptr (GError) error = NULL;

  g_assert_true (bus_echo1_export (connection, &error));
  g_signal_connect (wallet, "handle-list-history", G_CALLBACK (on_list_history), page);
  g_signal_connect (block_template, "handle-get-block", G_CALLBACK (on_get_block), block);
  g_signal_connect (chain, "handle-get-block", G_CALLBACK (on_get_block_file), block);
  serve_export (wallet, connection, PATH_WALLET);
  serve_export (block_template, connection, PATH_TEMPLATE);
  serve_export (chain, connection, BUS_PATH_CHAIN);
  g_dbus_connection_start_message_processing (connection);
  while (!g_dbus_connection_is_closed (connection))
    g_main_context_iteration (NULL, TRUE);
}

/* ---- calls ---- */

typedef struct {
  GDBusConnection *connection;
  BusRequest request;
  GVariant *args;
  guint n_to_send, n_pending;
  GArray *times;   /* microseconds of each call; NULL: not kept */
  GVariant *reply; /* the last one */
} Load;

typedef struct {
  Load *load;
  gint64 start_us;
} LoadCall;

static void load_send (Load *load);

static void
load_on_reply (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree LoadCall *call = data;
  Load *load = call->load;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  gint64 time_us;

  g_clear_pointer (&load->reply, g_variant_unref);
  load->reply = bus_request_finish (load->connection, result, &fds, &error);
  g_assert_no_error (error);
  if (fds != NULL) {
    g_autoptr (GBytes) block = bus_memfd_map_handle (fds, 0, BLOCK_BYTES, &error);
    g_assert_no_error (error);
  }
  time_us = g_get_monotonic_time () - call->start_us;
  if (load->times != NULL)
    g_array_append_val (load->times, time_us);
  load->n_pending--;
  if (load->n_to_send > 0)
    load_send (load);
}

static void
load_send (Load *load)
{
  LoadCall *call = g_new (LoadCall, 1);

  *call = (LoadCall){ load, g_get_monotonic_time () };
  load->n_to_send--;
  load->n_pending++;
  bus_request_async (load->connection, &load->request, load->args, load_on_reply, call);
}

/* Makes N calls, IN_FLIGHT at a time; seconds. */
static double
load_run (Load *load, guint n, guint in_flight)
{
  gint64 start_us = g_get_monotonic_time ();

  load->n_to_send = n;
  while (load->n_pending < in_flight && load->n_to_send > 0)
    load_send (load);
  while (load->n_pending > 0)
    g_main_context_iteration (NULL, TRUE);
  return (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
}

/* ARGS is consumed. */
static void
load_init (Load *load, GDBusConnection *connection, const BusRequest *request, GVariant *args)
{
  *load = (Load){ .connection = connection, .request = *request, .args = g_variant_ref_sink (args) };
}

static void
load_clear (Load *load)
{
  g_clear_pointer (&load->args, g_variant_unref);
  g_clear_pointer (&load->reply, g_variant_unref);
  g_clear_pointer (&load->times, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Load, load_clear)

static const BusRequest echo_call = { BUS_PATH_ECHO, "org.moneyrocket.Echo1", "Echo", "(ay)", TIMEOUT_MS, NULL };
static const BusRequest block_call
    = { PATH_TEMPLATE, "org.moneyrocket.BlockTemplate1", "GetBlock", "(ay)", TIMEOUT_MS, NULL };
static const BusRequest block_file_call
    = { BUS_PATH_CHAIN, "org.moneyrocket.Chain1", "GetBlock", "(ubh)", TIMEOUT_MS, NULL };
static const BusRequest history_call
    = { PATH_WALLET, "org.moneyrocket.Wallet1", "ListHistory", "(aa{sv}a{sv})", TIMEOUT_MS, NULL };

static void
measure_round_trip (GDBusConnection *connection, const char *kind)
{
  static const guint8 data[32];
  g_auto (Load) load = { 0 };

  load_init (&load, connection, &echo_call, g_variant_new ("(@aya{sv})", bus_bytes_new (data, sizeof data), NULL));
  load_run (&load, N_WARM, 1);
  load.times = g_array_new (FALSE, FALSE, sizeof (gint64));
  load_run (&load, N_CALLS, 1);
  print_value ("round_trip_p50", kind, percentile (load.times, 0.5), "us");
  print_value ("round_trip_p99", kind, percentile (load.times, 0.99), "us");
}

static void
measure_in_flight (GDBusConnection *connection, const char *kind, guint in_flight)
{
  static const guint8 data[32];
  g_autofree char *name = g_strdup_printf ("in_flight_%u", in_flight);
  g_auto (Load) load = { 0 };

  load_init (&load, connection, &echo_call, g_variant_new ("(@aya{sv})", bus_bytes_new (data, sizeof data), NULL));
  print_value (name, kind, N_CALLS / load_run (&load, N_CALLS, in_flight), "calls/s");
}

static void
measure_bulk (GDBusConnection *connection, const char *kind, const char *name, const BusRequest *request)
{
  static const guint8 hash[32];
  gboolean by_hash = strchr (request->reply, 'h') != NULL;
  GVariant *args
      = by_hash ? g_variant_new ("(@aya{sv})", bus_bytes_new (hash, 32), NULL) : g_variant_new ("(a{sv})", NULL);
  g_auto (Load) load = { 0 };

  load_init (&load, connection, request, args);
  load_run (&load, 2, 1);
  load.times = g_array_new (FALSE, FALSE, sizeof (gint64));
  load_run (&load, BLOCK_ROUNDS, 1);
  print_value (name, kind, percentile (load.times, 0.5) / 1000, "ms");
}

static void
measure_history (GDBusConnection *connection, const char *kind)
{
  g_auto (Load) load = { 0 };

  load_init (&load, connection, &history_call, g_variant_new ("(ua{sv})", HISTORY_PAGE, NULL));
  load_run (&load, 4, 1);
  print_value ("history_100k_rows", kind, 1000 * load_run (&load, HISTORY_ROWS / HISTORY_PAGE, 1), "ms");
}

/* Our end of a connection to a new process that serves KIND. */
static GDBusConnection *
start_server (const char *kind)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  if (g_str_equal (kind, "unix")) {
    g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  } else {
    GSocket *sockets[2];

    tls_pair_open_sockets (sockets);
    for (int i = 0; i < 2; i++) {
      bus_tls_set_socket_options (sockets[i], 0);
      fds[i] = dup (g_socket_get_fd (sockets[i]));
      g_object_unref (sockets[i]);
    }
  }
  g_subprocess_launcher_take_fd (launcher, fds[0], 3);
  process = g_subprocess_launcher_spawn (launcher, &error, "/proc/self/exe", "serve", kind, NULL);
  g_assert_no_error (error);
  return open_connection (kind, fds[1], FALSE);
}

static void
measure_connection (const char *kind)
{
  g_autoptr (GDBusConnection) connection = start_server (kind);

  g_dbus_connection_start_message_processing (connection);
  measure_round_trip (connection, kind);
  measure_in_flight (connection, kind, 1);
  measure_in_flight (connection, kind, 16);
  measure_in_flight (connection, kind, 200); /* of 256, which is the limit */
  measure_bulk (connection, kind, "block_4mb", &block_call);
  if (bus_connection_passes_fds (connection))
    measure_bulk (connection, kind, "block_4mb_memfd", &block_file_call);
  measure_history (connection, kind);
  g_dbus_connection_close (connection, NULL, NULL, NULL);
  while (!g_dbus_connection_is_closed (connection))
    g_main_context_iteration (NULL, TRUE);
}

/* ---- the floor ---- */

static gboolean
transfer (int fd, guint8 *data, gsize len, gboolean out)
{
  for (gsize done = 0; done < len;) {
    gssize n = out ? write (fd, data + done, len - done) : read (fd, data + done, len - done);

    if (n <= 0)
      return FALSE;
    done += (gsize) n;
  }
  return TRUE;
}

/* A message begins with two lengths: of what follows, and of what is to be sent back. */
static void
floor_serve (int fd)
{
  g_autofree guint8 *data = g_malloc0 (BLOCK_BYTES);
  guint32 lengths[2];

  while (transfer (fd, (guint8 *) lengths, sizeof lengths, FALSE) && transfer (fd, data, lengths[0], FALSE)
         && transfer (fd, data, lengths[1], TRUE))
    ;
}

static gint64
floor_call (int fd, guint8 *data, guint32 there, guint32 back)
{
  guint32 lengths[2] = { there, back };
  gint64 start_us = g_get_monotonic_time ();
  guint8 message[64];

  memcpy (message, lengths, sizeof lengths);
  g_assert_true (transfer (fd, message, sizeof lengths + there, TRUE) && transfer (fd, data, back, FALSE));
  return g_get_monotonic_time () - start_us;
}

static void
measure_floor (void)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree guint8 *data = g_malloc (BLOCK_BYTES);
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  if (fork () == 0) {
    close (fds[1]);
    floor_serve (fds[0]);
    _exit (0);
  }
  close (fds[0]);
  for (guint i = 0; i < N_WARM + N_CALLS; i++) {
    gint64 time_us = floor_call (fds[1], data, 32, 32);

    if (i >= N_WARM)
      g_array_append_val (times, time_us);
  }
  print_value ("round_trip_p50", "socket", percentile (times, 0.5), "us");
  print_value ("round_trip_p99", "socket", percentile (times, 0.99), "us");
  g_array_set_size (times, 0);
  for (guint i = 0; i < BLOCK_ROUNDS; i++) {
    gint64 time_us = floor_call (fds[1], data, 32, BLOCK_BYTES);

    g_array_append_val (times, time_us);
  }
  print_value ("block_4mb", "socket", percentile (times, 0.5) / 1000, "ms");
  close (fds[1]);
}

/* ---- beside a caller that keeps the node busy ---- */

static const BusRequest execute_call = { BUS_PATH_RPC, "org.moneyrocket.Rpc1", "Execute", "(sa{sv})", 600000, NULL };
static const BusRequest tip_call = { BUS_PATH_MINING, "org.moneyrocket.Mining1", "GetTip", "(uay)", TIMEOUT_MS, NULL };

static void
on_async_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
await_result (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static GDBusConnection *
open_node (const char *path)
{
  const BusConnectionOptions options = { .peer = "node", .roles = BUS_ROLES_NODE };
  g_autoptr (GAsyncResult) opened = NULL, greeted = NULL;
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection;
  int fd;

  bus_connector_open_async (path, TIMEOUT_MS, NULL, on_async_result, &opened);
  await_result (&opened);
  fd = bus_connector_open_finish (opened, &error);
  g_assert_no_error (error);
  connection = bus_connection_new (fd, &options, &error);
  g_assert_no_error (error);
  g_dbus_connection_start_message_processing (connection);
  bus_init_hello_async (connection, "cli", "node", "regtest", TIMEOUT_MS, NULL, on_async_result, &greeted);
  await_result (&greeted);
  g_assert_true (bus_init_hello_finish (connection, greeted, &error));
  return connection;
}

static GVariant *
execute_args (const char *method, const char *params)
{
  return g_variant_new ("(ssa{sv})", method, params, NULL);
}

/* Fast calls in turn alone and beside verifychain, so that other work on the machine affects both alike. */
static void
measure_beside (GDBusConnection *fast,
                GDBusConnection *busy,
                const char *name,
                const BusRequest *request,
                GVariant *args)
{
  g_autoptr (GArray) alone = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) beside = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto (Load) load = { 0 }, verify = { 0 };
  double p99, p99_beside;

  load_init (&load, fast, request, args);
  load_init (&verify, busy, &execute_call, execute_args ("verifychain", "[4, 0]"));
  verify.times = g_array_new (FALSE, FALSE, sizeof (gint64));
  load_run (&load, N_WARM, 1);
  for (guint i = 0; i < ROUNDS; i++) {
    load.times = g_array_ref (alone);
    load_run (&load, CALLS_A_ROUND, 1);
    g_clear_pointer (&load.times, g_array_unref);
    load.times = g_array_ref (beside);
    for (guint calls = 0; calls < CALLS_A_ROUND; calls++) {
      if (verify.n_pending == 0) {
        verify.n_to_send = 1;
        load_send (&verify);
      }
      load_run (&load, 1, 1);
    }
    while (verify.n_pending > 0)
      g_main_context_iteration (NULL, TRUE);
    g_clear_pointer (&load.times, g_array_unref);
  }
  p99 = percentile (alone, 0.99);
  p99_beside = percentile (beside, 0.99);
  print_value ("verifychain", name, percentile (verify.times, 0.5) / 1000, "ms");
  print_value ("p50_alone", name, percentile (alone, 0.5), "us");
  print_value ("p50_beside_verifychain", name, percentile (beside, 0.5), "us");
  print_value ("p99_alone", name, p99, "us");
  print_value ("p99_beside_verifychain", name, p99_beside, "us");
  print_value ("p99_beside_verifychain_ratio", name, p99_beside / p99, "ratio");
}

static void
measure_node (const char *path)
{
  g_autoptr (GDBusConnection) fast = open_node (path), busy = open_node (path);

  measure_beside (fast, busy, "getblockcount", &execute_call, execute_args ("getblockcount", "[]"));
  measure_beside (fast, busy, "tip", &tip_call, g_variant_new ("(a{sv})", NULL));
}

int
main (int argc, char **argv)
{
  (void) BUS_ERROR;
  if (argc == 2 && g_str_equal (argv[1], "transports")) {
    measure_floor ();
    measure_connection ("unix");
    measure_connection ("tls");
  } else if (argc == 3 && g_str_equal (argv[1], "serve")) {
    serve (argv[2]);
  } else if (argc == 3 && g_str_equal (argv[1], "beside")) {
    measure_node (argv[2]);
  } else {
    g_printerr ("usage: bench-ipc transports | bench-ipc beside PATH\n");
    return 2;
  }
  return 0;
}
