#include "common/option_table.h"

#define GENERAL "Wallet options"
#define TESTING "Wallet debugging and testing options"

/* The node accepts them too: it passes them on to the wallet that it starts. */
#define OF_WALLET (NODE | WALLET)

const CommonOptionSpec common_option_table_wallet[] = {
  { "addresstype", "<type>", "The type of new addresses: legacy, p2sh-segwit, bech32 or bech32m", GENERAL, OF_WALLET,
    TEXT, "bech32" },
  { "avoidpartialspends", NULL, "Spend all coins of an address together", GENERAL, OF_WALLET, SWITCH, "0" },
  { "changetype", "<type>",
    "The type of change addresses (default: legacy with -addresstype=legacy, else chosen for "
    "each payment)",
    GENERAL, OF_WALLET, TEXT },
  { "consolidatefeerate", "<amount>", "The fee rate in BTC/kvB up to which more coins than needed are spent", GENERAL,
    OF_WALLET, AMOUNT, "0.0001" },
  { "disablewallet", NULL, "Run without wallets", GENERAL, NODE, SWITCH, "0" },
  { "discardfee", "<amount>", "Change that is dust at this fee rate, in BTC/kvB, is added to the fee", GENERAL,
    OF_WALLET, AMOUNT, "0.0001" },
  { "fallbackfee", "<amount>", "The fee rate in BTC/kvB where there is no estimate (0: none is used)", GENERAL,
    OF_WALLET, AMOUNT, "0.00" },
  { "keypool", "<n>",
    "The number of unused addresses watched ahead. With fewer, restoring an old backup may miss payments", GENERAL,
    OF_WALLET, NUMBER, "1000", 1, 1000000 },
  { "maxapsfee", "<amount>", "The maximum extra fee, in BTC, to spend all coins of an address together", GENERAL,
    OF_WALLET, TEXT, "0.00" },
  { "mintxfee", "<amount>", "The minimum fee rate of the wallet, in BTC/kvB", GENERAL, OF_WALLET, AMOUNT, "0.00001" },
  { "signer", "<cmd>", "The program of a signing device", GENERAL, OF_WALLET | LATER, TEXT, NULL, 0, 0,
    "signing devices" },
  { "spendzeroconfchange", NULL, "Spend change that is not confirmed", GENERAL, OF_WALLET, SWITCH, "1" },
  { "txconfirmtarget", "<n>", "The number of blocks within which to confirm", GENERAL, OF_WALLET, NUMBER, "6", 1,
    1008 },
  { "wallet", "<path>", "Load this wallet at start (may be repeated). -nowallet: none", GENERAL,
    OF_WALLET | NETWORK | COMMON_OPTION_ADD_OUTSIDE, LIST },
  { "walletbroadcast", NULL, "Send transactions to the network", GENERAL, OF_WALLET, SWITCH, "1" },
  { "walletdir", "<dir>",
    "The folder of the wallets (default: wallets in the network's folder if that exists, else the network's folder)",
    GENERAL, OF_WALLET | NETWORK, TEXT },
  { "walletnotify", "<cmd>",
    "Run this command when a transaction of a wallet changes. In it %s is replaced by the transaction's ID, %w by the "
    "wallet's name, %b by the block's hash and %h by its height",
    GENERAL, OF_WALLET, TEXT },
  { "walletrbf", NULL, "Mark transactions as replaceable (deprecated)", GENERAL, OF_WALLET, SWITCH, "1" },

  { "unsafesqlitesync", NULL, "Do not wait for the disk", TESTING, OF_WALLET | DEBUG, SWITCH, "0" },
  { "walletcrosschain", NULL, "Allow a wallet of another network to be opened", TESTING, OF_WALLET | DEBUG, SWITCH,
    "0" },
  { "walletrejectlongchains", NULL, "Create no transaction that the mempool would reject because of its ancestors",
    TESTING, OF_WALLET | DEBUG | LATER, SWITCH, "1", .note = "coin selection" },
  { NULL },
};
