#pragma once

#include "node/service/chain_calls.h"
#include "rpc/bus/client.h"

G_BEGIN_DECLS

/* The node's side of the connection with the wallet: exports Chain1, and calls the wallet's RPC methods. */
typedef struct _NodeWalletLink NodeWalletLink;

/* Adds the wallet's methods to the node's; until there is a connection they fail, since the wallet is being loaded. */
NodeWalletLink *node_wallet_link_new (NodeChainCalls *calls);
void node_wallet_link_free (NodeWalletLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeWalletLink, node_wallet_link_free)

/* CONNECTION does not handle messages yet. LINK may be NULL in both: there is no wallet. */
void node_wallet_link_connect (NodeWalletLink *link, GDBusConnection *connection);
void node_wallet_link_disconnect (NodeWalletLink *link);
void node_wallet_link_set_silent (NodeWalletLink *link, gboolean silent); /* see rpc_bus_client_set_silent() */

G_END_DECLS
