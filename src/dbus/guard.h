#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The rule that Hello comes first, and what both ends ask of it. */

/* Refuses calls on CONNECTION, which is over a BusStream, until Hello for NETWORK has come: the first other call is answered
 * by an error, and closes it; and so does silence of DEADLINE_MS. Called before messages are processed. Main context. */
void bus_guard (GDBusConnection *connection, const char *network, guint deadline_ms);

/* Sees to it that each call on CONNECTION is answered, and so counted no longer than that. */
void bus_guard_answers (GDBusConnection *connection);

gboolean bus_guard_check_hello (guint32 protocol, const char *network, const char *own_network, GError **error);

G_END_DECLS
