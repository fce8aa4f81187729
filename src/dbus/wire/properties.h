#pragma once

#include "dbus/wire/members.h"
#include "dbus/wire/reader.h"

G_BEGIN_DECLS

/* Properties in the body of a message: GDBus looks at each, complains of each that it does not know, and does so on the thread
 * of whoever has a proxy. Pure. Each function reads a body that bus_frame_check_body() let pass, before which READER stands.
 * NULL, or what is wrong: a property that its interface does not have, or that is of another type, or too many of them. */

#define BUS_PROPERTIES_MAX 64u /* of an interface, and interfaces of an object: far more than there are */

/* PropertiesChanged: sa{sv}as. */
const char *bus_properties_check_changed (const BusMembers *members, BusReader *reader);

/* The answer of GetAll for INTERFACE: a{sv}. */
const char *bus_properties_check_all (const BusMembers *members, const char *interface, BusReader *reader);

/* The answer of Get for NAME of INTERFACE: v. */
const char *
bus_properties_check_one (const BusMembers *members, const char *interface, const char *name, BusReader *reader);

/* InterfacesAdded: oa{sa{sv}}. An interface that is not known has no properties. */
const char *bus_properties_check_added (const BusMembers *members, BusReader *reader);

/* The answer of GetManagedObjects: a{oa{sa{sv}}}. */
const char *bus_properties_check_objects (const BusMembers *members, BusReader *reader);

G_END_DECLS
