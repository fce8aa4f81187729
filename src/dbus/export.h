#pragma once

#include "dbus/role.h"

G_BEGIN_DECLS

/* Exports SKELETON at PATH on CONNECTION with the methods that the roles of the other end may call, and no others (see
 * bus_connection_get_roles()). An interface of which it may call none is not exported, which is not an error. */
gboolean bus_export (GDBusInterfaceSkeleton *skeleton, GDBusConnection *connection, const char *path, GError **error);

/* The same for a skeleton that is exported by an object manager: before it is added. FALSE: it must not be added, since
 * ROLES may call none of its methods. */
gboolean bus_export_restrict (GDBusInterfaceSkeleton *skeleton, BusRoles roles);

/* Undoes bus_export(), whatever it has done. */
void bus_unexport (GDBusInterfaceSkeleton *skeleton);

G_END_DECLS
