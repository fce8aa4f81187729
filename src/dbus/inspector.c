#include "dbus/inspector.h"

#include <unistd.h>

#include "dbus/init.h"
#include "dbus/listener.h"
#include "dbus/names.h"

struct _BusInspector {
  BusListener *listener;
  GDBusConnection *(*get_connection) (gpointer data);
  gpointer data;
};

char *
bus_inspector_dup_value (const CommonProgram *program)
{
  const char *value = common_options_get (program->options, BUS_OPTION_INSPECT, "0");

  if (g_str_equal (value, "0"))
    return NULL;
  if (*value == '\0' || g_str_equal (value, "1"))
    return g_strdup ("");
  return g_canonicalize_filename (value, program->network_dir);
}

char *
bus_inspector_dup_socket (const char *value, const char *network, const char *role)
{
  g_autofree char *name = g_strconcat (role, ".sock", NULL);

  if (*value != '\0')
    return g_build_filename (value, name, NULL);
  return g_build_filename (g_get_user_runtime_dir (), "moneyrocket", network, name, NULL);
}

char *
bus_inspector_dup_path (const CommonProgram *program, const char *role)
{
  g_autofree char *value = bus_inspector_dup_value (program);

  return value != NULL ? bus_inspector_dup_socket (value, program->network->name, role) : NULL;
}

/* While the worker is not running, a tool sees that the connection is closed. */
static void
inspector_on_accepted (gpointer data, int fd)
{
  BusInspector *inspector = data;
  GDBusConnection *connection = inspector->get_connection (inspector->data);

  if (connection != NULL)
    bus_init_attach_peer (connection, BUS_INIT_OBSERVER, fd);
  else
    close (fd);
}

BusInspector *
bus_inspector_new (const char *path, GDBusConnection *(*get_connection) (gpointer data), gpointer data, GError **error)
{
  BusInspector *inspector = g_new0 (BusInspector, 1);

  inspector->get_connection = get_connection;
  inspector->data = data;
  inspector->listener = bus_listener_new (path, inspector_on_accepted, inspector, error);
  if (inspector->listener == NULL)
    g_clear_pointer (&inspector, bus_inspector_free);
  return inspector;
}

void
bus_inspector_free (BusInspector *inspector)
{
  if (inspector == NULL)
    return;
  bus_listener_free (inspector->listener);
  g_free (inspector);
}
