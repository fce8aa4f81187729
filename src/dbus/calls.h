#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Cancellation of calls, which D-Bus does not have: the caller sends Init1.Cancel with the serial of its call, and a
 * connection that closes cancels all of its calls. Main context. */

/* The cancellable of a call of the other end. Borrowed; the same one each time. It can be cancelled by its serial until
 * the call is answered, and as long as there is a reference, such as that of an operation that it began. */
GCancellable *bus_calls_get_cancellable (GDBusMethodInvocation *invocation);

/* Cancels the call with SERIAL that the other end has made on CONNECTION; ignored when there is none. */
void bus_calls_cancel (GDBusConnection *connection, guint32 serial);

/* The same for all calls, before the connection is closed. */
void bus_calls_cancel_all (GDBusConnection *connection);

G_END_DECLS
