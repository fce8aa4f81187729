/* Programs of other machines: tls_listener.c, tls_pending.c, tls_connector.c, tls_handshake.c. */
#include "dbus/tls_listener.h"

#include <string.h>

#include "../tls_pair.h"
#include "dbus/errors.h"
#include "dbus/tls_connector.h"

typedef struct {
  GTlsCertificate *server, *client;
  guint8 server32[32], client32[32];
  BusTlsListener *listener;
  guint handshake_ms;
  guint n_asked, n_accepted;
  GTlsConnection *accepted; /* the last one */
  BusRoles roles;
  guint8 fingerprint32[32];
} Fixture;

static BusRoles
on_admit (gpointer data, const guint8 fingerprint32[32])
{
  Fixture *fixture = data;

  fixture->n_asked++;
  return memcmp (fingerprint32, fixture->client32, 32) == 0 ? BUS_ROLE_OBSERVE : 0;
}

static void
on_accepted (gpointer data, GTlsConnection *tls, BusRoles roles, const guint8 fingerprint32[32])
{
  Fixture *fixture = data;

  fixture->n_accepted++;
  fixture->roles = roles;
  memcpy (fixture->fingerprint32, fingerprint32, 32);
  g_clear_object (&fixture->accepted);
  fixture->accepted = tls;
}

static BusTlsListener *
fixture_listen (Fixture *fixture, const char *host, guint16 port, GError **error)
{
  const BusTlsListenerOptions options = { .certificate = fixture->server,
                                          .admit = on_admit,
                                          .accepted = on_accepted,
                                          .data = fixture,
                                          .handshake_ms = fixture->handshake_ms };

  return bus_tls_listener_new (host, port, &options, error);
}

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->server = tls_pair_make_certificate ();
  fixture->client = tls_pair_make_certificate ();
  bus_identity_get_fingerprint (fixture->server, fixture->server32);
  bus_identity_get_fingerprint (fixture->client, fixture->client32);
  fixture->handshake_ms = GPOINTER_TO_UINT (data);
  fixture->listener = fixture_listen (fixture, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  bus_tls_listener_free (fixture->listener);
  g_clear_object (&fixture->accepted);
  g_object_unref (fixture->server);
  g_object_unref (fixture->client);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GTlsConnection *
open_tls (const char *host, guint16 port, const BusTlsTarget *target, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bus_tls_connector_open_async (host, port, target, 20000, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return bus_tls_connector_open_finish (result, error);
}

/* With the certificate OWN, for the server's certificate EXPECTED32. */
static GTlsConnection *
fixture_open (Fixture *fixture, GTlsCertificate *own, const guint8 expected32[32], GError **error)
{
  BusTlsTarget target = { .certificate = own };

  memcpy (target.server32, expected32, 32);
  return open_tls ("127.0.0.1", bus_tls_listener_get_port (fixture->listener), &target, error);
}

static void
spin_for (guint ms)
{
  gint64 end = g_get_monotonic_time () + (gint64) ms * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
}

/* Reads until the other end closes; with an alert, or without one, which is a matter of timing. */
static void
wait_until_closed (GIOStream *stream)
{
  GPollableInputStream *input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
  guint8 byte;

  for (;;) {
    g_autoptr (GError) problem = NULL;
    gssize got = g_pollable_input_stream_read_nonblocking (input, &byte, 1, NULL, &problem);

    if (got == 0)
      return;
    if (got > 0)
      continue;
    if (!g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      return;
    spin_for (1);
  }
}

/* A plain TCP connection, from the address 127.0.0.HOST. */
static GIOStream *
fixture_open_plain (Fixture *fixture, guint host)
{
  g_autofree char *from = g_strdup_printf ("127.0.0.%u", host);
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string (from, 0);
  g_autoptr (GSocketAddress) remote
      = g_inet_socket_address_new_from_string ("127.0.0.1", bus_tls_listener_get_port (fixture->listener));
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  g_assert_true (g_socket_bind (socket, local, FALSE, NULL));
  g_assert_true (g_socket_connect (socket, remote, NULL, NULL));
  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

static void
plain_write (GIOStream *stream, const void *bytes, gsize len)
{
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (stream), bytes, len, NULL, NULL, NULL));
}

static gboolean
is_closed (GIOStream *stream)
{
  GPollableInputStream *input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
  guint8 byte;
  g_autoptr (GError) error = NULL;

  return g_pollable_input_stream_read_nonblocking (input, &byte, 1, NULL, &error) == 0
         || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static void
assert_admitted (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  guint before = fixture->n_accepted;
  g_autoptr (GTlsConnection) tls = fixture_open (fixture, fixture->client, fixture->server32, &error);

  g_assert_no_error (error);
  while (fixture->n_accepted == before)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_tls_connection_get_protocol_version (tls), ==, G_TLS_PROTOCOL_VERSION_TLS_1_3);
  g_assert_cmpint (fixture->roles, ==, BUS_ROLE_OBSERVE);
  g_assert_cmpmem (fixture->fingerprint32, 32, fixture->client32, 32);
}

static void
wait_until_admitted (Fixture *fixture)
{
  guint before = fixture->n_accepted;

  while (fixture->n_accepted == before) {
    g_autoptr (GTlsConnection) tls = fixture_open (fixture, fixture->client, fixture->server32, NULL);

    spin_for (20);
  }
}

/* Also a second time, when GIO may resume the session: the owner is asked again. */
static void
test_admitted (Fixture *fixture, gconstpointer data)
{
  guint asked;

  assert_admitted (fixture);
  asked = fixture->n_asked;
  assert_admitted (fixture);
  g_assert_cmpuint (fixture->n_asked, >, asked);
}

static void
test_unknown_client (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTlsCertificate) other = tls_pair_make_certificate ();
  g_autoptr (GTlsConnection) tls = fixture_open (fixture, other, fixture->server32, NULL);

  if (tls != NULL)
    wait_until_closed (G_IO_STREAM (tls));
  g_assert_cmpuint (fixture->n_accepted, ==, 0);
  assert_admitted (fixture);
}

/* A client that was known before. */
static void
test_revoked_client (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTlsConnection) tls = NULL;

  assert_admitted (fixture);
  memset (fixture->client32, 0, 32);
  tls = fixture_open (fixture, fixture->client, fixture->server32, NULL);
  if (tls != NULL)
    wait_until_closed (G_IO_STREAM (tls));
  g_assert_cmpuint (fixture->n_accepted, ==, 1);
}

