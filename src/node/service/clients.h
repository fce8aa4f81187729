#pragma once

#include "dbus/supervisor.h"
#include "node/service/chain_calls.h"
#include "rpc/wallets.h"

G_BEGIN_DECLS

/* The programs and tools that connect to the node by themselves: what is exported to each follows from its roles. Main
 * context. */
typedef struct _NodeClients NodeClients;

/* CALLS is borrowed. Wallet programs are added to WALLETS (a reference). */
NodeClients *node_clients_new (NodeChainCalls *calls, RpcWallets *wallets);
void node_clients_free (NodeClients *clients);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeClients, node_clients_free)

/* Listens for programs as -ipcbind says. */
gboolean node_clients_listen (NodeClients *clients, GError **error);

/* Listens for tools as -ipcinspect says, also for those that inspect WALLET, the worker that this node has started (NULL:
 * none). */
gboolean node_clients_listen_for_tools (NodeClients *clients, BusSupervisor *wallet, GError **error);

/* A tool that was accepted by the parent process inspects the node over FD. Takes ownership. */
void node_clients_add_inspector (NodeClients *clients, int fd);

G_END_DECLS
