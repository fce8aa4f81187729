#include "wallet/service/clients.h"

#include "common/log.h"
#include "dbus/access1.h"
#include "dbus/inspector.h"
#include "dbus/pair_ask.h"
#include "rpc/bus/server.h"
#include "wallet/service/export.h"

struct _WalletClients {
  WalletManager *manager;
  RpcTable *rpc;
  BusAccess *access; /* NULL: none connect */
  BusClients *clients;
  char *refusal;
};

/* What is exported to one client. */
typedef struct {
  WalletExport *wallets;
  BusAccessExport *access;
} WalletClientExports;

static void
wallet_client_exports_free (gpointer data)
{
  WalletClientExports *exports = data;

  g_clear_pointer (&exports->wallets, wallet_export_free);
  g_clear_pointer (&exports->access, bus_access1_free);
  g_free (exports);
}

/* A program that is not paired sees neither wallets nor their names. */
static gboolean
wallet_clients_export (WalletClients *self, BusClient *client, WalletClientExports *exports, GError **error)
{
  GDBusConnection *connection = bus_client_get_connection (client);

  if (self->access != NULL)
    exports->access = bus_access1_export (self->access, connection, bus_client_get_fingerprint (client), error);
  if (self->access != NULL && exports->access == NULL)
    return FALSE;
  if (bus_client_get_roles (client) == BUS_ROLE_PAIR)
    return TRUE;
  exports->wallets = wallet_export_new (self->manager, connection, error);
  if (exports->wallets != NULL)
    wallet_export_set_refusal (exports->wallets, self->refusal);
  return exports->wallets != NULL && rpc_bus_export (connection, RPC_HANDLER (self->rpc), NULL, error) != NULL;
}

static void
wallet_clients_on_connected (gpointer data, BusClient *client)
{
  WalletClientExports *exports = g_new0 (WalletClientExports, 1);
  g_autoptr (GError) error = NULL;

  bus_client_set_data (client, exports, wallet_client_exports_free);
  if (!wallet_clients_export (data, client, exports, &error))
    common_error ("The wallets cannot be exported to a client: %s", error->message);
}

static void
wallet_clients_on_changed (gpointer data, BusClient *client)
{
  WalletClients *self = data;

  if (self->access != NULL)
    bus_access_on_client_changed (self->access, client);
}

WalletClients *
wallet_clients_new (WalletManager *manager, RpcTable *rpc, BusAccess *access, const char *network)
{
  WalletClients *self = g_new0 (WalletClients, 1);
  const BusClientsOptions options = { .role = "wallet",
                                      .network = network,
                                      .connected = wallet_clients_on_connected,
                                      .greeted = wallet_clients_on_changed,
                                      .closed = wallet_clients_on_changed };

  self->manager = manager;
  self->rpc = rpc;
  self->refusal = g_strdup ("");
  self->access = access;
  self->clients = bus_clients_new (&options, self);
  if (access != NULL)
    bus_access_set_clients (access, self->clients);
  return self;
}

void
wallet_clients_free (WalletClients *self)
{
  if (self == NULL)
    return;
  bus_clients_free (self->clients);
  g_free (self->refusal);
  if (self->access != NULL)
    bus_access_set_clients (self->access, NULL);
  g_free (self);
}

gboolean
wallet_clients_listen (WalletClients *self, const CommonProgram *program, GError **error)
{
  g_autofree char *inspected = bus_inspector_dup_path (program, "wallet");

  return bus_access_accept_others (self->access, program, error)
         && bus_clients_listen_all (self->clients, program, BUS_ADDRESS_WALLET_SOCKET, BUS_ROLES_OWNER, error)
         && bus_access_show_code (self->access, program, BUS_PAIR_WALLET_ROLE, error)
         && (inspected == NULL || wallet_clients_listen_inspect (self, inspected, error));
}

void
wallet_clients_set_refusal (WalletClients *self, const char *refusal)
{
  const GPtrArray *list = bus_clients_get_list (self->clients);

  g_free (self->refusal);
  self->refusal = g_strdup (refusal);
  for (guint i = 0; i < list->len; i++) {
    const WalletClientExports *exports = bus_client_get_data (list->pdata[i]);

    wallet_export_set_refusal (exports->wallets, refusal);
  }
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
