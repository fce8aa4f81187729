#include "dbus/tls_handshake.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

/* After a third of the allowed silence, the system begins to ask whether the other end is still there. */
#define PROBES 4

typedef struct {
  GTlsConnection *tls;
  gulong handler;
  BusTlsCheck check;
  gpointer check_data;
  gboolean accepted;
  guint8 fingerprint32[BUS_FINGERPRINT_LEN]; /* of the certificate that was accepted */
} Handshake;

static void
handshake_free (gpointer data)
{
  Handshake *handshake = data;

  g_signal_handler_disconnect (handshake->tls, handshake->handler);
  g_object_unref (handshake->tls);
  g_free (handshake);
}

void
bus_tls_set_socket_options (GSocket *socket, guint silence_ms)
{
  const int fd = g_socket_get_fd (socket), on = 1, probes = PROBES;
  const guint limit_ms = silence_ms > 0 ? silence_ms : BUS_TLS_SILENCE_MS;
  const int idle = MAX ((int) limit_ms / 3000, 1), interval = MAX ((int) limit_ms / 6000, 1);

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt (fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt (fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
  setsockopt (fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
  setsockopt (fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
  setsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms, sizeof limit_ms);
}

static gboolean
handshake_check (GTask *task, GTlsCertificate *certificate)
{
  Handshake *handshake = g_task_get_task_data (task);

  handshake->accepted = FALSE;
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return FALSE;
  bus_identity_get_fingerprint (certificate, handshake->fingerprint32);
  handshake->accepted = handshake->check (handshake->check_data, handshake->fingerprint32);
  return handshake->accepted;
}

/* GIO calls this on the context on which the handshake was started, for a certificate that no authority has signed. */
static gboolean
handshake_on_certificate (GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer data)
{
  return handshake_check (data, certificate);
}

/* When a session is resumed, GIO does not ask whether the certificate is acceptable. */
static gboolean
handshake_check_again (GTask *task)
{
  const Handshake *handshake = g_task_get_task_data (task);
  GTlsCertificate *certificate = g_tls_connection_get_peer_certificate (handshake->tls);
  guint8 fingerprint32[BUS_FINGERPRINT_LEN];

  if (certificate == NULL)
    return FALSE;
  bus_identity_get_fingerprint (certificate, fingerprint32);
  return (handshake->accepted && memcmp (fingerprint32, handshake->fingerprint32, sizeof fingerprint32) == 0)
         || handshake_check (task, certificate);
}

static void
handshake_on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const Handshake *handshake = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_tls_connection_handshake_finish (handshake->tls, result, &error))
    g_task_return_error (task, error);
  else if (g_tls_connection_get_protocol_version (handshake->tls) != G_TLS_PROTOCOL_VERSION_TLS_1_3)
    g_task_return_new_error (task, G_TLS_ERROR, G_TLS_ERROR_HANDSHAKE, "The other end does not speak TLS 1.3");
  else if (!handshake_check_again (task))
    g_task_return_new_error (task, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "The certificate is not known");
  else
    g_task_return_pointer (task, g_object_ref (handshake->tls), g_object_unref);
}

static GTlsConnection *
handshake_make_connection (GSocket *socket, gboolean server, GTlsCertificate *own, GError **error)
{
  g_autoptr (GSocketConnection) base = g_socket_connection_factory_create_connection (socket);
  GIOStream *stream;

  if (server)
    stream = g_tls_server_connection_new (G_IO_STREAM (base), own, error);
  else
    stream = g_tls_client_connection_new (G_IO_STREAM (base), NULL, error);
  if (stream == NULL)
    return NULL;
  if (server)
    g_object_set (stream, "authentication-mode", G_TLS_AUTHENTICATION_REQUIRED, NULL);
  else
    g_tls_connection_set_certificate (G_TLS_CONNECTION (stream), own);
  /* No authorities. Messages say where they end, so the end of a connection needs no record of its own. */
  g_tls_connection_set_database (G_TLS_CONNECTION (stream), NULL);
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (stream), FALSE);
  return G_TLS_CONNECTION (stream);
}

void
bus_tls_handshake_async (GSocket *socket,
                         gboolean server,
                         GTlsCertificate *own,
                         BusTlsCheck check,
                         gpointer check_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  GError *error = NULL;
  GTlsConnection *tls = handshake_make_connection (socket, server, own, &error);
  Handshake *handshake;

  if (tls == NULL) {
    g_task_return_error (task, error);
    return;
  }
  handshake = g_new0 (Handshake, 1);
  handshake->tls = tls;
  handshake->check = check;
  handshake->check_data = check_data;
  g_task_set_task_data (task, handshake, handshake_free);
  handshake->handler = g_signal_connect (tls, "accept-certificate", G_CALLBACK (handshake_on_certificate), task);
  g_tls_connection_handshake_async (tls, G_PRIORITY_DEFAULT, cancellable, handshake_on_done, g_object_ref (task));
}

GTlsConnection *
bus_tls_handshake_finish (GAsyncResult *result, guint8 fingerprint32[BUS_FINGERPRINT_LEN], GError **error)
{
  const Handshake *handshake = g_task_get_task_data (G_TASK (result));
  GTlsConnection *tls = g_task_propagate_pointer (G_TASK (result), error);

  if (tls != NULL)
    memcpy (fingerprint32, handshake->fingerprint32, BUS_FINGERPRINT_LEN);
  return tls;
}
