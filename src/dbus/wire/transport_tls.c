#include "dbus/wire/transport_private.h"

static gssize
tls_get_failure (BusTransport *transport, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return BUS_TRANSPORT_WAIT;
  if (error->domain == G_TLS_ERROR && !g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_EOF)
      && transport->problem == NULL)
    transport->problem = g_strdup (error->message);
  return 0;
}

static gssize
tls_read (BusTransport *transport, guint8 *buffer, gsize n, BusTransportFds *fds)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (transport->tls));
  g_autoptr (GError) error = NULL;
  gssize got = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), buffer, n, NULL, &error);

  return got < 0 ? tls_get_failure (transport, error) : got;
}

/* A record has at most 16 KiB, so more is written in several calls. */
static gssize
tls_write (BusTransport *transport, const guint8 *data, gsize n, GUnixFDList *fds)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (transport->tls));
  g_autoptr (GError) error = NULL;
  gssize sent;

  g_return_val_if_fail (fds == NULL, 0);

  sent = g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (output), data, n, NULL, &error);
  return sent < 0 ? tls_get_failure (transport, error) : sent;
}

static GSource *
tls_create_child (BusTransport *transport, GIOCondition condition)
{
  GIOStream *stream = G_IO_STREAM (transport->tls);

  if (condition == G_IO_OUT)
    return g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream)),
                                                   NULL);
  return g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream)), NULL);
}

BusTransport *
bus_transport_new_tls (GTlsConnection *tls)
{
  static const BusTransportClass klass = { .read = tls_read, .write = tls_write, .create_child = tls_create_child };
  BusTransport *transport = g_new0 (BusTransport, 1);
  g_autoptr (GIOStream) base = NULL;

  g_object_get (tls, "base-io-stream", &base, NULL);
  transport->klass = &klass;
  transport->tls = g_object_ref (tls);
  transport->socket = g_object_ref (g_socket_connection_get_socket (G_SOCKET_CONNECTION (base)));
  return transport;
}
