#pragma once

#include "wallet/chain.h"

G_BEGIN_DECLS

/* The chain behind org.moneyrocket.Chain1, on a connection that may come and go. Main context. */
#define WALLET_TYPE_CHAIN_CLIENT (wallet_chain_client_get_type ())
G_DECLARE_FINAL_TYPE (WalletChainClient, wallet_chain_client, WALLET, CHAIN_CLIENT, GObject)

WalletChainClient *wallet_chain_client_new (void);

/* NULL: the node is away. A new connection is taken for good when the node has told its tip. */
void wallet_chain_client_set_connection (WalletChainClient *self, GDBusConnection *connection);

G_END_DECLS
