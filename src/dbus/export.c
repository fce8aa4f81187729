#include "dbus/export.h"

#include "dbus/connection.h"

typedef GDBusInterfaceInfo *(*GetInfo) (GDBusInterfaceSkeleton *skeleton);

/* On a skeleton: the methods that may be called. On its type: the get_info() of the generated code. */
static G_DEFINE_QUARK (moneyrocket - restricted - info,
                       restricted_info) static G_DEFINE_QUARK (moneyrocket - generated - info, generated_info)

    static GDBusInterfaceInfo *export_get_info (GDBusInterfaceSkeleton *skeleton)
{
  GDBusInterfaceInfo *info = g_object_get_qdata (G_OBJECT (skeleton), restricted_info_quark ());
  GetInfo generated = (GetInfo) g_type_get_qdata (G_OBJECT_TYPE (skeleton), generated_info_quark ());

  return info != NULL ? info : generated (skeleton);
}

/* GDBus asks the class of a skeleton for its interface, and nothing else decides what is exported. */
static void
export_take_over (GDBusInterfaceSkeleton *skeleton)
{
  GDBusInterfaceSkeletonClass *klass = G_DBUS_INTERFACE_SKELETON_GET_CLASS (skeleton);

  if (klass->get_info == export_get_info)
    return;
  g_type_set_qdata (G_OBJECT_TYPE (skeleton), generated_info_quark (), (gpointer) klass->get_info);
  klass->get_info = export_get_info;
}

/* Shares all members with INFO, which is static, as the generated code needs it. */
static GDBusInterfaceInfo *
export_dup_info (const GDBusInterfaceInfo *info, BusRoles roles)
{
  g_autoptr (GPtrArray) allowed = g_ptr_array_new ();
  GDBusInterfaceInfo *copy = g_memdup2 (info, sizeof *info);

  for (GDBusMethodInfo **method = info->methods; method != NULL && *method != NULL; method++)
    if ((bus_role_of_method (info, *method) & roles) != 0)
      g_ptr_array_add (allowed, *method);
  g_ptr_array_add (allowed, NULL);
  copy->ref_count = -1; /* static for GDBus, too */
  copy->methods = (GDBusMethodInfo **) g_ptr_array_steal (allowed, NULL);
  if (roles == BUS_ROLE_PAIR) {
    copy->properties = NULL;
    copy->signals = NULL;
  }
  return copy;
}

/* As there are only a few sets of roles, each is kept: GDBus may use it after the skeleton is gone. */
static GDBusInterfaceInfo *
export_find_info (const GDBusInterfaceInfo *info, BusRoles roles)
{
  static GHashTable *known; /* "ROLES INTERFACE" → GDBusInterfaceInfo */
  g_autofree char *key = g_strdup_printf ("%u %s", (guint) roles, info->name);
  GDBusInterfaceInfo *found;

  if (known == NULL)
    known = g_hash_table_new (g_str_hash, g_str_equal);
  found = g_hash_table_lookup (known, key);
  if (found == NULL) {
    found = export_dup_info (info, roles);
    g_hash_table_insert (known, g_steal_pointer (&key), found);
  }
  return found;
}

gboolean
bus_export_restrict (GDBusInterfaceSkeleton *skeleton, BusRoles roles)
{
  GDBusInterfaceInfo *restricted;

  if ((roles & BUS_ROLE_PARENT) != 0)
    return TRUE;
  export_take_over (skeleton);
  restricted = export_find_info (g_dbus_interface_skeleton_get_info (skeleton), roles);
  g_object_set_qdata (G_OBJECT (skeleton), restricted_info_quark (), restricted);
  return restricted->methods[0] != NULL;
}

gboolean
bus_export (GDBusInterfaceSkeleton *skeleton, GDBusConnection *connection, const char *path, GError **error)
{
  g_dbus_interface_skeleton_flush (skeleton); /* what was set before this is not a change */
  return !bus_export_restrict (skeleton, bus_connection_get_roles (connection))
         || g_dbus_interface_skeleton_export (skeleton, connection, path, error);
}

void
bus_unexport (GDBusInterfaceSkeleton *skeleton)
{
  if (g_dbus_interface_skeleton_get_connection (skeleton) != NULL)
    g_dbus_interface_skeleton_unexport (skeleton);
}
