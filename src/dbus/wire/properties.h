#pragma once

#include "dbus/wire/members.h"
#include "dbus/wire/reader.h"

G_BEGIN_DECLS

/* Properties in the body of a message: GDBus looks at each, complains of each that it does not know, and does so on the thread
 * of whoever has a proxy. Pure. */

#define BUS_PROPERTIES_MAX 64u /* in one message, far more than an interface has */

/* The body of a PropertiesChanged, (sa{sv}as), which READER stands before and which bus_frame_check_body() let pass. NULL, or
 * what is wrong: a property that its interface does not have, or that is of another type, or too many of them. */
const char *bus_properties_check_changed (const BusMembers *members, BusReader *reader);

/* The same of the answer of GetAll for INTERFACE, a{sv}. */
const char *bus_properties_check_all (const BusMembers *members, const char *interface, BusReader *reader);

G_END_DECLS
