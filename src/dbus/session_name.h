#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A name on the session bus for a program that has no connection to that bus: this one owns the name, and passes what is
 * asked there to the program, which can be inspected there, but not changed. Each name has a connection of its own, so
 * that its objects are those of the program. Main context. */
typedef struct _BusSessionName BusSessionName;

/* ADDRESS is the bus, NAME the name; ROLE is that of the program ("node", "wallet"). A bus that cannot be reached, or ends
 * later, is logged. */
BusSessionName *bus_session_name_new (const char *address, const char *name, const char *role);

/* The program runs, and is reached through its connection WORKER, with this program, which has started it. NULL: it does
 * not run; calls then fail with NoReply. */
void bus_session_name_set_worker (BusSessionName *self, GDBusConnection *worker);

/* Gives up the name. NULL is allowed. */
void bus_session_name_free (BusSessionName *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusSessionName, bus_session_name_free)

/* Exports Init1 of this program itself on CONNECTION, which is one to a bus, for inspection only. ROLE and NETWORK are
 * borrowed until it is unexported. The caller owns the result; NULL with ERROR. */
GDBusInterfaceSkeleton *
bus_session_export_own (GDBusConnection *connection, const char *role, const char *network, GError **error);

G_END_DECLS
