#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The connection between node and wallet: two programs of which neither started the other, or that have a connection
 * besides the parent's. Both ends export Init1 and both call Hello first. Main context. */

typedef struct {
  const char *own_role;  /* "node" or "wallet" */
  const char *peer_role; /* the other one */
  const char *network;
  /* Export objects here; calls may be made, too; they are sent after Hello. */
  void (*connected) (gpointer data, GDBusConnection *connection);
  /* The connection has closed, or the other end is of another version. Once; free the peer then. */
  void (*closed) (gpointer data);
} BusPeerOptions;

typedef struct _BusPeer BusPeer;

/* Takes over FD, one end of a socketpair, also when it fails. OPTIONS is copied, its strings too. */
BusPeer *bus_peer_new (int fd, const BusPeerOptions *options, gpointer data, GError **error);

/* Closes the connection; no callback comes after this. NULL is allowed. */
void bus_peer_free (BusPeer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusPeer, bus_peer_free)

G_END_DECLS
