#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* org.freedesktop.DBus: tools that expect a message bus, such as busctl, call some of its methods first. There is no
 * bus: the only well-known name is NAME, for the program at this end, and match rules have no effect, since every
 * signal is sent to the other end anyway. */

/* Exports it on CONNECTION until that closes. NAME is copied. FALSE with *ERROR if the interface is exported
 * already. */
gboolean bus_driver_export (GDBusConnection *connection, const char *name, GError **error);

G_END_DECLS
