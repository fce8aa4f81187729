#include "tls_pair.h"

#include "dbus/tls_handshake.h"

gboolean
tls_pair_is_supported (void)
{
  return g_tls_backend_supports_tls (g_tls_backend_get_default ());
}

GTlsCertificate *
tls_pair_make_certificate (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CommonSecret) pem = bus_identity_generate (&error);
  GTlsCertificate *certificate;

  g_assert_no_error (error);
  certificate = bus_identity_parse (pem, &error);
  g_assert_no_error (error);
  return certificate;
}

void
tls_pair_open_sockets (GSocket *sockets[2])
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0), at = NULL;
  g_autoptr (GSocket) listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  g_assert_true (g_socket_bind (listener, any_port, TRUE, NULL));
  g_assert_true (g_socket_listen (listener, NULL));
  at = g_socket_get_local_address (listener, NULL);
  sockets[1] = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_assert_true (g_socket_connect (sockets[1], at, NULL, NULL));
  sockets[0] = g_socket_accept (listener, NULL, NULL);
  g_assert_nonnull (sockets[0]);
}

static gboolean
pair_accept_any (gpointer data, const guint8 fingerprint32[32])
{
  return TRUE;
}

static void
pair_on_handshake (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  guint8 fingerprint32[32];

  *(GTlsConnection **) data = bus_tls_handshake_finish (result, fingerprint32, &error);
  g_assert_no_error (error);
}

GTlsConnection *
tls_pair_shake_hands (GSocket *socket, gboolean server, GTlsCertificate *certificate)
{
  GTlsConnection *end = NULL;

  bus_tls_handshake_async (socket, server, certificate, pair_accept_any, NULL, NULL, pair_on_handshake, &end);
  while (end == NULL)
    g_main_context_iteration (NULL, TRUE);
  return end;
}

void
tls_pair_new (GTlsConnection *ends[2])
{
  g_autoptr (GTlsCertificate) certificate = tls_pair_make_certificate ();
  GSocket *sockets[2];

  tls_pair_open_sockets (sockets);
  for (int i = 0; i < 2; i++) {
    ends[i] = NULL;
    bus_tls_set_socket_options (sockets[i], 0);
    bus_tls_handshake_async (sockets[i], i == 0, certificate, pair_accept_any, NULL, NULL, pair_on_handshake, &ends[i]);
    g_object_unref (sockets[i]);
  }
  while (ends[0] == NULL || ends[1] == NULL)
    g_main_context_iteration (NULL, TRUE);
}
