#pragma once

#include "node/service/chain1.h"
#include "node/warmup.h"
#include "rpc/bus/client.h"
#include "rpc/wallets.h"

G_BEGIN_DECLS

/* The node's side of the connection with a wallet program, which may be lost and replaced: it serves the wallet's Chain1,
 * and calls the wallet's RPC methods. */
typedef struct _NodeWalletLink NodeWalletLink;

/* Adds the program to WALLETS (a reference); until there is a connection its methods fail, since it is being loaded. WARMUP
 * waits for its wallets; NULL: nothing does. */
NodeWalletLink *node_wallet_link_new (RpcWallets *wallets, NodeWarmup *warmup);
void node_wallet_link_free (NodeWalletLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeWalletLink, node_wallet_link_free)

/* REFUSED is called when the program has a wallet whose name another one has, before it is told so; NULL: the program may stay
 * nevertheless. */
void node_wallet_link_on_refused (NodeWalletLink *link, void (*refused) (gpointer data), gpointer data);

/* CHAIN1 is exported on CONNECTION; borrowed until _disconnect(). LINK may be NULL in both: there is no wallet. */
void node_wallet_link_connect (NodeWalletLink *link, GDBusConnection *connection, NodeChain1 *chain1);
void node_wallet_link_disconnect (NodeWalletLink *link);
void node_wallet_link_set_silent (NodeWalletLink *link, gboolean silent); /* see rpc_bus_client_set_silent() */

G_END_DECLS
