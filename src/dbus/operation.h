#pragma once

#include "bus-generated.h"

G_BEGIN_DECLS

/* Implements org.moneyrocket.Operation1, in the process that does the work. Main context unless stated otherwise. */
#define BUS_TYPE_OPERATION (bus_operation_get_type ())
G_DECLARE_FINAL_TYPE (BusOperation, bus_operation, BUS, OPERATION, GObject)

/* Exports a new operation, started by INVOCATION, on its connection until a minute after it has finished, or until the
 * connection closes. STAGE is the first stage. Does not take ownership of INVOCATION. */
BusOperation *bus_operation_new (GDBusMethodInvocation *invocation, const char *stage, GError **error);
const char *bus_operation_get_path (BusOperation *self);
GCancellable *
bus_operation_get_cancellable (BusOperation *self); /* of the call that started it, and of Operation1.Cancel */

/* Any thread. */
void bus_operation_progress (BusOperation *self, const char *stage, double fraction);
/* RESULT: a{sv} or NULL. Exactly one of the two is called, once. */
void bus_operation_succeed (BusOperation *self, GVariant *result);
void bus_operation_fail (BusOperation *self, const GError *error);

G_END_DECLS
