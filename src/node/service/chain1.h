#pragma once

#include "node/service/chain_calls.h"

G_BEGIN_DECLS

/* org.moneyrocket.Chain1 on the connection with the wallet: translates between messages and chain_calls.h. */
typedef struct _NodeChain1 NodeChain1;

NodeChain1 *node_chain1_new (NodeChainCalls *calls, GDBusConnection *connection, GError **error);

/* SET_WALLETS is called for Chain1.SetWallets; without this, it fails. */
void node_chain1_on_set_wallets (NodeChain1 *chain1,
                                 gboolean (*set_wallets) (gpointer data, const char *const *names, GError **error),
                                 gpointer data);
void node_chain1_free (NodeChain1 *chain1);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeChain1, node_chain1_free)

G_END_DECLS
