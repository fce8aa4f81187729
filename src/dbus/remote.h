#pragma once

#include "dbus/tls_target.h"

G_BEGIN_DECLS

/* The connection with a program that runs by itself, at an address where it listens for others. When it is lost, or the
 * program is not there yet, it is tried again with growing delays. Main context. */
typedef struct _BusRemote BusRemote;

typedef struct {
  const char *own_role; /* "wallet", "gui" */
  const char *role;     /* of the other program: "node", "wallet" */
  const char *network;
  const BusTlsTarget *tls; /* copied; NULL for a program of this machine */
  /* As in BusPeerOptions: objects are exported, and calls made, which are sent after Hello. */
  void (*connected) (gpointer data, GDBusConnection *connection);
  void (*closed) (gpointer data);
} BusRemoteOptions;

/* Begins to connect. ADDRESS and OPTIONS are copied. */
BusRemote *bus_remote_new (const BusAddress *address, const BusRemoteOptions *options, gpointer data);

/* Closes the connection, to be tried again later: the other program has refused something. */
void bus_remote_retry (BusRemote *remote);

/* No callback is called after this. NULL is allowed. */
void bus_remote_free (BusRemote *remote);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusRemote, bus_remote_free)

G_END_DECLS
