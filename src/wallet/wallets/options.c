#include "wallet/wallets/options.h"

#include "rpc/settings.h"

/* The options include what settings.json says, unless -nowallet came before. */
static void
options_set_startup (const CommonOptions *options, WalletManager *manager)
{
  g_autofree const char **names = common_options_dup_list (options, "wallet");

  if (common_options_is_set (options, "wallet"))
    wallet_manager_set_startup (manager, names, FALSE);
}

WalletManager *
wallet_manager_new_for_options (const CommonOptions *options,
                                const char *network_folder,
                                BtcNetwork network,
                                WalletChain *chain,
                                GError **error)
{
  RpcWalletPolicy *policy = rpc_wallet_policy_read (options, 0, error);
  g_autofree char *settings_path = rpc_settings_dup_path (options, network_folder);
  WalletManager *manager;

  if (policy == NULL)
    return NULL;
  manager = wallet_manager_new (network_folder, network, 0, chain);
  wallet_manager_set_settings_path (manager, settings_path);
  wallet_manager_set_policy (manager, policy);
  options_set_startup (options, manager);
  return manager;
}
