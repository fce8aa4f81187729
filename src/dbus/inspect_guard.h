#pragma once

#include "dbus/wire/members.h"

G_BEGIN_DECLS

/* For the connection of a tool: calls of methods that the role observe may not call, and of unknown methods, are replied
 * to with AccessDenied. No signal is sent before the reply to the first call, since sd-bus closes a connection on which
 * another message comes first. To be called before messages are processed. MEMBERS is borrowed. */
void bus_inspect_guard (GDBusConnection *connection, const BusMembers *members);

G_END_DECLS
