#pragma once

#include "common/options.h"

G_BEGIN_DECLS

/* The values of the wallet options, checked: the node checks them before it starts a wallet with them. Read-only once
 * read, then any thread. */

/* The order of the names of -addresstype and -changetype, as in wallet.dat. */
#define RPC_WALLET_N_ADDRESS_TYPES 4

typedef struct {
  char *folder;                    /* -walletdir, without symbolic links; NULL: not given */
  guint address_type;              /* -addresstype: 0 legacy, 1 p2sh-segwit, 2 bech32, 3 bech32m */
  gint change_type;                /* -changetype; -1: chosen for each payment */
  gint64 min_fee_rate;             /* -mintxfee; rates are satoshi per 1,000 virtual bytes */
  gint64 fallback_fee_rate;        /* -fallbackfee; 0: none */
  gint64 discard_fee_rate;         /* -discardfee */
  gint64 dust_fee_rate;            /* -dustrelayfee: the node's */
  gint64 consolidate_fee_rate;     /* -consolidatefeerate */
  gint64 max_fee_sat;              /* -maxtxfee */
  gint64 max_partial_fee_sat;      /* -maxapsfee; -1: never */
  guint confirm_target;            /* -txconfirmtarget */
  guint keypool;                   /* -keypool */
  gboolean spend_zero_conf_change; /* -spendzeroconfchange */
  gboolean avoid_partial_spends;   /* -avoidpartialspends */
  gboolean broadcast;              /* -walletbroadcast, by default the opposite of -blocksonly */
  gboolean replaceable;            /* -walletrbf */
  gboolean cross_chain;            /* -walletcrosschain */
  gboolean unsafe_sync;            /* -unsafesqlitesync */
  char *notify;                    /* -walletnotify; NULL: none */
  char **warnings;                 /* what a user should know about these values; may be empty */
} RpcWalletPolicy;

/* The defaults. */
RpcWalletPolicy *rpc_wallet_policy_new (void);

/* Reads OPTIONS. MIN_RELAY_RATE (satoshi per 1,000 virtual bytes) is the least fee rate of the node, 0 if unknown. NULL
 * with the reference's sentence in ERROR when a value is wrong. */
RpcWalletPolicy *rpc_wallet_policy_read (const CommonOptions *options, gint64 min_relay_rate, GError **error);

void rpc_wallet_policy_free (RpcWalletPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpcWalletPolicy, rpc_wallet_policy_free)

G_END_DECLS
