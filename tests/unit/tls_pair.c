#include "tls_pair.h"

#include <gnutls/x509.h>
#include <time.h>

#include "dbus/tls_handshake.h"

static char *
pair_export (const gnutls_datum_t *certificate, const gnutls_datum_t *key)
{
  return g_strdup_printf ("%.*s%.*s", (int) certificate->size, certificate->data, (int) key->size, key->data);
}

GTlsCertificate *
tls_pair_make_certificate (void)
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;
  gnutls_datum_t key_pem, certificate_pem;
  const guint8 serial = 1;
  g_autofree char *pem = NULL;
  g_autoptr (GError) error = NULL;
  GTlsCertificate *result;

  gnutls_x509_privkey_init (&key);
  gnutls_x509_crt_init (&certificate);
  g_assert_cmpint (
      gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0), ==, 0);
  gnutls_x509_crt_set_version (certificate, 3);
  gnutls_x509_crt_set_serial (certificate, &serial, sizeof serial);
  gnutls_x509_crt_set_activation_time (certificate, time (NULL));
  gnutls_x509_crt_set_expiration_time (certificate, time (NULL) + 86400);
  gnutls_x509_crt_set_key (certificate, key);
  g_assert_cmpint (gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &certificate_pem), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key_pem), ==,
                   0);
  pem = pair_export (&certificate_pem, &key_pem);
  result = g_tls_certificate_new_from_pem (pem, -1, &error);
  g_assert_no_error (error);
  gnutls_free (certificate_pem.data);
  gnutls_free (key_pem.data);
  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);
  return result;
}

void
tls_pair_get_fingerprint (GTlsCertificate *certificate, guint8 fingerprint32[32])
{
  g_autoptr (GByteArray) der = NULL;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize len = 32;

  g_object_get (certificate, "certificate", &der, NULL);
  g_checksum_update (sum, der->data, der->len);
  g_checksum_get_digest (sum, fingerprint32, &len);
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
