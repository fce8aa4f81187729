#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Requires Hello to be the first call, and checks its arguments. */

/* Rejects calls on CONNECTION, which is over a BusStream, until a Hello for NETWORK: any other call is replied to with
 * an error, and the connection is closed; also after DEADLINE_MS without a Hello. To be called before messages are
 * processed. Main context. */
void bus_guard (GDBusConnection *connection, const char *network, guint deadline_ms);

/* Replies to every call on CONNECTION, even with NO_REPLY_EXPECTED, so that it counts as pending until then. */
void bus_guard_require_replies (GDBusConnection *connection);

gboolean bus_guard_check_hello (guint32 protocol, const char *network, const char *own_network, GError **error);

G_END_DECLS
