#pragma once

#include "common/options.h"
#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

/* Creates the manager according to the command line options (listed in rpc/wallet_options.h). NULL with
 * COMMON_OPTIONS_ERROR if one is invalid. NETWORK_FOLDER and CHAIN as for wallet_manager_new(). */
WalletManager *wallet_manager_new_for_options (const CommonOptions *options,
                                               const char *network_folder,
                                               BtcNetwork network,
                                               WalletChain *chain,
                                               GError **error);

G_END_DECLS
