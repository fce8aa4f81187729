#include "gui/clients/session_names.h"

#include "common/log.h"
#include "dbus/session_name.h"

#define APP_NAME "org.moneyrocket.Moneyrocket"

/* The name of a worker on the bus, and the worker. */
typedef struct {
  BusSessionName *name;
  GuiProgram *program;
} WorkerName;

struct _GuiSessionNames {
  WorkerName workers[2];
  GDBusInterfaceSkeleton *own; /* of the application; NULL: not exported */
  guint owner;                 /* of its name; 0: GApplication has it */
};

/* As the clients of a session bus find it. The caller owns it; NULL: there is none. */
static char *
session_bus_dup_address (void)
{
  const char *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  g_autofree char *socket = g_build_filename (g_get_user_runtime_dir (), "bus", NULL);
  g_autofree char *escaped = g_dbus_address_escape_value (socket);

  if (address != NULL && *address != '\0')
    return g_strdup (address);
  return g_file_test (socket, G_FILE_TEST_EXISTS) ? g_strconcat ("unix:path=", escaped, NULL) : NULL;
}

static void
worker_name_update (WorkerName *worker)
{
  bus_session_name_set_worker (worker->name, gui_program_get_connection (worker->program));
}

static void
worker_name_init (WorkerName *worker, const char *address, const char *part, const char *role, GuiProgram *program)
{
  g_autofree char *name = g_strconcat (APP_NAME ".", part, NULL);

  if (program == NULL)
    return;
  worker->program = program;
  worker->name = bus_session_name_new (address, name, role);
  g_signal_connect_swapped (program, "connected", G_CALLBACK (worker_name_update), worker);
  g_signal_connect_swapped (program, "disconnected", G_CALLBACK (worker_name_update), worker);
  worker_name_update (worker);
}

static void
worker_name_clear (WorkerName *worker)
{
  if (worker->name == NULL)
    return;
  g_signal_handlers_disconnect_by_data (worker->program, worker);
  g_clear_pointer (&worker->name, bus_session_name_free);
}

/* The connection of GApplication has the objects of the application, and, if there may be only one application, its name
 * already. */
static void
session_names_export_own (GuiSessionNames *self, const char *network)
{
  GApplication *application = g_application_get_default ();
  GDBusConnection *connection = application != NULL ? g_application_get_dbus_connection (application) : NULL;
  g_autoptr (GError) error = NULL;

  if (connection == NULL)
    return;
  self->own = bus_session_export_own (connection, "gui", network, &error);
  if (self->own == NULL)
    common_warn ("The application cannot be inspected on the session bus: %s", error->message);
  else if ((g_application_get_flags (application) & G_APPLICATION_NON_UNIQUE) != 0)
    self->owner
        = g_bus_own_name_on_connection (connection, APP_NAME, G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);
}

GuiSessionNames *
gui_session_names_new (const char *network, GuiProgram *node, GuiProgram *wallet)
{
  GuiSessionNames *self = g_new0 (GuiSessionNames, 1);
  g_autofree char *address = session_bus_dup_address ();

  if (address == NULL) {
    common_info ("There is no session bus to be inspected on.");
    return self;
  }
  worker_name_init (&self->workers[0], address, "Node", "node", node);
  worker_name_init (&self->workers[1], address, "Wallet", "wallet", wallet);
  session_names_export_own (self, network);
  return self;
}

void
gui_session_names_free (GuiSessionNames *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->workers); i++)
    worker_name_clear (&self->workers[i]);
  g_clear_handle_id (&self->owner, g_bus_unown_name);
  if (self->own != NULL)
    g_dbus_interface_skeleton_unexport (self->own);
  g_clear_object (&self->own);
  g_free (self);
}
