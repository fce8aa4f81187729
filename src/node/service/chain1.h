#pragma once

#include "node/service/chain_calls.h"

G_BEGIN_DECLS

/* org.moneyrocket.Chain1 on the connection with the wallet: translates between messages and chain_calls.h. */
typedef struct _NodeChain1 NodeChain1;

NodeChain1 *node_chain1_new (NodeChainCalls *calls, GDBusConnection *connection, GError **error);
void node_chain1_free (NodeChain1 *chain1);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeChain1, node_chain1_free)

G_END_DECLS
