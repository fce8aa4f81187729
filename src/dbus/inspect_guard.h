#pragma once

#include "dbus/wire/members.h"

G_BEGIN_DECLS

/* For a connection of a tool. Replies with AccessDenied to each call that changes anything: that the role observe may not
 * make, also to one of an unknown member. Until the reply to the first call no signal is sent, since sd-bus closes a
 * connection on which anything precedes it. To be called before messages are processed. MEMBERS is borrowed. */
void bus_inspect_guard (GDBusConnection *connection, const BusMembers *members);

G_END_DECLS
