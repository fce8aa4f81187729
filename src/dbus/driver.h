#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* org.freedesktop.DBus, of which tools that expect a message bus call some methods first (busctl, for one). There is no bus:
 * the one name is NAME, the program at this end, and matches change nothing, since every signal goes to the other end anyway. */

/* Exports it on CONNECTION for as long as that is open. NAME is copied. FALSE and *ERROR where something is exported there. */
gboolean bus_driver_export (GDBusConnection *connection, const char *name, GError **error);

G_END_DECLS
