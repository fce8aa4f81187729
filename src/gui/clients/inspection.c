#include "gui/clients/inspection.h"

#include "common/log.h"
#include "dbus/clients.h"
#include "dbus/inspector.h"

struct _GuiInspection {
  BusClients *own; /* the tools that inspect the application */
  BusInspector *node;
  BusInspector *wallet;
  gboolean failed; /* a socket cannot be used */
};

static GDBusConnection *
inspection_get_connection (gpointer worker)
{
  return gui_program_get_connection (worker);
}

static void
inspection_take_result (GuiInspection *self, gboolean listens, const GError *error)
{
  if (listens)
    return;
  common_warn ("A program cannot be inspected: %s", error->message);
  self->failed = TRUE;
}

/* NULL: there is nothing to listen for, or it failed. */
static BusInspector *
inspection_listen_for (GuiInspection *self,
                       const char *value,
                       const char *network,
                       const char *role,
                       GuiProgram *worker)
{
  g_autofree char *path = bus_inspector_dup_socket (value, network, role);
  g_autoptr (GError) error = NULL;
  BusInspector *inspector = worker != NULL ? bus_inspector_new (path, inspection_get_connection, worker, &error) : NULL;

  inspection_take_result (self, worker == NULL || inspector != NULL, error);
  return inspector;
}

static void
inspection_listen (GuiInspection *self, const char *value, const char *network, GuiProgram *node, GuiProgram *wallet)
{
  g_autofree char *own = bus_inspector_dup_socket (value, network, "gui");
  g_autoptr (GError) error = NULL;
  gboolean listens = bus_clients_listen_inspect (self->own, own, &error);

  inspection_take_result (self, listens, error);
  self->node = inspection_listen_for (self, value, network, "node", node);
  self->wallet = inspection_listen_for (self, value, network, "wallet", wallet);
}

GuiInspection *
gui_inspection_new (const char *value, const char *network, GuiProgram *node, GuiProgram *wallet)
{
  /* Tools see the interfaces that every program has. */
  const BusClientsOptions options = { .role = "gui", .network = network };
  GuiInspection *self = g_new0 (GuiInspection, 1);

  self->own = bus_clients_new (&options, NULL);
  if (value != NULL)
    inspection_listen (self, value, network, node, wallet);
  return self;
}

void
gui_inspection_free (GuiInspection *self)
{
  if (self == NULL)
    return;
  bus_inspector_free (self->node);
  bus_inspector_free (self->wallet);
  bus_clients_free (self->own);
  g_free (self);
}

gboolean
gui_inspection_is_complete (GuiInspection *self)
{
  return !self->failed;
}
