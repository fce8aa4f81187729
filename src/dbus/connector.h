#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Connects to the local socket of a program that is already running. */

/* Connects to PATH as this user, and checks that the program behind it runs as the same user; at most TIMEOUT_MS. Main
 * context. */
void bus_connector_open_async (const char *path,
                               guint timeout_ms,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data);

/* The same over FD, which is connected to a socket of that program already. Takes ownership of it, even on failure. */
void bus_connector_greet_async (int fd,
                                guint timeout_ms,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);

/* The descriptor, owned by the caller, for bus_connection_new() or bus_peer_new() without a handshake: it is done. -1
 * with ERROR. */
int bus_connector_open_finish (GAsyncResult *result, GError **error);

G_END_DECLS
