/* The key and the certificate of a program, and a handshake with them. */
#include "dbus/identity.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "dbus/errors.h"

typedef struct {
  char *folder, *path;
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("identity-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "node-identity.pem", NULL);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static GTlsCertificate *
fixture_load (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate = bus_identity_load (fixture->folder, "node", &error);

  g_assert_no_error (error);
  return certificate;
}

static void
fixture_refuse (Fixture *fixture, const char *advice)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bus_identity_load (fixture->folder, "node", &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, advice));
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_assert_null (strstr (error->message, "BEGIN"));
}

static void
fixture_write (Fixture *fixture, const char *text)
{
  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
  g_assert_cmpint (g_chmod (fixture->path, 0600), ==, 0);
}

/* Created once, for this user only, and the same at the next start. */
static void
test_created (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTlsCertificate) first = fixture_load (fixture), second = fixture_load (fixture);
  guint8 first32[32], second32[32];
  struct stat info;

  g_assert_cmpint (stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  bus_identity_get_fingerprint (first, first32);
  bus_identity_get_fingerprint (second, second32);
  g_assert_cmpmem (first32, 32, second32, 32);
  g_unlink (fixture->path);
  g_clear_object (&second);
  second = fixture_load (fixture);
  bus_identity_get_fingerprint (second, second32);
  g_assert_cmpint (memcmp (first32, second32, 32), !=, 0);
}

/* What the certificate says: nothing of this machine, and no end within decades. */
static void
test_certificate (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTlsCertificate) certificate = fixture_load (fixture);
  g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);
  g_autofree char *issuer = g_tls_certificate_get_issuer_name (certificate);
  g_autoptr (GPtrArray) names = g_tls_certificate_get_dns_names (certificate);
  g_autoptr (GDateTime) begin = g_tls_certificate_get_not_valid_before (certificate);
  g_autoptr (GDateTime) end = g_tls_certificate_get_not_valid_after (certificate);

  g_assert_cmpstr (subject, ==, "CN=Moneyrocket");
  g_assert_cmpstr (issuer, ==, subject);
  g_assert_true (names == NULL || names->len == 0);
  g_assert_cmpint (g_date_time_get_year (begin), ==, 2020);
  g_assert_cmpint (g_date_time_get_year (end), >=, 2100);
}

static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL, *half = NULL;

  g_object_unref (fixture_load (fixture));
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  fixture_write (fixture, "");
  fixture_refuse (fixture, "not a file with an identity");
  fixture_write (fixture, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  fixture_refuse (fixture, "Restore the file from a backup, or delete it");
  half = g_strndup (text, strlen (text) / 2); /* the certificate is cut off */
  fixture_write (fixture, half);
  fixture_refuse (fixture, "Restore the file from a backup, or delete it");
  fixture_write (fixture, text);
  g_object_unref (fixture_load (fixture));
}

/* A key with the certificate of another one. */
static void
test_mixed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CommonSecret) first = bus_identity_generate (NULL), second = bus_identity_generate (NULL);
  g_autofree char *key = g_strndup ((char *) first->data, first->len);
  const char *certificate = strstr ((char *) second->data, "-----BEGIN CERTIFICATE");
  g_autofree char *mixed = NULL;

  *strstr (key, "-----BEGIN CERTIFICATE") = '\0';
  mixed = g_strconcat (key, certificate, NULL);
  fixture_write (fixture, mixed);
  fixture_refuse (fixture, "belongs to another key");
}

static void
test_readable_by_others (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture_load (fixture));
  g_assert_cmpint (g_chmod (fixture->path, 0640), ==, 0);
  fixture_refuse (fixture, "chmod 600");
}

static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *missing = g_build_filename (fixture->folder, "missing", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (bus_identity_load (missing, "node", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

/* ---- TLS with two identities ---- */

static gboolean
on_accept (GTlsConnection *connection, GTlsCertificate *peer, GTlsCertificateFlags flags, guint8 *fingerprint32)
{
  bus_identity_get_fingerprint (peer, fingerprint32);
  return TRUE;
}

static void
on_handshake (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error));
  g_assert_no_error (error);
  ++*(guint *) data;
}

static GIOStream *
make_stream (int fd)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);

  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

/* Each side sees the fingerprint of the other. */
static void
test_handshake (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CommonSecret) pem = bus_identity_generate (NULL);
  g_autoptr (GTlsCertificate) first = fixture_load (fixture), second = bus_identity_parse (pem, NULL);
  g_autoptr (GIOStream) server_end = NULL, client_end = NULL, server = NULL, client = NULL;
  guint8 seen[2][32], own[2][32];
  guint n_done = 0;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  server_end = make_stream (fds[0]);
  client_end = make_stream (fds[1]);
  bus_identity_get_fingerprint (first, own[0]);
  bus_identity_get_fingerprint (second, own[1]);
  server = g_tls_server_connection_new (server_end, first, NULL);
  client = g_tls_client_connection_new (client_end, NULL, NULL);
  g_object_set (server, "authentication-mode", G_TLS_AUTHENTICATION_REQUIRED, NULL);
  g_tls_connection_set_certificate (G_TLS_CONNECTION (client), second);
  g_signal_connect (server, "accept-certificate", G_CALLBACK (on_accept), seen[0]);
  g_signal_connect (client, "accept-certificate", G_CALLBACK (on_accept), seen[1]);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (server), G_PRIORITY_DEFAULT, NULL, on_handshake, &n_done);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (client), G_PRIORITY_DEFAULT, NULL, on_handshake, &n_done);
  while (n_done < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpmem (seen[0], 32, own[1], 32);
  g_assert_cmpmem (seen[1], 32, own[0], 32);
  g_assert_cmpint (g_tls_connection_get_protocol_version (G_TLS_CONNECTION (server)), ==,
                   G_TLS_PROTOCOL_VERSION_TLS_1_3);
}

static void
add (const char *path, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/identity/created", test_created);
  add ("/identity/certificate", test_certificate);
  add ("/identity/damaged", test_damaged);
  add ("/identity/mixed", test_mixed);
  add ("/identity/readable-by-others", test_readable_by_others);
  add ("/identity/no-folder", test_no_folder);
  add ("/identity/handshake", test_handshake);
  return g_test_run ();
}
