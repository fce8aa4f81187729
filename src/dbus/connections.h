#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The connections of this program that are open, with a number for each, for those who look at the program. Any
 * thread. */

/* For a new connection with the program PEER, as in BusConnectionOptions. It is listed until it is closed or freed. */
void bus_connections_add (GDBusConnection *connection, const char *peer);

/* Counted from 1 in this program. */
guint64 bus_connections_get_number (GDBusConnection *connection);

/* Static for each value: "node", "wallet", "parent", "client", … */
const char *bus_connections_get_peer (GDBusConnection *connection);

/* When it was added, in seconds since 1970. */
gint64 bus_connections_get_since (GDBusConnection *connection);

/* What the program at the other end says that it is ("gui", "wallet", …). _dup_: "" until it was set. */
void bus_connections_set_program (GDBusConnection *connection, const char *program);
char *bus_connections_dup_program (GDBusConnection *connection);

/* The open ones, in the order of their numbers: GDBusConnection. The caller owns the list and its references. */
GPtrArray *bus_connections_list (void);

G_END_DECLS
