#include "node/service/clients.h"

#include "common/log.h"
#include "dbus/access1.h"
#include "dbus/clients.h"
#include "dbus/init.h"
#include "dbus/inspector.h"
#include "dbus/names.h"
#include "dbus/pair_ask.h"
#include "node/service/mining1.h"
#include "node/service/node1.h"
#include "node/service/wallet_link.h"
#include "rpc/bus/server.h"

struct _NodeClients {
  const NodeContext *context;
  NodeChainCalls *calls;
  RpcWallets *wallets;
  BusClients *clients;
  NodeMiners *miners;
  BusInspector *wallet_inspector;
};

/* What is exported to one client. */
typedef struct {
  NodeNode1 *node1;
  NodeChain1 *chain1;
  NodeMining1 *mining1;
  NodeWalletLink *link; /* of a wallet program */
  BusAccessExport *access;
  GCancellable *cancellable; /* of calls to the client */
} Exports;

static void
exports_free (gpointer data)
{
  Exports *exports = data;

  g_cancellable_cancel (exports->cancellable);
  g_object_unref (exports->cancellable);
  g_clear_pointer (&exports->link, node_wallet_link_free);
  g_clear_pointer (&exports->mining1, node_mining1_free);
  g_clear_pointer (&exports->node1, node_node1_free);
  g_clear_pointer (&exports->chain1, node_chain1_free);
  g_clear_pointer (&exports->access, bus_access1_free);
  g_free (exports);
}

static void
node_clients_on_connected (gpointer data, BusClient *client)
{
  NodeClients *self = data;
  GDBusConnection *connection = bus_client_get_connection (client);
  Exports *exports = g_new0 (Exports, 1);
  g_autoptr (GError) error = NULL;

  exports->cancellable = g_cancellable_new ();
  bus_client_set_data (client, exports, exports_free);
  exports->access = bus_access1_export (self->context->access, connection, bus_client_get_fingerprint (client), &error);
  if (exports->access != NULL)
    exports->node1 = node_node1_new (self->context, connection, &error);
  if (exports->node1 != NULL)
    exports->chain1 = node_chain1_new (self->calls, connection, &error);
  if (exports->chain1 != NULL)
    exports->mining1 = node_mining1_new (self->miners, connection, &error);
  if (exports->mining1 == NULL || !rpc_bus_export (connection, RPC_HANDLER (self->context->router), NULL, &error))
    common_error ("The node cannot be exported to a client: %s", error->message);
}

/* The wallet program has replied to our Hello: each end calls it on the other. */
static void
node_clients_on_wallet_hello (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (bus_init_hello_finish (G_DBUS_CONNECTION (source), result, &error)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  common_warn ("A wallet program is disconnected: %s", error->message);
  g_dbus_connection_close (G_DBUS_CONNECTION (source), NULL, NULL, NULL);
}

static void
refused_flushed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_dbus_connection_flush_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_dbus_connection_close (G_DBUS_CONNECTION (source), NULL, NULL, NULL);
}

static gboolean
close_refused_cb (gpointer data)
{
  g_dbus_connection_flush (data, NULL, refused_flushed_cb, NULL);
  return G_SOURCE_REMOVE;
}

/* A wallet program whose wallet has a name that is taken is disconnected after the reply; it may connect again. */
static void
node_clients_on_refused (gpointer data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, close_refused_cb, g_object_ref (bus_client_get_connection (data)),
                   g_object_unref);
}

static void
node_clients_on_greeted (gpointer data, BusClient *client)
{
  NodeClients *self = data;
  Exports *exports = bus_client_get_data (client);
  GDBusConnection *connection = bus_client_get_connection (client);

  bus_access_on_client_changed (self->context->access, client);
  if (!g_str_equal (bus_client_get_program (client), "wallet") || exports->chain1 == NULL
      || (bus_client_get_roles (client) & BUS_ROLE_WALLET) == 0)
    return;
  bus_init_hello_async (connection, "node", "wallet", self->context->params->network->name, BUS_CALL_TIMEOUT_MS,
                        exports->cancellable, node_clients_on_wallet_hello, NULL);
  exports->link = node_wallet_link_new (self->wallets, NULL);
  node_wallet_link_on_refused (exports->link, node_clients_on_refused, client);
  node_wallet_link_connect (exports->link, connection, exports->chain1);
}

static void
node_clients_on_closed (gpointer data, BusClient *client)
{
  NodeClients *self = data;

  bus_access_on_client_changed (self->context->access, client);
}

NodeClients *
node_clients_new (NodeChainCalls *calls, RpcWallets *wallets)
{
  NodeClients *self = g_new0 (NodeClients, 1);
  const NodeContext *context = node_chain_calls_get_context (calls);
  const BusClientsOptions options = { .role = "node",
                                      .network = context->params->network->name,
                                      .connected = node_clients_on_connected,
                                      .greeted = node_clients_on_greeted,
                                      .closed = node_clients_on_closed };

  self->context = context;
  self->calls = calls;
  self->wallets = g_object_ref (wallets);
  self->miners = node_miners_new (context);
  self->clients = bus_clients_new (&options, self);
  bus_access_set_clients (context->access, self->clients);
  return self;
}

void
node_clients_free (NodeClients *self)
{
  if (self == NULL)
    return;
  bus_inspector_free (self->wallet_inspector);
  bus_clients_free (self->clients);
  node_miners_free (self->miners);
  bus_access_set_clients (self->context->access, NULL);
  g_object_unref (self->wallets);
  g_free (self);
}

static GDBusConnection *
clients_get_wallet_connection (gpointer wallet)
{
  return bus_supervisor_get_connection (wallet);
}

gboolean
node_clients_listen_for_tools (NodeClients *self, BusSupervisor *wallet, GError **error)
{
  g_autofree char *own = bus_inspector_dup_path (self->context->program, "node");
  g_autofree char *of_wallet = bus_inspector_dup_path (self->context->program, "wallet");

  if (own == NULL)
    return TRUE;
  if (wallet != NULL)
    self->wallet_inspector = bus_inspector_new (of_wallet, clients_get_wallet_connection, wallet, error);
  return (wallet == NULL || self->wallet_inspector != NULL) && bus_clients_listen_inspect (self->clients, own, error);
}

gboolean
node_clients_listen (NodeClients *self, GError **error)
{
  const CommonProgram *program = self->context->program;

  return bus_access_accept_others (self->context->access, program, error)
         && bus_clients_listen_all (self->clients, program, BUS_ADDRESS_NODE_SOCKET, BUS_ROLES_NODE, error)
         && bus_access_show_code (self->context->access, program, BUS_PAIR_NODE_ROLE, error);
}

void
node_clients_add_inspector (NodeClients *self, int fd)
{
  bus_clients_add_inspector (self->clients, fd);
}
