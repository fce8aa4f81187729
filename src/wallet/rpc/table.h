#pragma once

#include "rpc/method.h"
#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

/* The wallet RPCs over MANAGER, which must outlive the table. */
RpcTable *wallet_rpc_table_new (WalletManager *manager);

G_END_DECLS
