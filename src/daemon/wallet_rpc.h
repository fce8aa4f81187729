#pragma once

#include "rpc/method.h"
#include "wallet/service/access.h"

G_BEGIN_DECLS

/* The wallet's methods (RpcHandler) for the node in the same process: what a wallet process checks on the connection
 * with its node is checked for each call. Main context. */
#define DAEMON_TYPE_WALLET_RPC (daemon_wallet_rpc_get_type ())
G_DECLARE_FINAL_TYPE (DaemonWalletRpc, daemon_wallet_rpc, DAEMON, WALLET_RPC, GObject)

/* TABLE and ACCESS are borrowed and outlive it. */
DaemonWalletRpc *daemon_wallet_rpc_new (RpcTable *table, const WalletAccess *access);

G_END_DECLS
