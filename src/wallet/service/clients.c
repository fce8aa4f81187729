#include "wallet/service/clients.h"

#include "common/log.h"
#include "dbus/clients.h"
#include "dbus/inspector.h"
#include "rpc/bus/server.h"
#include "wallet/service/export.h"

struct _WalletClients {
  WalletManager *manager;
  RpcTable *rpc;
  BusClients *clients;
  char *refusal;
};

static void
wallet_clients_on_connected (gpointer data, BusClient *client)
{
  WalletClients *self = data;
  GDBusConnection *connection = bus_client_get_connection (client);
  g_autoptr (GError) error = NULL;
  WalletExport *export = wallet_export_new (self->manager, connection, &error);

  bus_client_set_data (client, export, (GDestroyNotify) wallet_export_free);
  wallet_export_set_refusal (export, self->refusal);
  if (export == NULL || !rpc_bus_export (connection, RPC_HANDLER (self->rpc), NULL, &error))
    common_error ("The wallets cannot be exported to a client: %s", error->message);
}

WalletClients *
wallet_clients_new (WalletManager *manager, RpcTable *rpc, const char *network)
{
  WalletClients *self = g_new0 (WalletClients, 1);
  const BusClientsOptions options = { .role = "wallet", .network = network, .connected = wallet_clients_on_connected };

  self->manager = manager;
  self->rpc = rpc;
  self->refusal = g_strdup ("");
  self->clients = bus_clients_new (&options, self);
  return self;
}

void
wallet_clients_free (WalletClients *self)
{
  if (self == NULL)
    return;
  bus_clients_free (self->clients);
  g_free (self->refusal);
  g_free (self);
}

gboolean
wallet_clients_listen (WalletClients *self, const CommonProgram *program, GError **error)
{
  g_autofree char *inspected = bus_inspector_dup_path (program, "wallet");

  return bus_clients_listen_all (self->clients, program, BUS_ADDRESS_WALLET_SOCKET, BUS_ROLES_OWNER, error)
         && (inspected == NULL || wallet_clients_listen_inspect (self, inspected, error));
}

void
wallet_clients_set_refusal (WalletClients *self, const char *refusal)
{
  const GPtrArray *list = bus_clients_get_list (self->clients);

  g_free (self->refusal);
  self->refusal = g_strdup (refusal);
  for (guint i = 0; i < list->len; i++)
    wallet_export_set_refusal (bus_client_get_data (list->pdata[i]), refusal);
}

gboolean
wallet_clients_listen_inspect (WalletClients *self, const char *path, GError **error)
{
  return bus_clients_listen_inspect (self->clients, path, error);
}

void
wallet_clients_add_inspector (WalletClients *self, int fd)
{
  bus_clients_add_inspector (self->clients, fd);
}
