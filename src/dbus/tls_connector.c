#include "dbus/tls_connector.h"

#include <string.h>

#include "dbus/errors.h"

typedef struct {
  BusTlsTarget target;
  GCancellable *cancellable; /* of everything that is in progress */
  GCancellable *callers;     /* cancels it; NULL: nothing does */
  gulong handler;            /* of CALLERS */
  GSource *timeout;
  gboolean timed_out;
} TlsOpening;

static void
tls_opening_free (gpointer data)
{
  TlsOpening *opening = data;

  if (opening->callers != NULL)
    g_cancellable_disconnect (opening->callers, opening->handler);
  g_clear_object (&opening->callers);
  g_source_destroy (opening->timeout);
  g_source_unref (opening->timeout);
  g_object_unref (opening->cancellable);
  g_object_unref (opening->target.certificate);
  g_free (opening);
}

static gboolean
tls_opening_on_timeout (gpointer data)
{
  TlsOpening *opening = data;

  opening->timed_out = TRUE;
  g_cancellable_cancel (opening->cancellable);
  return G_SOURCE_REMOVE;
}

static void
tls_opening_on_cancelled (GCancellable *cancellable, gpointer data)
{
  g_cancellable_cancel (data);
}

static void
tls_opening_fail (GTask *task, GError *error)
{
  const TlsOpening *opening = g_task_get_task_data (task);
  const char *text = NULL;

  if (opening->timed_out)
    text = "the other program does not answer";
  else if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    text = "the program there has another certificate than the one that was paired with this program; pair them again "
           "if that is expected";
  if (text == NULL) {
    g_task_return_error (task, error);
    return;
  }
  g_error_free (error);
  g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_FAILED, "%s", text);
}

static gboolean
tls_opening_check (gpointer data, const guint8 fingerprint32[BUS_FINGERPRINT_LEN])
{
  const TlsOpening *opening = data;

  return memcmp (fingerprint32, opening->target.server32, BUS_FINGERPRINT_LEN) == 0;
}

static void
tls_opening_on_handshake (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  guint8 fingerprint32[BUS_FINGERPRINT_LEN];
  GError *error = NULL;
  GTlsConnection *tls = bus_tls_handshake_finish (result, fingerprint32, &error);

  if (tls != NULL)
    g_task_return_pointer (task, tls, g_object_unref);
  else
    tls_opening_fail (task, error);
}

static void
tls_opening_on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  TlsOpening *opening = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  GSocket *socket;

  if (connection == NULL) {
    tls_opening_fail (task, error);
    return;
  }
  socket = g_socket_connection_get_socket (connection);
  bus_tls_set_socket_options (socket, opening->target.silence_ms);
  bus_tls_handshake_async (socket, FALSE, opening->target.certificate, tls_opening_check, opening, opening->cancellable,
                           tls_opening_on_handshake, g_object_ref (task));
}

static TlsOpening *
tls_opening_new (const BusTlsTarget *target, guint timeout_ms, GCancellable *cancellable)
{
  TlsOpening *opening = g_new0 (TlsOpening, 1);

  opening->target = *target;
  g_object_ref (opening->target.certificate);
  opening->cancellable = g_cancellable_new ();
  if (cancellable != NULL) {
    opening->callers = g_object_ref (cancellable);
    opening->handler = g_cancellable_connect (cancellable, G_CALLBACK (tls_opening_on_cancelled),
                                              g_object_ref (opening->cancellable), g_object_unref);
  }
  opening->timeout = g_timeout_source_new (timeout_ms);
  g_source_set_callback (opening->timeout, tls_opening_on_timeout, opening, NULL);
  g_source_attach (opening->timeout, NULL);
  return opening;
}

void
bus_tls_connector_open_async (const char *host,
                              guint16 port,
                              const BusTlsTarget *target,
                              guint timeout_ms,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);
  g_autoptr (GSocketConnectable) address = g_network_address_new (host, port);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  TlsOpening *opening = tls_opening_new (target, timeout_ms, cancellable);

  g_task_set_task_data (task, opening, tls_opening_free);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (client, address, opening->cancellable, tls_opening_on_connected, g_object_ref (task));
}

GTlsConnection *
bus_tls_connector_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
