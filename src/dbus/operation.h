#pragma once

#include "bus-generated.h"

G_BEGIN_DECLS

/* The object behind org.moneyrocket.Operation1, on the side that does the work. Main context, except where said. */
#define BUS_TYPE_OPERATION (bus_operation_get_type ())
G_DECLARE_FINAL_TYPE (BusOperation, bus_operation, BUS, OPERATION, GObject)

/* Exports a new operation, begun by INVOCATION, on its connection until a minute after it has finished, or the
 * connection closes. STAGE: what is done first. INVOCATION stays the caller's. */
BusOperation *bus_operation_new (GDBusMethodInvocation *invocation, const char *stage, GError **error);
const char *bus_operation_get_path (BusOperation *self);
GCancellable *
bus_operation_get_cancellable (BusOperation *self); /* of the call that began it; cancelled by its own Cancel, too */

/* Any thread. */
void bus_operation_progress (BusOperation *self, const char *stage, double fraction);
/* RESULT: a{sv} or NULL. Exactly one of both is called, once. */
void bus_operation_succeed (BusOperation *self, GVariant *result);
void bus_operation_fail (BusOperation *self, const GError *error);

G_END_DECLS
