#include "wallet/service/service.h"

#include "common/log.h"
#include "dbus/worker_end.h"
#include "rpc/bus/server.h"
#include "wallet/service/access.h"
#include "wallet/service/clients.h"
#include "wallet/service/export.h"

struct _WalletService {
  WalletChainBus *chain;
  WalletManager *manager;
  RpcTable *rpc;
  WalletAccess *access;
  WalletClients *clients;
  BusWorkerEnd *end;
  WalletExport *export;
  void (*shutdown) (gpointer data);
  gpointer data;
};

static void
wallet_service_on_parent_connected (gpointer data, GDBusConnection *connection)
{
  WalletService *service = data;
  g_autoptr (GError) error = NULL;

  /* If the parent is a node, it only makes JSON-RPC calls, for its clients. */
  if (wallet_access_has_clients (service->access))
    return;
  service->export = wallet_export_new (service->manager, connection, &error);
  if (service->export == NULL)
    common_error ("The wallets cannot be exported to the application: %s", error->message);
}

static void
wallet_service_on_peer_connected (gpointer data, const char *role, GDBusConnection *connection)
{
  WalletService *service = data;
  const RpcBusAccess access = { wallet_access_check, service->access };
  g_autoptr (GError) error = NULL;

  if (!g_str_equal (role, "node"))
    return;
  if (!rpc_bus_export (connection, RPC_HANDLER (service->rpc), &access, &error))
    common_error ("The wallet methods cannot be exported to the node: %s", error->message);
  wallet_chain_bus_set_connection (service->chain, connection);
}

static void
wallet_service_on_peer_closed (gpointer data, const char *role)
{
  WalletService *service = data;

  wallet_chain_bus_set_connection (service->chain, NULL);
}

static void
wallet_service_on_observer_connected (gpointer data, int fd)
{
  WalletService *service = data;

  wallet_clients_add_inspector (service->clients, fd);
}

static void
wallet_service_on_shutdown (gpointer data, gboolean parent_gone)
{
  WalletService *service = data;

  common_info ("%s", parent_gone ? "The parent process has exited: shutting down" : "Shutting down");
  service->shutdown (service->data);
}

WalletService *
wallet_service_new (int fd,
                    const WalletServiceParts *parts,
                    void (*shutdown) (gpointer data),
                    gpointer data,
                    GError **error)
{
  const BusWorkerEndCallbacks callbacks = { .role = "wallet",
                                            .network = parts->program->network->name,
                                            .parent_connected = wallet_service_on_parent_connected,
                                            .peer_connected = wallet_service_on_peer_connected,
                                            .peer_closed = wallet_service_on_peer_closed,
                                            .observer_connected = wallet_service_on_observer_connected,
                                            .shutdown = wallet_service_on_shutdown };
  g_autoptr (WalletService) service = g_new0 (WalletService, 1);

  service->shutdown = shutdown;
  service->data = data;
  service->chain = g_object_ref (parts->chain);
  service->manager = g_object_ref (parts->manager);
  service->rpc = g_object_ref (parts->rpc);
  service->access = wallet_access_new (parts->program);
  service->clients = wallet_clients_new (service->manager, service->rpc, parts->program->network->name);
  service->end = bus_worker_end_new (fd, &callbacks, service, error);
  if (service->end == NULL)
    return NULL;
  wallet_manager_start (service->manager);
  return g_steal_pointer (&service);
}

void
wallet_service_free (WalletService *service)
{
  if (service == NULL)
    return;
  /* No calls while the wallets close. */
  g_clear_pointer (&service->clients, wallet_clients_free);
  g_clear_pointer (&service->export, wallet_export_free);
  g_clear_pointer (&service->end, bus_worker_end_free);
  wallet_chain_bus_set_connection (service->chain, NULL);
  wallet_manager_close (service->manager);
  rpc_table_close (service->rpc);
  wallet_manager_stop (service->manager);
  g_clear_object (&service->rpc);
  g_clear_pointer (&service->access, wallet_access_free);
  g_clear_object (&service->manager);
  g_clear_object (&service->chain);
  g_free (service);
}
