#pragma once

#include "dbus/connection.h"

G_BEGIN_DECLS

/* The connection between node and wallet, in addition to the one between parent and child, if one has started the
 * other. Both ends export Init1, and both call Hello first. Main context. */

typedef struct {
  const char *own_role;  /* "node" or "wallet" */
  const char *peer_role; /* the other one */
  const char *network;
  /* Objects are exported here; calls may be made, too: they are sent after Hello. */
  void (*connected) (gpointer data, GDBusConnection *connection);
  /* The other end has accepted our Hello. May be NULL. */
  void (*greeted) (gpointer data);
  /* The connection was closed, or the other end has another version. Called once; the peer is then to be freed. */
  void (*closed) (gpointer data);
} BusPeerOptions;

typedef struct _BusPeer BusPeer;

/* FD is one end of a socketpair. Takes ownership of it, even on failure. OPTIONS is copied, with its strings. */
BusPeer *bus_peer_new (int fd, const BusPeerOptions *options, gpointer data, GError **error);

/* The same over CONNECTION, which it takes ownership of, and which was created with bus_peer_get_limits(). */
BusPeer *bus_peer_new_over (GDBusConnection *connection, const BusPeerOptions *options, gpointer data);

/* The options of the connection for a BusPeer with OPTIONS, whose strings are borrowed. */
BusConnectionOptions bus_peer_get_limits (const BusPeerOptions *options);

/* Closes the connection; no callback is called after this. NULL is allowed. */
void bus_peer_free (BusPeer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusPeer, bus_peer_free)

G_END_DECLS
