#include "gui/clients/inspection.h"

#include "common/log.h"
#include "dbus/clients.h"
#include "dbus/inspector.h"

struct _GuiInspection {
  BusClients *own; /* the tools that inspect the application */
  BusInspector *wallet;
};

static void
inspection_listen (GuiInspection *self, const char *value, const char *network, BusSupervisor *wallet)
{
  g_autofree char *own = bus_inspector_dup_socket (value, network, "gui");
  g_autofree char *of_wallet = bus_inspector_dup_socket (value, network, "wallet");
  g_autoptr (GError) error = NULL;

  if (!bus_clients_listen_inspect (self->own, own, &error)
      || (wallet != NULL && (self->wallet = bus_inspector_new (of_wallet, wallet, &error)) == NULL))
    common_warn ("The application cannot be inspected: %s", error->message);
}

GuiInspection *
gui_inspection_new (const char *value, const char *network, BusSupervisor *wallet)
{
  /* Tools see org.moneyrocket.Init1 alone, which every program has. */
  const BusClientsOptions options = { .role = "gui", .network = network };
  GuiInspection *self = g_new0 (GuiInspection, 1);

  self->own = bus_clients_new (&options, NULL);
  if (value != NULL)
    inspection_listen (self, value, network, wallet);
  return self;
}

void
gui_inspection_free (GuiInspection *self)
{
  if (self == NULL)
    return;
  bus_inspector_free (self->wallet);
  bus_clients_free (self->own);
  g_free (self);
}
