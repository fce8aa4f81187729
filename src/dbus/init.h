#pragma once

#include "bus-generated.h"

G_BEGIN_DECLS

/* org.moneyrocket.Init1 on a connection (init.c), and the calls of it to the other end (init_calls.c). Main context. */

typedef struct {
  const char *role;    /* of this program: "node", "wallet", "gui" */
  const char *network; /* of this program */
  /* NULL on a connection with a program that is not the parent: AttachPeer and Shutdown are then NotSupported. FD
   * becomes the callee's. */
  void (*attach_peer) (gpointer data, const char *role, int fd);
  void (*shutdown) (gpointer data);
  gpointer data;
} BusInit;

/* Exports it; the strings are borrowed as long as CONNECTION is open. The caller owns the object, and may unexport. */
BusInit1Skeleton *bus_init_export (GDBusConnection *connection, const BusInit *init, GError **error);

/* Its property Peer: what AttachPeer has brought; ROLE NULL: nothing that is there now. */
void bus_init_set_peer (BusInit1 *skeleton, guint64 sequence, const char *role);

/* Says Hello as the first call on CONNECTION, and checks the answer: protocol, network, and that the other end is ROLE.
 * TIMEOUT_MS is finite. */
void bus_init_hello_async (GDBusConnection *connection,
                           const char *role,
                           const char *network,
                           int timeout_ms,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data);
gboolean bus_init_hello_finish (GDBusConnection *connection, GAsyncResult *result, GError **error);

/* Cancels the own call with SERIAL, which the other end has not answered. */
void bus_init_cancel (GDBusConnection *connection, guint32 serial);

/* Asks a worker to shut down. */
void bus_init_shutdown (GDBusConnection *connection);

/* Gives a worker FD, which is taken over in any case: one end of a socketpair with PEER_ROLE at the other end. */
void bus_init_attach_peer (GDBusConnection *connection, const char *peer_role, int fd);

G_END_DECLS