static void
test_other_server (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fixture_open (fixture, fixture->client, fixture->client32, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "another certificate"));
  spin_for (50);
  g_assert_cmpuint (fixture->n_accepted, ==, 0);
}

static gboolean
accept_any (GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer data)
{
  return TRUE;
}

static void
test_no_certificate (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GIOStream) plain = fixture_open_plain (fixture, 1);
  g_autoptr (GIOStream) tls = g_tls_client_connection_new (plain, NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;

  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_any), NULL);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), 0, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (tls), result, NULL))
    wait_until_closed (tls);
  g_assert_cmpuint (fixture->n_asked, ==, 0);
  g_assert_cmpuint (fixture->n_accepted, ==, 0);
}

/* What is no handshake is closed long before the time is over. */
static void
test_plain_bytes (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[]
      = { "GET / HTTP/1.1\r\n", "\0AUTH EXTERNAL\r\n", "\x17\3\3\0\5hello", "\x16\3\1\xff\xff hello" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GIOStream) stream = fixture_open_plain (fixture, 1);

    plain_write (stream, texts[i], 10);
    wait_until_closed (stream);
  }
  g_assert_cmpuint (fixture->n_asked, ==, 0);
}

/* The first record of a client. */
static GBytes *
make_client_hello (void)
{
  GSocket *sockets[2];
  guint8 buffer[4096];
  gssize got = 0;

  tls_pair_open_sockets (sockets);
  {
    g_autoptr (GSocketConnection) base = g_socket_connection_factory_create_connection (sockets[1]);
    g_autoptr (GIOStream) tls = g_tls_client_connection_new (G_IO_STREAM (base), NULL, NULL);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GAsyncResult) result = NULL;

    g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), 0, cancellable, on_result, &result);
    got = g_socket_receive (sockets[0], (char *) buffer, sizeof buffer, NULL, NULL);
    g_cancellable_cancel (cancellable);
    while (result == NULL)
      g_main_context_iteration (NULL, TRUE);
  }
  g_object_unref (sockets[0]);
  g_object_unref (sockets[1]);
  g_assert_cmpint (got, >, 100);
  return g_bytes_new (buffer, (gsize) got);
}

