#pragma once

#include "bitcoin/primitives/network.h"
#include "wallet/link/chain.h"

G_BEGIN_DECLS

/* The chain over org.moneyrocket.Chain1, on a connection that may be lost and replaced. Main context; large replies are
 * decoded and checked on threads of GLib's pool. */
#define WALLET_TYPE_CHAIN_BUS (wallet_chain_bus_get_type ())
G_DECLARE_FINAL_TYPE (WalletChainBus, wallet_chain_bus, WALLET, CHAIN_BUS, GObject)

WalletChainBus *wallet_chain_bus_new (BtcNetwork network);

/* NULL: the node is unavailable. A new connection is available once the node has reported its tip. */
void wallet_chain_bus_set_connection (WalletChainBus *self, GDBusConnection *connection);

G_END_DECLS
