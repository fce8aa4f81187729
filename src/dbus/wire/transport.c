#include "dbus/wire/transport_private.h"

#include <sys/socket.h>

void
bus_transport_free (BusTransport *transport)
{
  if (transport == NULL)
    return;
  g_clear_object (&transport->tls);
  g_object_unref (transport->socket);
  g_free (transport->problem);
  g_free (transport);
}

gssize
bus_transport_read (BusTransport *transport, guint8 *buffer, gsize n, BusTransportFds *fds)
{
  return transport->klass->read (transport, buffer, n, fds);
}

gssize
bus_transport_write (BusTransport *transport, const guint8 *data, gsize n, GUnixFDList *fds)
{
  return transport->klass->write (transport, data, n, fds);
}

GSource *
bus_transport_create_child (BusTransport *transport, GIOCondition condition)
{
  return transport->klass->create_child (transport, condition);
}

static gboolean
transport_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

GSource *
bus_transport_create_source (BusTransport *transport, GIOCondition condition)
{
  static GSourceFuncs funcs = { .dispatch = transport_dispatch };
  g_autoptr (GSource) child = bus_transport_create_child (transport, condition);
  GSource *source = g_source_new (&funcs, sizeof (GSource));

  g_source_set_dummy_callback (child);
  g_source_add_child_source (source, child);
  return source;
}

void
bus_transport_shutdown (BusTransport *transport)
{
  shutdown (g_socket_get_fd (transport->socket), SHUT_RDWR);
}

gboolean
bus_transport_passes_fds (const BusTransport *transport)
{
  return transport->klass->passes_fds;
}

GSocket *
bus_transport_get_socket (const BusTransport *transport)
{
  return transport->socket;
}

const char *
bus_transport_get_problem (const BusTransport *transport)
{
  return transport->problem;
}
