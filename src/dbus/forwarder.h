#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Passes calls of any program on a message bus to one of our programs, which is connected to this one for inspection, and
 * its replies and signals back. The program never sees the bus. Calls that could change anything are refused here already,
 * as well as those that would break a rule of our connections (see wire/check.h), since one connection carries the calls
 * of all. Messages are passed on the GDBus worker thread; these functions are called on the main context. */
typedef struct _BusForwarder BusForwarder;

/* BUS (a reference is kept) is a connection of its own to a message bus: all calls on it are passed on. */
BusForwarder *bus_forwarder_new (GDBusConnection *bus);

/* From now on PROGRAM (a reference is kept) replies; NULL: none does, and calls fail. Those that are pending fail, too.
 * To be called before messages of PROGRAM are processed. */
void bus_forwarder_set_program (BusForwarder *forwarder, GDBusConnection *program);

/* Stops passing messages. NULL is allowed. */
void bus_forwarder_free (BusForwarder *forwarder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusForwarder, bus_forwarder_free)

G_END_DECLS
