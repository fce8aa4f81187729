#pragma once

#include "dbus/wire/members.h"
#include "dbus/wire/reader.h"

G_BEGIN_DECLS

/* Checks properties in the body of a message: GDBus would log a warning for each unknown property, on the thread of the
 * proxy. Pure. Each function reads a body that has passed bus_frame_check_body(), from the beginning, where READER is
 * positioned. NULL, or what is wrong: a property that is not in its interface, has the wrong type, or too many of
 * them. */

#define BUS_PROPERTIES_MAX 64u /* per interface, and interfaces per object: far more than exist */

/* PropertiesChanged: sa{sv}as. */
const char *bus_properties_check_changed (const BusMembers *members, BusReader *reader);

/* The reply of GetAll for INTERFACE: a{sv}. */
const char *bus_properties_check_all (const BusMembers *members, const char *interface, BusReader *reader);

/* The reply of Get for NAME of INTERFACE: v. */
const char *
bus_properties_check_one (const BusMembers *members, const char *interface, const char *name, BusReader *reader);

/* InterfacesAdded: oa{sa{sv}}. An unknown interface must not have properties. */
const char *bus_properties_check_added (const BusMembers *members, BusReader *reader);

/* The reply of GetManagedObjects: a{oa{sa{sv}}}. */
const char *bus_properties_check_objects (const BusMembers *members, BusReader *reader);

G_END_DECLS
