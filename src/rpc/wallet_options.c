#include "rpc/wallet_options.h"

#define GROUP "Wallet options"

static const CommonOptionSpec specs[] = {
  { "wallet", "<name>", "Open this wallet at start (may be repeated)", GROUP,
    COMMON_OPTION_SHARED | COMMON_OPTION_NETWORK_ONLY },
  { "walletdir", "<dir>", "The folder of the wallets (default: wallets in the network's folder)", GROUP,
    COMMON_OPTION_SHARED | COMMON_OPTION_NETWORK_ONLY },
  { "addresstype", "<type>", "The type of new addresses: legacy, p2sh-segwit, bech32 (default) or bech32m", GROUP,
    COMMON_OPTION_SHARED },
  { "changetype", "<type>", "The type of change addresses", GROUP, COMMON_OPTION_SHARED },
  { "fallbackfee", "<amount>", "The fee rate in BTC/kvB where there is no estimate (default: 0, none)", GROUP,
    COMMON_OPTION_SHARED },
  { "mintxfee", "<amount>", "The minimum fee rate of the wallet, in BTC/kvB", GROUP, COMMON_OPTION_SHARED },
  { "maxtxfee", "<amount>", "The maximum fee of one transaction, in BTC (default: 0.1)", GROUP, COMMON_OPTION_SHARED },
  { "discardfee", "<amount>", "Change that is dust at this fee rate, in BTC/kvB, is added to the fee", GROUP,
    COMMON_OPTION_SHARED },
  { "consolidatefeerate", "<amount>", "The fee rate in BTC/kvB up to which more coins than needed are spent", GROUP,
    COMMON_OPTION_SHARED },
  { "keypool", "<n>", "The number of unused addresses watched ahead (default: 1000)", GROUP, COMMON_OPTION_SHARED },
  { "txconfirmtarget", "<n>", "The number of blocks within which to confirm (default: 6)", GROUP,
    COMMON_OPTION_SHARED },
  { "spendzeroconfchange", NULL, "Spend change that is not confirmed (default: 1)", GROUP, COMMON_OPTION_SHARED },
  { "avoidpartialspends", NULL, "Spend all coins of an address together (default: 0)", GROUP, COMMON_OPTION_SHARED },
  { "maxapsfee", "<amount>", "The maximum extra fee, in BTC, to spend all coins of an address together", GROUP,
    COMMON_OPTION_SHARED },
  { "walletbroadcast", NULL, "Send transactions to the network (default: 1)", GROUP, COMMON_OPTION_SHARED },
  { "walletrbf", NULL, "Mark transactions as replaceable (default: 1)", GROUP, COMMON_OPTION_SHARED },
  { "walletnotify", "<cmd>", "Run this command when a transaction of a wallet changes", GROUP, COMMON_OPTION_SHARED },
  { "walletrejectlongchains", NULL, "Create no transaction that the mempool would reject because of its ancestors",
    GROUP, COMMON_OPTION_SHARED | COMMON_OPTION_DEBUG },
  { "walletcrosschain", NULL, "Allow a wallet of another network to be opened", GROUP,
    COMMON_OPTION_SHARED | COMMON_OPTION_DEBUG },
  { "unsafesqlitesync", NULL, "Do not wait for the disk (for tests)", GROUP,
    COMMON_OPTION_SHARED | COMMON_OPTION_DEBUG },
  { "signer", "<cmd>", "The program of a hardware wallet", GROUP, COMMON_OPTION_SHARED },
};

const CommonOptionSpec *
rpc_wallet_option_specs (gsize *n)
{
  *n = G_N_ELEMENTS (specs);
  return specs;
}
