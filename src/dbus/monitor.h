#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Copies of the messages on all connections of this program for tools that have called BecomeMonitor, such as `busctl
 * monitor`. Sender and destination of a copy are the names of the programs. Secrets are left out: results of JSON-RPC
 * methods, and the parameters of those that may hold a passphrase or a key. Descriptors are not copied. */

/* From now on CONNECTION receives the messages that match one of RULES (see match_rules.h), and nothing else; it is closed
 * when it sends anything. OWN_NAME is the name of this program. FALSE with an error for a malformed rule. Main
 * context. */
gboolean bus_monitor_add (GDBusConnection *connection, const char *own_name, const char *const *rules, GError **error);

/* The name on the bus of the program with ROLE: "org.moneyrocket.Node" for "node". The caller owns it. */
char *bus_monitor_dup_name (const char *role);

G_END_DECLS
