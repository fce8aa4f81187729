#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#include "dbus/wire/frame.h"

G_BEGIN_DECLS

/* The byte stream below a BusChannel: a local socket, which also passes descriptors, or a TLS connection. Never blocks.
 * Calls of one thread at a time. */
typedef struct _BusTransport BusTransport;

/* In place of a number of bytes: not now. */
#define BUS_TRANSPORT_WAIT (-1)

/* Descriptors that were received. */
typedef struct {
  int fds[BUS_FRAME_MAX_FDS];
  guint n;
  gboolean too_many; /* more than there is room for: those were closed */
} BusTransportFds;

/* A local socket, and a connection whose handshake is done. Both take a reference. */
BusTransport *bus_transport_new_unix (GSocket *socket);
BusTransport *bus_transport_new_tls (GTlsConnection *tls);

/* Closes it, unless others have references to the socket. */
void bus_transport_free (BusTransport *transport);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusTransport, bus_transport_free)

/* Reads up to N bytes, and adds the descriptors that came with them to FDS. The number of bytes, BUS_TRANSPORT_WAIT, or
 * 0 if the connection is closed. */
gssize bus_transport_read (BusTransport *transport, guint8 *buffer, gsize n, BusTransportFds *fds);

/* Writes up to N bytes, and with the first one of them FDS, which is NULL for none, and always for a transport that
 * passes none. The result is as above. After BUS_TRANSPORT_WAIT, the next bytes to be written are the same. */
gssize bus_transport_write (BusTransport *transport, const guint8 *data, gsize n, GUnixFDList *fds);

/* A source that is ready when reading (G_IO_IN) or writing (G_IO_OUT) may succeed; for reading, only after
 * BUS_TRANSPORT_WAIT, since some bytes may be kept in memory. It has no callback: it is to be the child of another
 * source (see bus_transport_create_source() for a whole one). The caller owns it. */
GSource *bus_transport_create_child (BusTransport *transport, GIOCondition condition);

/* The same with a GSourceFunc as its callback. */
GSource *bus_transport_create_source (BusTransport *transport, GIOCondition condition);

/* Both ends see that the connection has ended; nothing is freed yet. */
void bus_transport_shutdown (BusTransport *transport);

gboolean bus_transport_passes_fds (const BusTransport *transport);

/* The local socket, or the socket below TLS. Borrowed. */
GSocket *bus_transport_get_socket (const BusTransport *transport);

/* Why the connection has failed, if TLS has found that out; NULL: unknown. For the log. */
const char *bus_transport_get_problem (const BusTransport *transport);

G_END_DECLS
