#include "node/service/clients.h"

#include "common/log.h"
#include "dbus/clients.h"
#include "dbus/inspector.h"
#include "node/service/chain1.h"
#include "node/service/node1.h"
#include "rpc/bus/server.h"

struct _NodeClients {
  const NodeContext *context;
  NodeChainCalls *calls;
  BusClients *clients;
  BusInspector *wallet_inspector;
};

/* What is exported to one client. */
typedef struct {
  NodeNode1 *node1;
  NodeChain1 *chain1;
} Exports;

static void
exports_free (gpointer data)
{
  Exports *exports = data;

  g_clear_pointer (&exports->node1, node_node1_free);
  g_clear_pointer (&exports->chain1, node_chain1_free);
  g_free (exports);
}

static void
node_clients_on_connected (gpointer data, BusClient *client)
{
  NodeClients *self = data;
  GDBusConnection *connection = bus_client_get_connection (client);
  Exports *exports = g_new0 (Exports, 1);
  g_autoptr (GError) error = NULL;

  bus_client_set_data (client, exports, exports_free);
  exports->node1 = node_node1_new (self->context, connection, &error);
  if (exports->node1 != NULL)
    exports->chain1 = node_chain1_new (self->calls, connection, &error);
  if (exports->chain1 == NULL || !rpc_bus_export (connection, RPC_HANDLER (self->context->router), NULL, &error))
    common_error ("The node cannot be exported to a client: %s", error->message);
}

static void
node_clients_on_closed (gpointer data, BusClient *client)
{
}

NodeClients *
node_clients_new (NodeChainCalls *calls)
{
  NodeClients *self = g_new0 (NodeClients, 1);
  const NodeContext *context = node_chain_calls_get_context (calls);
  const BusClientsOptions options = { .role = "node",
                                      .network = context->params->network->name,
                                      .connected = node_clients_on_connected,
                                      .closed = node_clients_on_closed };

  self->context = context;
  self->calls = calls;
  self->clients = bus_clients_new (&options, self);
  return self;
}

void
node_clients_free (NodeClients *self)
{
  if (self == NULL)
    return;
  bus_inspector_free (self->wallet_inspector);
  bus_clients_free (self->clients);
  g_free (self);
}

static gboolean
node_clients_listen_for_tools (NodeClients *self, BusSupervisor *wallet, GError **error)
{
  g_autofree char *own = bus_inspector_dup_path (self->context->program, "node");
  g_autofree char *of_wallet = bus_inspector_dup_path (self->context->program, "wallet");

  if (own == NULL)
    return TRUE;
  if (wallet != NULL)
    self->wallet_inspector = bus_inspector_new (of_wallet, wallet, error);
  return (wallet == NULL || self->wallet_inspector != NULL) && bus_clients_listen_inspect (self->clients, own, error);
}

gboolean
node_clients_listen (NodeClients *self, BusSupervisor *wallet, GError **error)
{
  return node_clients_listen_for_tools (self, wallet, error);
}

void
node_clients_add_inspector (NodeClients *self, int fd)
{
  bus_clients_add_inspector (self->clients, fd);
}
