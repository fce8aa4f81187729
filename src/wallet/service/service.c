#include "wallet/service/service.h"

#include "common/log.h"
#include "dbus/errors.h"
#include "dbus/names.h"
#include "dbus/remote.h"
#include "dbus/worker_end.h"
#include "rpc/bus/server.h"
#include "wallet/service/access.h"
#include "wallet/service/clients.h"
#include "wallet/service/export.h"
#include "wallet/service/server.h"

struct _WalletService {
  WalletChainBus *chain;
  WalletManager *manager;
  RpcTable *rpc;
  WalletAccess *access;
  WalletClients *clients;
  WalletServer *server;
  BusWorkerEnd *end;         /* if another program has started this one */
  BusRemote *remote;         /* else: the node */
  GDBusConnection *node;     /* while it is connected */
  GCancellable *cancellable; /* of calls to it */
  WalletExport *export;
  BusRpc1 *rpc1;   /* for the node; NULL: it is not connected */
  gboolean strict; /* a start at which a wallet could not be loaded has failed */
  gboolean started;
  void (*shutdown) (gpointer data);
  gpointer data;
};

static void
wallet_service_on_parent_connected (gpointer data, GDBusConnection *connection)
{
  WalletService *service = data;
  g_autoptr (GError) error = NULL;

  /* If the parent is a node, it only makes JSON-RPC calls, for its clients. */
  if (!wallet_access_has_window (service->access))
    return;
  service->export = wallet_export_new (service->manager, connection, &error);
  /* What the application calls, a person wants: unlike the node it may call every method. */
  if (service->export == NULL || !rpc_bus_export (connection, RPC_HANDLER (service->rpc), NULL, &error))
    common_error ("The wallets cannot be exported to the application: %s", error->message);
}

/* For those who show it to a person. */
static void
wallet_service_set_refusal (WalletService *service, const char *refusal)
{
  wallet_export_set_refusal (service->export, refusal);
  wallet_clients_set_refusal (service->clients, refusal);
}

static void
wallet_service_on_announced (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  WalletService *service = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer != NULL) {
    wallet_service_set_refusal (service, "");
    return;
  }
  bus_error_strip (error);
  common_error ("The node does not accept the wallets of this program: %s", error->message);
  if (!g_error_matches (error, BUS_ERROR, BUS_ERROR_WALLET_EXISTS))
    return;
  wallet_service_set_refusal (service, error->message);
  if (service->remote != NULL)
    bus_remote_retry (service->remote);
}

/* The node then passes the calls of its clients for these wallets. */
static void
wallet_service_announce (WalletService *service)
{
  g_auto (GStrv) names = wallet_manager_dup_loaded (service->manager);

  if (service->node != NULL)
    g_dbus_connection_call (
        service->node, NULL, BUS_PATH_CHAIN, "org.moneyrocket.Chain1", "SetWallets",
        g_variant_new ("(^as@a{sv})", names, g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)), NULL,
        G_DBUS_CALL_FLAGS_NONE, BUS_CALL_TIMEOUT_MS, service->cancellable, wallet_service_on_announced, service);
}

static void
wallet_service_use_node (WalletService *service, GDBusConnection *connection)
{
  const RpcBusAccess access = { wallet_access_check, service->access };
  g_autoptr (GError) error = NULL;

  g_clear_object (&service->rpc1);
  service->rpc1 = rpc_bus_export (connection, RPC_HANDLER (service->rpc), &access, &error);
  if (service->rpc1 == NULL) {
    common_error ("The wallet methods cannot be exported to the node: %s", error->message);
  } else {
    g_object_ref (service->rpc1);
    bus_rpc1_set_loaded (service->rpc1, service->started);
  }
  g_set_object (&service->node, connection);
  wallet_chain_bus_set_connection (service->chain, connection);
  wallet_service_announce (service);
}

static void
wallet_service_leave_node (WalletService *service)
{
  g_clear_object (&service->node);
  g_clear_object (&service->rpc1);
  wallet_chain_bus_set_connection (service->chain, NULL);
}

static void
wallet_service_on_peer_connected (gpointer data, const char *role, GDBusConnection *connection)
{
  if (g_str_equal (role, "node"))
    wallet_service_use_node (data, connection);
}

static void
wallet_service_on_peer_closed (gpointer data, const char *role)
{
  wallet_service_leave_node (data);
}

static void
wallet_service_on_node_connected (gpointer data, GDBusConnection *connection)
{
  wallet_service_use_node (data, connection);
}

static void
wallet_service_on_node_closed (gpointer data)
{
  wallet_service_leave_node (data);
}

static void
wallet_service_on_observer_connected (gpointer data, int fd)
{
  WalletService *service = data;

  wallet_clients_add_inspector (service->clients, fd);
}

