#pragma once

#include "bus-generated.h"
#include "dbus/trace_log.h"

G_BEGIN_DECLS

/* org.moneyrocket.Trace1 on a connection: the program and its messages, for those who look at it. Main context. */

/* What a row of org.moneyrocket.Trace1.GetRows() is made of. */
#define BUS_TRACE_ROW_TYPE "(ttxsbssssutts)"
/* More would take the main loop longer than it may be held. */
#define BUS_TRACE_MAX_PAGE 200u

/* Exports it. ROLE is that of this program, copied. The caller owns the result, and may unexport it. */
BusTrace1Skeleton *bus_trace1_export (GDBusConnection *connection, const char *role, GError **error);

G_END_DECLS