/* Nothing, the beginning of a record, and a whole record that no other one follows: none of them stays, or keeps others
 * from their handshake for longer. */
static void
test_time (Fixture *fixture, gconstpointer data)
{
  const guint8 begun[] = { 22, 3, 1, 1, 0, 1, 2, 3 };
  g_autoptr (GIOStream) silent = fixture_open_plain (fixture, 1), slow = fixture_open_plain (fixture, 1);
  g_autoptr (GPtrArray) stalled = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GBytes) hello = make_client_hello ();

  plain_write (slow, begun, sizeof begun);
  for (guint i = 0; i < 8; i++) {
    g_ptr_array_add (stalled, fixture_open_plain (fixture, 2 + i / BUS_TLS_MAX_PENDING_OF_ONE));
    plain_write (stalled->pdata[i], g_bytes_get_data (hello, NULL), g_bytes_get_size (hello));
  }
  wait_until_closed (silent);
  wait_until_closed (slow);
  for (guint i = 0; i < stalled->len; i++)
    wait_until_closed (stalled->pdata[i]);
  wait_until_admitted (fixture); /* the time is short for a machine that is busy */
}

/* A machine that stalls all the handshakes that it may begin keeps no other one waiting. */
static void
test_stalled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) stalled = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GBytes) hello = make_client_hello ();

  for (guint i = 0; i < BUS_TLS_MAX_PENDING_OF_ONE; i++) {
    g_ptr_array_add (stalled, fixture_open_plain (fixture, 2));
    plain_write (stalled->pdata[i], g_bytes_get_data (hello, NULL), g_bytes_get_size (hello));
  }
  spin_for (50);
  assert_admitted (fixture);
  g_assert_cmpuint (fixture->n_accepted, ==, 1);
}

static guint
count_open (const GPtrArray *streams)
{
  guint n = 0;

  for (guint i = 0; i < streams->len; i++)
    n += !is_closed (streams->pdata[i]);
  return n;
}

static void
add_half_open (Fixture *fixture, GPtrArray *streams, guint host, guint expected)
{
  for (guint i = 0; i < 10; i++)
    g_ptr_array_add (streams, fixture_open_plain (fixture, host));
  while (count_open (streams) > expected)
    g_main_context_iteration (NULL, FALSE);
}

/* Half-open connections of one machine, and of several: there are only so many, and others get in meanwhile. */
static void
test_flood (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) streams = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 1; i <= 3; i++)
    add_half_open (fixture, streams, 1 + i, i * BUS_TLS_MAX_PENDING_OF_ONE);
  assert_admitted (fixture);
  for (guint i = 4; i <= 7; i++)
    add_half_open (fixture, streams, 1 + i, BUS_TLS_MAX_PENDING);
  spin_for (20);
  g_assert_cmpuint (count_open (streams), ==, BUS_TLS_MAX_PENDING);
  g_ptr_array_set_size (streams, 0);
  wait_until_admitted (fixture); /* when it was noticed that the others have gone */
}

