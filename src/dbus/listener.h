#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Listens on a local socket of this user. Main context. */
typedef struct _BusListener BusListener;

/* Binds PATH with mode 0600, in a folder that is created with mode 0700 if it is missing. A socket that a program has left
 * behind is replaced; one with a program behind it, and any other file, is an error. ACCEPTED is called with each
 * connection; it takes ownership of FD, which has not been authenticated (see BusConnectionOptions.handshake). */
BusListener *
bus_listener_new (const char *path, void (*accepted) (gpointer data, int fd), gpointer data, GError **error);

/* Stops accepting, and removes the socket. NULL is allowed. */
void bus_listener_free (BusListener *listener);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusListener, bus_listener_free)

G_END_DECLS
