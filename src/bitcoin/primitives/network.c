#include "bitcoin/primitives/network.h"

#define TEST_XPUB                                                                                                      \
  {                                                                                                                    \
    0x04, 0x35, 0x87, 0xcf                                                                                             \
  }
#define TEST_XPRV                                                                                                      \
  {                                                                                                                    \
    0x04, 0x35, 0x83, 0x94                                                                                             \
  }

static const BtcNetworkInfo networks[BTC_N_NETWORKS] = {
  [BTC_NETWORK_MAIN] = {
    .network = BTC_NETWORK_MAIN,
    .name = "main",
    .folder = "",
    .magic = { 0xf9, 0xbe, 0xb4, 0xd9 },
    .port = 8333,
    .rpc_port = 8332,
    .pubkey_prefix = 0,
    .script_prefix = 5,
    .wif_prefix = 128,
    .xpub_prefix = { 0x04, 0x88, 0xb2, 0x1e },
    .xprv_prefix = { 0x04, 0x88, 0xad, 0xe4 },
    .bech32_hrp = "bc",
    .coin_type = 0,
  },
  [BTC_NETWORK_TEST] = {
    .network = BTC_NETWORK_TEST,
    .name = "test",
    .folder = "testnet3",
    .magic = { 0x0b, 0x11, 0x09, 0x07 },
    .port = 18333,
    .rpc_port = 18332,
    .pubkey_prefix = 111,
    .script_prefix = 196,
    .wif_prefix = 239,
    .xpub_prefix = TEST_XPUB,
    .xprv_prefix = TEST_XPRV,
    .bech32_hrp = "tb",
    .coin_type = 1,
  },
  [BTC_NETWORK_TESTNET4] = {
    .network = BTC_NETWORK_TESTNET4,
    .name = "testnet4",
    .folder = "testnet4",
    .magic = { 0x1c, 0x16, 0x3f, 0x28 },
    .port = 48333,
    .rpc_port = 48332,
    .pubkey_prefix = 111,
    .script_prefix = 196,
    .wif_prefix = 239,
    .xpub_prefix = TEST_XPUB,
    .xprv_prefix = TEST_XPRV,
    .bech32_hrp = "tb",
    .coin_type = 1,
  },
  [BTC_NETWORK_SIGNET] = {
    .network = BTC_NETWORK_SIGNET,
    .name = "signet",
    .folder = "signet",
    .magic = { 0x0a, 0x03, 0xcf, 0x40 },
    .port = 38333,
    .rpc_port = 38332,
    .pubkey_prefix = 111,
    .script_prefix = 196,
    .wif_prefix = 239,
    .xpub_prefix = TEST_XPUB,
    .xprv_prefix = TEST_XPRV,
    .bech32_hrp = "tb",
    .coin_type = 1,
  },
  [BTC_NETWORK_REGTEST] = {
    .network = BTC_NETWORK_REGTEST,
    .name = "regtest",
    .folder = "regtest",
    .magic = { 0xfa, 0xbf, 0xb5, 0xda },
    .port = 18444,
    .rpc_port = 18443,
    .pubkey_prefix = 111,
    .script_prefix = 196,
    .wif_prefix = 239,
    .xpub_prefix = TEST_XPUB,
    .xprv_prefix = TEST_XPRV,
    .bech32_hrp = "bcrt",
    .coin_type = 1,
  },
};

const BtcNetworkInfo *
btc_network_info (BtcNetwork network)
{
  g_return_val_if_fail ((guint) network < BTC_N_NETWORKS, NULL);

  return &networks[network];
}

const BtcNetworkInfo *
btc_network_by_name (const char *name)
{
  for (guint i = 0; i < BTC_N_NETWORKS; i++)
    if (g_strcmp0 (networks[i].name, name) == 0)
      return &networks[i];
  return NULL;
}