/* The listener goes away while handshakes wait, and while one is being done. */
static void
test_free (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GIOStream) silent = fixture_open_plain (fixture, 1);
  g_autoptr (GAsyncResult) result = NULL;
  BusTlsTarget target = { .certificate = fixture->client };

  memcpy (target.server32, fixture->server32, 32);
  bus_tls_connector_open_async ("127.0.0.1", bus_tls_listener_get_port (fixture->listener), &target, 20000, NULL,
                                on_result, &result);
  spin_for (3);
  g_clear_pointer (&fixture->listener, bus_tls_listener_free);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  wait_until_closed (silent);
  spin_for (20);
  /* If the handshake was done by then, the owner has the connection; else it has heard nothing. */
  g_assert_cmpuint (fixture->n_accepted, <=, 1);
}

/* The client gives up when its time is over, or when it is cancelled. */
static void
test_connector_time (Fixture *fixture, gconstpointer data)
{
  GSocket *sockets[2];
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0), at = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) late = NULL, cancelled = NULL;
  g_autoptr (GError) late_error = NULL, cancelled_error = NULL;
  const BusTlsTarget target = { .certificate = fixture->client };
  guint16 port;

  /* It accepts in the kernel only, and never answers. */
  sockets[0] = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_assert_true (g_socket_bind (sockets[0], any_port, TRUE, NULL) && g_socket_listen (sockets[0], NULL));
  at = g_socket_get_local_address (sockets[0], NULL);
  port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (at));
  bus_tls_connector_open_async ("127.0.0.1", port, &target, 100, NULL, on_result, &late);
  bus_tls_connector_open_async ("127.0.0.1", port, &target, 20000, cancellable, on_result, &cancelled);
  spin_for (20);
  g_cancellable_cancel (cancellable);
  while (late == NULL || cancelled == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (bus_tls_connector_open_finish (late, &late_error));
  g_assert_nonnull (strstr (late_error->message, "does not answer"));
  g_assert_null (bus_tls_connector_open_finish (cancelled, &cancelled_error));
  g_assert_error (cancelled_error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_object_unref (sockets[0]);
}

static void
test_addresses (Fixture *fixture, gconstpointer data)
{
  guint16 port = bus_tls_listener_get_port (fixture->listener);
  g_autoptr (GError) in_use = NULL, foreign = NULL, error = NULL;
  g_autoptr (BusTlsListener) named = NULL;
  g_autoptr (GTlsConnection) tls = NULL;
  BusTlsTarget target = { .certificate = fixture->client };

  g_assert_null (fixture_listen (fixture, "127.0.0.1", port, &in_use));
  g_assert_nonnull (strstr (in_use->message, "another program is listening there"));
  g_assert_null (fixture_listen (fixture, "192.0.2.1", port, &foreign));
  g_assert_nonnull (strstr (foreign->message, "192.0.2.1"));
  /* The port is free again at once, although connections were made. */
  assert_admitted (fixture);
  g_clear_pointer (&fixture->listener, bus_tls_listener_free);
  named = fixture_listen (fixture, "localhost", port, &error);
  g_assert_no_error (error);
  while (bus_tls_listener_get_port (named) == 0)
    g_main_context_iteration (NULL, TRUE);
  memcpy (target.server32, fixture->server32, 32);
  tls = open_tls ("localhost", port, &target, &error);
  g_assert_no_error (error);
}

#define ADD(name, ms, func)                                                                                            \
  g_test_add ("/dbus/tls-listener/" name, Fixture, GUINT_TO_POINTER (ms), fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("admitted", 0, test_admitted);
  ADD ("unknown-client", 0, test_unknown_client);
  ADD ("revoked-client", 0, test_revoked_client);
  ADD ("other-server", 0, test_other_server);
  ADD ("no-certificate", 0, test_no_certificate);
  ADD ("plain-bytes", 60000, test_plain_bytes);
  ADD ("time", 300, test_time);
  ADD ("stalled", 60000, test_stalled);
  ADD ("flood", 60000, test_flood);
  ADD ("free", 60000, test_free);
  ADD ("connector-time", 0, test_connector_time);
  ADD ("addresses", 0, test_addresses);
  return g_test_run ();
}
