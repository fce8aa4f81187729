#pragma once

#include "dbus/access.h"

G_BEGIN_DECLS

/* org.moneyrocket.Access1 on one connection. Main context. */
typedef struct _BusAccessExport BusAccessExport;

/* Keeps references to both. FINGERPRINT32, of the program at the other end, is copied; NULL: it has no certificate, since it
 * is on this machine. */
BusAccessExport *
bus_access1_export (BusAccess *access, GDBusConnection *connection, const guint8 *fingerprint32, GError **error);
void bus_access1_free (BusAccessExport *self); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusAccessExport, bus_access1_free)

G_END_DECLS
