#pragma once

#include "common/options.h"
#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

/* Makes the manager as the options of the command line want it (rpc/wallet_options.h lists them). NULL with
 * COMMON_OPTIONS_ERROR when one has no meaning. NETWORK_FOLDER and CHAIN as wallet_manager_new(). */
WalletManager *wallet_manager_new_for_options (const CommonOptions *options,
                                               const char *network_folder,
                                               BtcNetwork network,
                                               WalletChain *chain,
                                               GError **error);

G_END_DECLS
