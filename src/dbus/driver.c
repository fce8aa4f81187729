#include "dbus/driver.h"

#define DRIVER_PATH "/org/freedesktop/DBus"
#define DRIVER_NAME "org.freedesktop.DBus"
#define UNIQUE_NAME ":1.0" /* of the caller of Hello, the only other end */

static const char driver_xml[] = "<node>"
                                 "<interface name='" DRIVER_NAME "'>"
                                 "<method name='Hello'><arg name='unique_name' type='s' direction='out'/></method>"
                                 "<method name='ListNames'><arg name='names' type='as' direction='out'/></method>"
                                 "<method name='NameHasOwner'><arg name='name' type='s' direction='in'/>"
                                 "<arg name='has_owner' type='b' direction='out'/></method>"
                                 "<method name='GetNameOwner'><arg name='name' type='s' direction='in'/>"
                                 "<arg name='unique_name' type='s' direction='out'/></method>"
                                 "<method name='AddMatch'><arg name='rule' type='s' direction='in'/></method>"
                                 "<method name='RemoveMatch'><arg name='rule' type='s' direction='in'/></method>"
                                 "</interface>"
                                 "</node>";

static GDBusInterfaceInfo *
driver_get_info (void)
{
  static GDBusNodeInfo *info;

  if (g_once_init_enter (&info))
    g_once_init_leave (&info, g_dbus_node_info_new_for_xml (driver_xml, NULL));
  return info->interfaces[0];
}

static GVariant *
driver_list_names (const char *own_name)
{
  const char *const names[] = { DRIVER_NAME, own_name, NULL };

  return g_variant_new ("(^as)", names);
}

static gboolean
driver_has_name (const char *own_name, const char *name)
{
  return g_str_equal (name, own_name) || g_str_equal (name, DRIVER_NAME) || g_str_equal (name, UNIQUE_NAME);
}

static void
driver_return_owner (GDBusMethodInvocation *invocation, const char *own_name, const char *name)
{
  if (driver_has_name (own_name, name))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", name));
  else
    g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER,
                                                   "there is no such name here");
}

static void
driver_on_call (GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *method,
                GVariant *parameters,
                GDBusMethodInvocation *invocation,
                gpointer data)
{
  const char *own_name = data, *name = NULL;
  GVariant *value = NULL;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(s)")))
    g_variant_get (parameters, "(&s)", &name);
  if (g_str_equal (method, "GetNameOwner")) {
    driver_return_owner (invocation, own_name, name);
    return;
  }
  if (g_str_equal (method, "Hello"))
    value = g_variant_new ("(s)", UNIQUE_NAME);
  else if (g_str_equal (method, "ListNames"))
    value = driver_list_names (own_name);
  else if (g_str_equal (method, "NameHasOwner"))
    value = g_variant_new ("(b)", driver_has_name (own_name, name));
  g_dbus_method_invocation_return_value (invocation, value);
}

gboolean
bus_driver_export (GDBusConnection *connection, const char *name, GError **error)
{
  static const GDBusInterfaceVTable table = { .method_call = driver_on_call };

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), FALSE);
  g_return_val_if_fail (g_dbus_is_name (name), FALSE);

  return g_dbus_connection_register_object (connection, DRIVER_PATH, driver_get_info (), &table, g_strdup (name),
                                            g_free, error)
         != 0;
}
