#include "node/service/wallet_link.h"

#include "common/log.h"
#include "node/service/chain1.h"

struct _NodeWalletLink {
  NodeChainCalls *calls;
  RpcBusClient *rpc;
  NodeChain1 *chain1;
};

NodeWalletLink *
node_wallet_link_new (NodeChainCalls *calls)
{
  NodeWalletLink *link = g_new0 (NodeWalletLink, 1);

  link->calls = calls;
  link->rpc = rpc_bus_client_new ();
  rpc_router_set_wallet (node_chain_calls_get_context (calls)->router, RPC_HANDLER (link->rpc));
  return link;
}

void
node_wallet_link_free (NodeWalletLink *link)
{
  if (link == NULL)
    return;
  node_wallet_link_disconnect (link);
  rpc_router_set_wallet (node_chain_calls_get_context (link->calls)->router, NULL);
  g_clear_object (&link->rpc);
  g_free (link);
}

void
node_wallet_link_connect (NodeWalletLink *link, GDBusConnection *connection)
{
  g_autoptr (GError) error = NULL;

  if (link == NULL)
    return;
  node_wallet_link_disconnect (link);
  link->chain1 = node_chain1_new (link->calls, connection, &error);
  if (link->chain1 == NULL)
    common_error ("The chain cannot be offered to the wallet process: %s", error->message);
  rpc_bus_client_set_connection (link->rpc, connection);
}

void
node_wallet_link_disconnect (NodeWalletLink *link)
{
  if (link == NULL)
    return;
  g_clear_pointer (&link->chain1, node_chain1_free);
  rpc_bus_client_set_connection (link->rpc, NULL);
}

void
node_wallet_link_set_silent (NodeWalletLink *link, gboolean silent)
{
  if (link != NULL)
    rpc_bus_client_set_silent (link->rpc, silent);
}
