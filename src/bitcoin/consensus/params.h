#pragma once

#include "bitcoin/consensus/assume_utxo.h"
#include "bitcoin/primitives/block.h"
#include "bitcoin/primitives/network.h"
#include "bitcoin/primitives/uint256.h"
#include "bitcoin/script/interpreter.h"

G_BEGIN_DECLS

/* The consensus parameters of a network. Filled once at start-up, then constant: any thread. */

#define BTC_MAX_BLOCK_WEIGHT 4000000
#define BTC_MAX_BLOCK_SIGOPS_COST 80000
#define BTC_COINBASE_MATURITY 100
#define BTC_MEDIAN_TIME_SPAN 11
#define BTC_MAX_FUTURE_BLOCK_TIME (2 * 60 * 60)
#define BTC_MAX_TIMEWARP_S 600 /* BIP 94 */

typedef enum {
  BTC_BURIED_BIP34,
  BTC_BURIED_DERSIG,
  BTC_BURIED_CLTV,
  BTC_BURIED_CSV,
  BTC_BURIED_SEGWIT,
  BTC_N_BURIED
} BtcBuried;

/* BIP 9. START_TIME_S has two special values. */
#define BTC_DEPLOYMENT_ALWAYS_ACTIVE (-1)
#define BTC_DEPLOYMENT_NEVER_ACTIVE (-2)
#define BTC_DEPLOYMENT_NO_TIMEOUT G_MAXINT64
typedef struct {
  const char *name; /* "testdummy" */
  guint bit;
  gint64 start_time_s; /* median times past */
  gint64 timeout_s;
  guint32 min_activation_height;
  guint32 period; /* blocks */
  guint32 threshold;
} BtcDeployment;

typedef struct {
  const BtcNetworkInfo *network;
  guint8 magic[4]; /* network->magic, except on a custom signet */
  guint8 genesis_hash32[32];
  guint8 genesis_bytes[300];
  gsize genesis_len;
  BtcUint256 pow_limit;
  guint32 pow_spacing_s;
  guint32 pow_timespan_s;
  gboolean pow_min_difficulty; /* testnets: after 20 minutes a block of difficulty 1 is allowed */
  gboolean pow_no_retarget;    /* regtest */
  gboolean bip94_timewarp;     /* testnet4 */
  guint32 halving_interval;
  guint32 buried_height[BTC_N_BURIED];
  guint8 bip34_hash32[32];        /* the block at the BIP 34 height, for the BIP 30 shortcut; zeros: none */
  guint8 p2sh_exception32[32];    /* the block checked with no flags; zeros: none */
  guint8 taproot_exception32[32]; /* the block checked without taproot; zeros: none */
  BtcUint256 minimum_chain_work;
  guint8 assume_valid32[32];        /* zeros: none */
  const BtcAssumeUtxo *assume_utxo; /* static, lowest first */
  gsize n_assume_utxo;
  gboolean signet;
  GBytes *signet_challenge; /* BIP 325; NULL unless signet */
  BtcDeployment testdummy;
  guint32 min_bip9_warning_height;
  guint32 prune_after_height;
  const char *const *dns_seeds; /* NULL-terminated, static */
  /* The number of transactions in the chain at some time, and their rate per second since then: for progress. */
  gint64 chain_tx_time_s;
  guint64 chain_tx_count;
  double chain_tx_rate;
} BtcParams;

/* A copy of the built-in parameters of NETWORK, which the options of a program may then change. */
BtcParams *btc_params_new (BtcNetwork network);
void btc_params_free (BtcParams *params);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtcParams, btc_params_free)

/* Changes PARAMS (of signet) to those of the custom signet with this CHALLENGE: its magic, and no minimum
 * chain work. */
void btc_params_set_signet_challenge (BtcParams *params, const guint8 *challenge, gsize len);

/* The number of blocks between difficulty adjustments. */
guint32 btc_params_retarget_interval (const BtcParams *params);

/* Is the rule active in a block at HEIGHT? */
gboolean btc_params_buried_active (const BtcParams *params, BtcBuried rule, guint32 height);

/* BIP 30: whether the block at HEIGHT with this hash must be checked for transactions that overwrite unspent ones.
 * AT_BIP34_32 is the hash of its ancestor at the BIP 34 height; NULL if the block is below that. */
gboolean
btc_params_bip30_applies (const BtcParams *params, guint32 height, const guint8 hash32[32], const guint8 *at_bip34_32);

/* One of the two blocks whose coinbase repeats an earlier one. */
gboolean btc_params_bip30_repeat (guint32 height, const guint8 hash32[32]);

/* One of the two blocks whose coinbase was overwritten by a later one before it was spent. */
gboolean btc_params_bip30_lost (guint32 height, const guint8 hash32[32]);

/* The script flags of the block with this hash at this height. */
BtcVerifyFlags btc_params_script_flags (const BtcParams *params, guint32 height, const guint8 hash32[32]);

/* The block subsidy at HEIGHT, in satoshi. */
gint64 btc_params_subsidy_sat (const BtcParams *params, guint32 height);

G_END_DECLS
