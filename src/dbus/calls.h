#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What ends a call before its work is done. D-Bus has no cancellation: a caller that does not want the answer any more
 * says so by Init1.Cancel with the serial of its call, and a connection that closes cancels all of its calls. Main context. */

/* The cancellable of a call of the other end, for whatever is done for it. Borrowed. It can be cancelled by its serial as long
 * as the call is not answered, or somebody (an operation that it began) holds a reference. The same one each time. */
GCancellable *bus_calls_get_cancellable (GDBusMethodInvocation *invocation);

/* Cancels the call with SERIAL that the other end has made on CONNECTION; nothing when there is none, or no longer. */
void bus_calls_cancel (GDBusConnection *connection, guint32 serial);

/* The same for all calls; for a connection that is about to be given up. */
void bus_calls_cancel_all (GDBusConnection *connection);

G_END_DECLS