static void
wallet_service_on_startup_done (WalletManager *manager, gboolean failed, gpointer data)
{
  WalletService *service = data;

  wallet_server_end_warmup (service->server);
  service->started = !failed || !service->strict;
  if (service->rpc1 != NULL)
    bus_rpc1_set_loaded (service->rpc1, service->started);
}

static void
wallet_service_on_shutdown (gpointer data, gboolean parent_gone)
{
  WalletService *service = data;

  common_info ("%s", parent_gone ? "The parent process has exited: shutting down" : "Shutting down");
  service->shutdown (service->data);
}

static void
wallet_service_on_stop_requested (gpointer data)
{
  wallet_service_on_shutdown (data, FALSE);
}

/* The program was started by another one. */
static gboolean
wallet_service_start_worker (WalletService *service, int fd, const CommonProgram *program, GError **error)
{
  const BusWorkerEndCallbacks callbacks = { .role = "wallet",
                                            .network = program->network->name,
                                            .parent_connected = wallet_service_on_parent_connected,
                                            .peer_connected = wallet_service_on_peer_connected,
                                            .peer_closed = wallet_service_on_peer_closed,
                                            .observer_connected = wallet_service_on_observer_connected,
                                            .shutdown = wallet_service_on_shutdown };

  service->end = bus_worker_end_new (fd, &callbacks, service, error);
  return service->end != NULL;
}

/* It was started by hand: it connects to its node, and others connect to it. */
static gboolean
wallet_service_start_alone (WalletService *service, const CommonProgram *program, GError **error)
{
  BusRemoteOptions options = { .own_role = "wallet",
                               .role = "node",
                               .network = program->network->name,
                               .connected = wallet_service_on_node_connected,
                               .closed = wallet_service_on_node_closed };
  const char *text = common_options_get (program->options, BUS_OPTION_CONNECT, "unix");
  g_autoptr (BusAddress) address
      = bus_address_parse (text, program->network_dir, BUS_ADDRESS_NODE_SOCKET, BUS_ROLES_NODE, error);
  g_autoptr (BusTlsTarget) target = NULL;

  if (address == NULL || !wallet_clients_listen (service->clients, program, error))
    return FALSE;
  if (address->kind == BUS_ADDRESS_TLS) {
    target = bus_tls_target_load (program->network_dir, "wallet", address, error);
    if (target == NULL)
      return FALSE;
    target->silence_ms = 1000 * (guint) common_options_get_int (program->options, BUS_OPTION_SILENCE, 0);
  }
  options.tls = target;
  service->remote = bus_remote_new (address, &options, service);
  return TRUE;
}

WalletService *
wallet_service_new (int fd,
                    const WalletServiceParts *parts,
                    void (*shutdown) (gpointer data),
                    gpointer data,
                    GError **error)
{
  const CommonProgram *program = parts->program;
  g_autoptr (WalletService) service = g_new0 (WalletService, 1);

  service->shutdown = shutdown;
  service->data = data;
  service->chain = g_object_ref (parts->chain);
  service->manager = g_object_ref (parts->manager);
  service->rpc = g_object_ref (parts->rpc);
  service->cancellable = g_cancellable_new ();
  service->access = wallet_access_new (program, fd < 0);
  service->clients = wallet_clients_new (service->manager, service->rpc, parts->access, program->network->name);
  service->server = wallet_server_new (program, fd < 0, service->rpc, wallet_service_on_stop_requested, service, error);
  if (service->server == NULL)
    return NULL;
  if (fd >= 0 ? !wallet_service_start_worker (service, fd, program, error)
              : !wallet_service_start_alone (service, program, error))
    return NULL;
  g_signal_connect_swapped (service->manager, "wallets-changed", G_CALLBACK (wallet_service_announce), service);
  service->strict = common_options_get_bool (program->options, WALLET_OPTION_STRICT, FALSE);
  g_signal_connect (service->manager, "startup-done", G_CALLBACK (wallet_service_on_startup_done), service);
  wallet_manager_start (service->manager);
  return g_steal_pointer (&service);
}

void
wallet_service_free (WalletService *service)
{
  if (service == NULL)
    return;
  /* No calls while the wallets close. */
  g_cancellable_cancel (service->cancellable);
  g_signal_handlers_disconnect_by_data (service->manager, service);
  g_clear_pointer (&service->remote, bus_remote_free);
  g_clear_pointer (&service->clients, wallet_clients_free);
  g_clear_pointer (&service->export, wallet_export_free);
  g_clear_pointer (&service->end, bus_worker_end_free);
  wallet_service_leave_node (service);
  wallet_manager_close (service->manager);
  g_clear_pointer (&service->server, wallet_server_free);
  rpc_table_close (service->rpc);
  wallet_manager_stop (service->manager);
  g_clear_object (&service->rpc);
  g_clear_pointer (&service->access, wallet_access_free);
  g_clear_object (&service->manager);
  g_clear_object (&service->chain);
  g_clear_object (&service->cancellable);
  g_free (service);
}
