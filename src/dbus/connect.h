#pragma once

#include "dbus/address.h"
#include "dbus/connection.h"
#include "dbus/tls_connector.h"

G_BEGIN_DECLS

/* Connects to a program that is already running, at an address of either kind. Main context. */

/* OPTIONS is copied, with its strings; over TLS, roles that it does not name are BUS_ROLES_REMOTE. TARGET, copied, too,
 * is for TLS; NULL: none is known, so that such an address is an error. At most TIMEOUT_MS for everything before Hello.
 * */
void bus_connect_async (const BusAddress *address,
                        const BusTlsTarget *target,
                        const BusConnectionOptions *options,
                        guint timeout_ms,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer data);

/* The connection, owned by the caller, which processes no messages yet. NULL with ERROR. */
GDBusConnection *bus_connect_finish (GAsyncResult *result, GError **error);

/* What a program at the other end of a connection that this one has made to another machine may do here. */
#define BUS_ROLES_REMOTE ((BusRoles) (BUS_ROLES_NODE | BUS_ROLES_OWNER))

G_END_DECLS
