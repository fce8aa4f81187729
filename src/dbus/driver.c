#include "dbus/driver.h"

#include <unistd.h>

#include "dbus/errors.h"
#include "dbus/monitor.h"

#define DRIVER_PATH "/org/freedesktop/DBus"
#define DRIVER_NAME "org.freedesktop.DBus"
#define MONITORING_NAME DRIVER_NAME ".Monitoring"
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
                                 "<method name='ListActivatableNames'>"
                                 "<arg name='names' type='as' direction='out'/></method>"
                                 "<method name='GetId'><arg name='id' type='s' direction='out'/></method>"
                                 "<method name='GetConnectionUnixUser'><arg name='name' type='s' direction='in'/>"
                                 "<arg name='user' type='u' direction='out'/></method>"
                                 "<method name='GetConnectionUnixProcessID'><arg name='name' type='s' direction='in'/>"
                                 "<arg name='process' type='u' direction='out'/></method>"
                                 "<method name='GetConnectionCredentials'><arg name='name' type='s' direction='in'/>"
                                 "<arg name='credentials' type='a{sv}' direction='out'/></method>"
                                 "<signal name='NameLost'><arg name='name' type='s'/></signal>"
                                 "</interface>"
                                 "<interface name='" MONITORING_NAME "'>"
                                 "<method name='BecomeMonitor'><arg name='rules' type='as' direction='in'/>"
                                 "<arg name='flags' type='u' direction='in'/></method>"
                                 "</interface>"
                                 "</node>";

static GDBusNodeInfo *
driver_get_info (void)
{
  static GDBusNodeInfo *info;

  if (g_once_init_enter (&info))
    g_once_init_leave (&info, g_dbus_node_info_new_for_xml (driver_xml, NULL));
  return info;
}

static gboolean
driver_has_name (const char *own_name, const char *name)
{
  return g_str_equal (name, own_name) || g_str_equal (name, DRIVER_NAME) || g_str_equal (name, UNIQUE_NAME);
}

static GVariant *
driver_hello (const char *own_name, const char *name)
{
  return g_variant_new ("(s)", UNIQUE_NAME);
}

static GVariant *
driver_list_names (const char *own_name, const char *name)
{
  const char *const names[] = { DRIVER_NAME, own_name, NULL };

  return g_variant_new ("(^as)", names);
}

static GVariant *
driver_list_activatable (const char *own_name, const char *name)
{
  return g_variant_new ("(as)", NULL);
}

static GVariant *
driver_name_has_owner (const char *own_name, const char *name)
{
  return g_variant_new ("(b)", driver_has_name (own_name, name));
}

static GVariant *
driver_get_name_owner (const char *own_name, const char *name)
{
  return g_variant_new ("(s)", name);
}

static GVariant *
driver_get_id (const char *own_name, const char *name)
{
  g_autofree char *id = g_dbus_generate_guid ();

  return g_variant_new ("(s)", id);
}

static GVariant *
driver_get_user (const char *own_name, const char *name)
{
  return g_variant_new ("(u)", (guint) geteuid ());
}

static GVariant *
driver_get_process (const char *own_name, const char *name)
{
  return g_variant_new ("(u)", (guint) getpid ());
}

/* Only the caller's own user may connect, so it is the same for all names. The process of the caller is not known. */
static GVariant *
driver_get_credentials (const char *own_name, const char *name)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "UnixUserID", "u", (guint) geteuid ());
  if (!g_str_equal (name, UNIQUE_NAME))
    g_variant_dict_insert (&dict, "ProcessID", "u", (guint) getpid ());
  return g_variant_new ("(@a{sv})", g_variant_dict_end (&dict));
}

static GVariant *
driver_nothing (const char *own_name, const char *name)
{
  return NULL;
}

static const struct {
  const char *method;
  GVariant *(*answer) (const char *own_name, const char *name);
  gboolean needs_owner; /* its argument is a name that must have an owner */
} driver_methods[] = {
  { "Hello", driver_hello },
  { "ListNames", driver_list_names },
  { "ListActivatableNames", driver_list_activatable },
  { "NameHasOwner", driver_name_has_owner },
  { "GetNameOwner", driver_get_name_owner, TRUE },
  { "GetId", driver_get_id },
  { "GetConnectionUnixUser", driver_get_user, TRUE },
  { "GetConnectionUnixProcessID", driver_get_process, TRUE },
  { "GetConnectionCredentials", driver_get_credentials, TRUE },
  { "AddMatch", driver_nothing },
  { "RemoveMatch", driver_nothing },
};

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
  const char *own_name = data, *name = "";

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(s)")))
    g_variant_get (parameters, "(&s)", &name);
  for (gsize i = 0; i < G_N_ELEMENTS (driver_methods); i++) {
    if (!g_str_equal (method, driver_methods[i].method))
      continue;
    if (driver_methods[i].needs_owner && !driver_has_name (own_name, name))
      g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER,
                                                     "there is no such name here");
    else
      g_dbus_method_invocation_return_value (invocation, driver_methods[i].answer (own_name, name));
    return;
  }
}

/* The reply is the last message that the caller receives as a client; the signal confirms the change. */
static void
driver_on_monitoring (GDBusConnection *connection,
                      const char *sender,
                      const char *path,
                      const char *interface,
                      const char *method,
                      GVariant *parameters,
                      GDBusMethodInvocation *invocation,
                      gpointer data)
{
  g_autofree const char **rules = NULL;
  g_autoptr (GError) error = NULL;

  g_variant_get (parameters, "(^a&su)", &rules, NULL);
  if (!bus_monitor_add (connection, data, rules, &error)) {
    bus_error_reply (invocation, error);
    return;
  }
  g_dbus_method_invocation_return_value (invocation, NULL);
  g_dbus_connection_emit_signal (connection, NULL, DRIVER_PATH, DRIVER_NAME, "NameLost",
                                 g_variant_new ("(s)", UNIQUE_NAME), NULL);
}

static gboolean
driver_register (GDBusConnection *connection,
                 const char *interface,
                 const GDBusInterfaceVTable *table,
                 const char *name,
                 GError **error)
{
  return g_dbus_connection_register_object (connection, DRIVER_PATH,
                                            g_dbus_node_info_lookup_interface (driver_get_info (), interface), table,
                                            g_strdup (name), g_free, error)
         != 0;
}

gboolean
bus_driver_export (GDBusConnection *connection, const char *name, GError **error)
{
  static const GDBusInterfaceVTable calls = { .method_call = driver_on_call };
  static const GDBusInterfaceVTable monitoring = { .method_call = driver_on_monitoring };

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), FALSE);
  g_return_val_if_fail (g_dbus_is_name (name), FALSE);

  return driver_register (connection, DRIVER_NAME, &calls, name, error)
         && driver_register (connection, MONITORING_NAME, &monitoring, name, error);
}
