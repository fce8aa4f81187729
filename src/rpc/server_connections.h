#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The open connections of the HTTP server, whose sockets belong to libmicrohttpd. Unlike the library, this watches a
 * connection while its request is processed, and sets a deadline for receiving the whole of a request without valid
 * credentials. All functions may be called on any thread; polling is done on a separate thread. Private
 * to server*.c. */
typedef struct _RpcServerConnections RpcServerConnections;
typedef struct _RpcServerConnection RpcServerConnection;

/* When more than MAX connections are open, the oldest of those that have not shown valid credentials is closed. NULL when
 * the system has no descriptors left. */
RpcServerConnections *rpc_server_connections_new (guint max);
void rpc_server_connections_free (RpcServerConnections *connections);

/* FD remains owned by the caller, and must stay open until the connection is removed. */
RpcServerConnection *rpc_server_connections_add (RpcServerConnections *connections, int fd);
void rpc_server_connections_remove (RpcServerConnections *connections, RpcServerConnection *connection);

/* The headers of a request have been read; AUTHENTICATED: its credentials are valid, so that it has no deadline. */
void rpc_server_connections_set_authenticated (RpcServerConnections *connections,
                                               RpcServerConnection *connection,
                                               gboolean authenticated);

/* The request has been read. CALL (NULL: none) is cancelled when the client disconnects, or closes its writing end. */
void rpc_server_connections_set_running (RpcServerConnections *connections,
                                         RpcServerConnection *connection,
                                         GCancellable *call);
void rpc_server_connections_set_done (RpcServerConnections *connections, RpcServerConnection *connection);

/* The reply has been sent: the next request is awaited. */
void rpc_server_connections_set_waiting (RpcServerConnections *connections, RpcServerConnection *connection);

G_END_DECLS
