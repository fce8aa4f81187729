#pragma once

#include "bus-generated.h"
#include "dbus/role.h"

G_BEGIN_DECLS

/* org.moneyrocket.Init1 on a connection (init.c), and calls to that of the other end (init_calls.c). Main context. */

typedef struct {
  const char *role;    /* of this program: "node", "wallet", "gui" */
  const char *network; /* of this program */
  /* NULL on a connection with a program that is not the parent: AttachPeer and Shutdown then fail with NotSupported.
   * The callee takes ownership of FD. */
  void (*attach_peer) (gpointer data, const char *role, int fd);
  void (*shutdown) (gpointer data);
  /* NULL, or called after each acceptable Hello, before its reply. PROGRAM is what the caller is, "" if it did not say,
   * NAME is for lists and may be "". Both are valid UTF-8 of at most BUS_INIT_MAX_NAME bytes. */
  void (*hello) (gpointer data, const char *program, const char *name, const char *version);
  gpointer data;
} BusInit;

#define BUS_INIT_MAX_NAME 64u

/* The role of a tool that inspects a program, for AttachPeer. */
#define BUS_INIT_OBSERVER "observer"

/* Exports it, and Echo1 (see echo1.h); the strings are borrowed until CONNECTION closes. The caller owns the result, and may unexport it. */
BusInit1Skeleton *bus_init_export (GDBusConnection *connection, const BusInit *init, GError **error);

/* Sets its property Peer: the peer that was attached; ROLE NULL: there is none now. */
void bus_init_set_peer (BusInit1 *skeleton, guint64 sequence, const char *role);

/* Calls Hello as the first call on CONNECTION, and checks the reply: protocol, network, and that the role of the other
 * end is ROLE. OWN_ROLE is what this program is, "gui", "node", "wallet" or "cli", if the other end lists its clients;
 * else NULL. TIMEOUT_MS is finite. */
void bus_init_hello_async (GDBusConnection *connection,
                           const char *own_role,
                           const char *role,
                           const char *network,
                           int timeout_ms,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data);
gboolean bus_init_hello_finish (GDBusConnection *connection, GAsyncResult *result, GError **error);

/* Asks what this program may do at the other end. 0 with ERROR. */
void bus_init_get_roles_async (GDBusConnection *connection,
                               int timeout_ms,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data);
BusRoles bus_init_get_roles_finish (GDBusConnection *connection, GAsyncResult *result, GError **error);

/* Cancels our pending call with SERIAL at the other end. */
void bus_init_cancel (GDBusConnection *connection, guint32 serial);

/* Asks a worker to shut down. */
void bus_init_shutdown (GDBusConnection *connection);

/* Passes FD to a worker: one end of a socketpair with PEER_ROLE at the other end, or the connection of a tool. Takes
 * ownership of FD, even on failure. */
void bus_init_attach_peer (GDBusConnection *connection, const char *peer_role, int fd);

G_END_DECLS
