#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The names of the five networks, and how they are distinguished on the wire, on disk and in addresses. */
typedef enum {
  BTC_NETWORK_MAIN,
  BTC_NETWORK_TEST, /* testnet3 */
  BTC_NETWORK_TESTNET4,
  BTC_NETWORK_SIGNET,
  BTC_NETWORK_REGTEST,
  BTC_N_NETWORKS
} BtcNetwork;

typedef struct {
  BtcNetwork network;
  const char *name;   /* as in `-chain=` and getblockchaininfo: "main" "test" "testnet4" "signet" "regtest" */
  const char *folder; /* below the data directory; "" for main; "testnet3" for test */
  guint8 magic[4];
  guint16 port;
  guint16 rpc_port;
  guint8 pubkey_prefix; /* base58 version bytes */
  guint8 script_prefix;
  guint8 wif_prefix;
  guint8 xpub_prefix[4];
  guint8 xprv_prefix[4];
  const char *bech32_hrp;
  guint32 coin_type; /* BIP 44: 0 for main, 1 for all others */
} BtcNetworkInfo;

/* Static data. */
const BtcNetworkInfo *btc_network_info (BtcNetwork network);

/* NULL when NAME is not the name of a network. */
const BtcNetworkInfo *btc_network_by_name (const char *name);

G_END_DECLS
