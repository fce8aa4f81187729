#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The rule that Hello comes first, and its checks. */

/* Refuses calls on CONNECTION, which is over a BusStream, until Hello for NETWORK has come: the first other call is answered
 * by an error, and closes it; and so does silence of DEADLINE_MS. Called before messages are processed. Main context. */
void bus_guard (GDBusConnection *connection, const char *network, guint deadline_ms);

/* Makes every call on CONNECTION get an answer, until which it is counted. */
void bus_guard_answers (GDBusConnection *connection);

gboolean bus_guard_check_hello (guint32 protocol, const char *network, const char *own_network, GError **error);

G_END_DECLS
