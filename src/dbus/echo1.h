#pragma once

#include "bus-generated.h"

G_BEGIN_DECLS

/* org.moneyrocket.Echo1 on a connection: diagnostics. Main context. */

/* Exports it until CONNECTION closes. */
gboolean bus_echo1_export (GDBusConnection *connection, GError **error);

G_END_DECLS
