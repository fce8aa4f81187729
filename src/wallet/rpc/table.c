/* All methods of the folder in one table. */
#include "wallet/rpc/table.h"

#include "wallet/rpc/methods.h"

/* Only for `help`: no other method of the wallet needs a thread. */
#define THREADS 1

RpcTable *
wallet_rpc_table_new (WalletManager *self)
{
  RpcTable *table = rpc_table_new (self, THREADS);
  WalletRpcGroup groups[]
      = { wallet_rpc_wallets (), wallet_rpc_addresses (),  wallet_rpc_balances (), wallet_rpc_transactions (),
          wallet_rpc_since (),   wallet_rpc_coins (),      wallet_rpc_send (),     wallet_rpc_rescan (),
          wallet_rpc_flags (),   wallet_rpc_descriptors () };

  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    rpc_table_add (table, groups[i].methods, groups[i].n);
  return table;
}
