#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Cancellation of calls, which D-Bus does not have: the caller sends Init1.Cancel with the serial of its call, and a
 * connection that closes cancels all of its calls. Main context. */

/* The cancellable of an incoming call. Borrowed; the same one each time. It can be cancelled by its serial until the
 * reply is sent, or longer while it is referenced, for example by an operation that the call started. */
GCancellable *bus_calls_get_cancellable (GDBusMethodInvocation *invocation);

/* Cancels the incoming call with SERIAL on CONNECTION; ignored if there is none. */
void bus_calls_cancel (GDBusConnection *connection, guint32 serial);

/* The same for all incoming calls, before the connection is closed. */
void bus_calls_cancel_all (GDBusConnection *connection);

G_END_DECLS
