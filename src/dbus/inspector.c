#include "dbus/inspector.h"

#include <unistd.h>

#include "dbus/init.h"
#include "dbus/listener.h"
#include "dbus/names.h"

struct _BusInspector {
  BusListener *listener;
  BusSupervisor *worker;
};

static char *
inspector_dup_socket (const char *folder, const char *role)
{
  g_autofree char *name = g_strconcat (role, ".sock", NULL);

  return g_build_filename (folder, name, NULL);
}

char *
bus_inspector_dup_default_path (const char *network, const char *role)
{
  g_autofree char *folder = g_build_filename (g_get_user_runtime_dir (), "moneyrocket", network, NULL);

  return inspector_dup_socket (folder, role);
}

char *
bus_inspector_dup_path (const CommonProgram *program, const char *role)
{
  const char *value = common_options_get (program->options, BUS_OPTION_INSPECT, "0");
  g_autofree char *folder = NULL;

  if (g_str_equal (value, "0"))
    return NULL;
  if (*value == '\0' || g_str_equal (value, "1"))
    return bus_inspector_dup_default_path (program->network->name, role);
  folder = g_canonicalize_filename (value, program->network_dir);
  return inspector_dup_socket (folder, role);
}

/* While the worker is not running, a tool sees that the connection is closed. */
static void
inspector_on_accepted (gpointer data, int fd)
{
  BusInspector *inspector = data;
  GDBusConnection *connection = bus_supervisor_get_connection (inspector->worker);

  if (connection != NULL)
    bus_init_attach_peer (connection, BUS_INIT_OBSERVER, fd);
  else
    close (fd);
}

BusInspector *
bus_inspector_new (const char *path, BusSupervisor *worker, GError **error)
{
  BusInspector *inspector = g_new0 (BusInspector, 1);

  inspector->worker = worker;
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
