#include "dbus/wire/members.h"

#define MAX_LENGTH "org.moneyrocket.MaxLength"

struct _BusMembers {
  GHashTable *table; /* "call org.moneyrocket.Init1.Hello" → BusMember */
};

#define OBSERVE "<annotation name='org.moneyrocket.Role' value='observe'/>"

static const char standard_xml[]
    = "<node>"
      "<interface name='org.freedesktop.DBus.Properties'>" OBSERVE
      "<method name='Get'><arg type='s' direction='in'/><arg type='s' direction='in'/>"
      "<arg type='v' direction='out'/></method>"
      "<method name='Set'><annotation name='org.moneyrocket.Role' value='parent'/><arg type='s' direction='in'/><arg "
      "type='s' direction='in'/>"
      "<arg type='v' direction='in'/></method>"
      "<method name='GetAll'><arg type='s' direction='in'/>"
      "<arg type='a{sv}' direction='out'/></method>"
      "<signal name='PropertiesChanged'><arg type='s'/><arg type='a{sv}'/>"
      "<arg type='as'/></signal>"
      "</interface>"
      "<interface name='org.freedesktop.DBus.Introspectable'>" OBSERVE
      "<method name='Introspect'><arg type='s' direction='out'/></method>"
      "</interface>"
      "<interface name='org.freedesktop.DBus.Peer'>" OBSERVE "<method name='Ping'/>"
      "<method name='GetMachineId'><arg type='s' direction='out'/></method>"
      "</interface>"
      "<interface name='org.freedesktop.DBus.ObjectManager'>" OBSERVE
      "<method name='GetManagedObjects'><arg type='a{oa{sa{sv}}}' direction='out'/></method>"
      "<signal name='InterfacesAdded'><arg type='o'/><arg type='a{sa{sv}}'/></signal>"
      "<signal name='InterfacesRemoved'><arg type='o'/><arg type='as'/></signal>"
      "</interface>"
      "<interface name='org.freedesktop.DBus'>" OBSERVE "<method name='Hello'><arg type='s' direction='out'/></method>"
      "<method name='ListNames'><arg type='as' direction='out'/></method>"
      "<method name='NameHasOwner'><arg type='s' direction='in'/><arg type='b' direction='out'/></method>"
      "<method name='GetNameOwner'><arg type='s' direction='in'/><arg type='s' direction='out'/></method>"
      "<method name='AddMatch'><arg type='s' direction='in'/></method>"
      "<method name='RemoveMatch'><arg type='s' direction='in'/></method>"
      "<method name='ListActivatableNames'><arg type='as' direction='out'/></method>"
      "<method name='GetId'><arg type='s' direction='out'/></method>"
      "<method name='GetConnectionUnixUser'><arg type='s' direction='in'/><arg type='u' direction='out'/></method>"
      "<method name='GetConnectionUnixProcessID'><arg type='s' direction='in'/><arg type='u' direction='out'/></method>"
      "<method name='GetConnectionCredentials'><arg type='s' direction='in'/><arg type='a{sv}' "
      "direction='out'/></method>"
      "<signal name='NameLost'><arg type='s'/></signal>"
      "</interface>"
      "<interface name='org.freedesktop.DBus.Monitoring'>" OBSERVE
      "<method name='BecomeMonitor'><arg type='as' direction='in'/><arg type='u' direction='in'/></method>"
      "</interface>"
      "</node>";

static void
member_free (gpointer data)
{
  BusMember *member = data;

  g_free (member->signature);
  g_free (member);
}

static BusMember *
members_add (BusMembers *members, const char *kind, const char *interface, const char *name, GDBusArgInfo **args)
{
  BusMember *member = g_new (BusMember, 1);
  GString *signature = g_string_new (NULL);

  *member = (BusMember){ .long_argument = { .index = -1 } };
  for (int i = 0; args != NULL && args[i] != NULL; i++) {
    const char *max = g_dbus_annotation_info_lookup (args[i]->annotations, MAX_LENGTH);

    g_string_append (signature, args[i]->signature);
    if (max != NULL)
      member->long_argument = (BusLongArgument){ i, g_ascii_strtoull (max, NULL, 10) };
  }
  member->signature = g_string_free (signature, FALSE);
  g_hash_table_insert (members->table, g_strdup_printf ("%s %s.%s", kind, interface, name), member);
  return member;
}

static void
members_add_interface (BusMembers *members, const GDBusInterfaceInfo *info)
{
  for (GDBusMethodInfo **method = info->methods; method != NULL && *method != NULL; method++) {
    BusMember *call = members_add (members, "call", info->name, (*method)->name, (*method)->in_args);

    call->roles = bus_role_of_method (info, *method);
    members_add (members, "reply", info->name, (*method)->name, (*method)->out_args);
  }
  for (GDBusPropertyInfo **property = info->properties; property != NULL && *property != NULL; property++) {
    GDBusArgInfo argument = { .signature = (*property)->signature };
    GDBusArgInfo *arguments[] = { &argument, NULL };

    members_add (members, "property", info->name, (*property)->name, arguments);
  }
  for (GDBusSignalInfo **signal = info->signals; signal != NULL && *signal != NULL; signal++)
    members_add (members, "signal", info->name, (*signal)->name, (*signal)->args);
}

BusMembers *
bus_members_new (GDBusInterfaceInfo *const *infos)
{
  BusMembers *members = g_new (BusMembers, 1);
  g_autoptr (GDBusNodeInfo) standard = g_dbus_node_info_new_for_xml (standard_xml, NULL);

  members->table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, member_free);
  for (gsize i = 0; infos[i] != NULL; i++)
    members_add_interface (members, infos[i]);
  for (GDBusInterfaceInfo **info = standard->interfaces; *info != NULL; info++)
    members_add_interface (members, *info);
  return members;
}

void
bus_members_free (BusMembers *members)
{
  g_hash_table_unref (members->table);
  g_free (members);
}

static const BusMember *
members_get (const BusMembers *members, const char *kind, const char *interface, const char *member)
{
  g_autofree char *key = g_strdup_printf ("%s %s.%s", kind, interface != NULL ? interface : "", member);

  return g_hash_table_lookup (members->table, key);
}

const BusMember *
bus_members_get_call (const BusMembers *members, const char *interface, const char *member)
{
  return members_get (members, "call", interface, member);
}

const BusMember *
bus_members_get_reply (const BusMembers *members, const char *interface, const char *member)
{
  return members_get (members, "reply", interface, member);
}

const BusMember *
bus_members_get_signal (const BusMembers *members, const char *interface, const char *member)
{
  return members_get (members, "signal", interface, member);
}

const char *
bus_members_get_property (const BusMembers *members, const char *interface, const char *name)
{
  const BusMember *property = members_get (members, "property", interface, name);

  return property != NULL ? property->signature : NULL;
}
