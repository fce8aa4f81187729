#include "dbus/role.h"

#define ANNOTATION "org.moneyrocket.Role"

/* The highest first. */
static const struct {
  const char *name;
  BusRoles role;
} roles[] = {
  { "parent", BUS_ROLE_PARENT }, { "operate", BUS_ROLE_OPERATE }, { "spend", BUS_ROLE_SPEND },
  { "wallet", BUS_ROLE_WALLET }, { "observe", BUS_ROLE_OBSERVE }, { "pair", BUS_ROLE_PAIR },
};

static BusRoles
role_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (roles); i++)
    if (g_str_equal (roles[i].name, name))
      return roles[i].role;
  return 0;
}

BusRoles
bus_role_from_name (const char *name)
{
  BusRoles role = role_find (name);

  return (role & (BUS_ROLES_NODE | BUS_ROLES_OWNER)) != 0 ? role | BUS_ROLE_OBSERVE : 0;
}

const char *
bus_roles_get_name (BusRoles given)
{
  for (gsize i = 0; i < G_N_ELEMENTS (roles); i++)
    if ((given & roles[i].role) != 0)
      return roles[i].name;
  return "none";
}

const char **
bus_roles_dup_names (BusRoles given)
{
  const char **names = g_new0 (const char *, G_N_ELEMENTS (roles) + 1);
  gsize n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (roles); i++)
    if ((given & roles[i].role) != 0)
      names[n++] = roles[i].name;
  return names;
}

BusRoles
bus_roles_from_names (const char *const *names)
{
  BusRoles found = 0;

  for (; *names != NULL; names++)
    found |= role_find (*names);
  return found;
}

BusRoles
bus_role_of_method (const GDBusInterfaceInfo *info, const GDBusMethodInfo *method)
{
  const char *text = g_dbus_annotation_info_lookup (method->annotations, ANNOTATION);
  g_auto (GStrv) names = NULL;
  BusRoles allowed = 0;

  if (text == NULL)
    text = g_dbus_annotation_info_lookup (info->annotations, ANNOTATION);
  names = g_strsplit (text != NULL ? text : "parent", " ", -1);
  for (char **name = names; *name != NULL; name++)
    allowed |= role_find (*name);
  return allowed | BUS_ROLE_PARENT;
}
