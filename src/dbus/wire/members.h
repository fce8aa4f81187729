#pragma once

#include <gio/gio.h>

#include "dbus/role.h"
#include "dbus/wire/body.h"

G_BEGIN_DECLS

/* The signatures of the members of known interfaces, the types of their properties, and the argument that may be long:
 * the one with the annotation org.moneyrocket.MaxLength in the XML, its maximum size in bytes. Immutable. */

typedef struct {
  char *signature;
  BusLongArgument long_argument;
  BusRoles roles; /* of a call: who may make it */
} BusMember;

typedef struct _BusMembers BusMembers;

/* For INFOS, a NULL-terminated list that is only read here, and the interfaces that GDBus implements for each object
 * (Properties, Introspectable, Peer, ObjectManager) and for the bus itself (see driver.h). */
BusMembers *bus_members_new (GDBusInterfaceInfo *const *infos);
void bus_members_free (BusMembers *members);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusMembers, bus_members_free)

/* The body of a call of MEMBER, of its reply, and of a signal. INTERFACE may be NULL. NULL if it is unknown. */
const BusMember *bus_members_get_call (const BusMembers *members, const char *interface, const char *member);
const BusMember *bus_members_get_reply (const BusMembers *members, const char *interface, const char *member);
const BusMember *bus_members_get_signal (const BusMembers *members, const char *interface, const char *member);

/* The type of a property; NULL if it is unknown. */
const char *bus_members_get_property (const BusMembers *members, const char *interface, const char *name);

G_END_DECLS
