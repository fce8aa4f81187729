/* The parameters of the five networks. The heights are those at which a rule becomes active. */
#include "bitcoin/consensus/genesis.h"
#include "bitcoin/consensus/params.h"
#include "bitcoin/crypto/hash.h"

#include "common/hex.h"

#include <string.h>

#define TWO_WEEKS_S (14 * 24 * 60 * 60)

static const char *const main_seeds[] = { "dnsseed.bluematt.me.",
                                          "seed.bitcoin.jonasschnelli.ch.",
                                          "seed.btc.petertodd.net.",
                                          "seed.bitcoin.sprovoost.nl.",
                                          "dnsseed.emzy.de.",
                                          "seed.bitcoin.wiz.biz.",
                                          "seed.mainnet.achownodes.xyz.",
                                          NULL };
static const char *const test_seeds[] = { "testnet-seed.bitcoin.jonasschnelli.ch.", "seed.tbtc.petertodd.net.",
                                          "testnet-seed.bluematt.me.", "seed.testnet.achownodes.xyz.", NULL };
static const char *const testnet4_seeds[] = { "seed.testnet4.bitcoin.sprovoost.nl.", "seed.testnet4.wiz.biz.", NULL };
static const char *const signet_seeds[] = { "seed.signet.bitcoin.sprovoost.nl.", "seed.signet.achownodes.xyz.", NULL };
static const char *const no_seeds[] = { NULL };

static const char signet_challenge[] = "512103ad5e0edad18cb1f0fc0d28a3d4f1f3e445640337489abb10404f2d1e086be430"
                                       "210359ef5021964fe22d6f8e05b2463c9540ce96883fe3b278760f048f5189f2e6c452ae";

static void
set_hash (guint8 out32[32], const char *reversed_hex)
{
  gboolean decoded = common_hex_decode_reversed (reversed_hex, out32, 32);

  g_assert (decoded);
}

static void
set_number (BtcUint256 *number, const char *hex)
{
  guint8 le32[32];

  set_hash (le32, hex);
  btc_uint256_from_le (number, le32);
}

static void
set_heights (BtcParams *params, guint32 bip34, guint32 dersig, guint32 cltv, guint32 csv, guint32 segwit)
{
  params->buried_height[BTC_BURIED_BIP34] = bip34;
  params->buried_height[BTC_BURIED_DERSIG] = dersig;
  params->buried_height[BTC_BURIED_CLTV] = cltv;
  params->buried_height[BTC_BURIED_CSV] = csv;
  params->buried_height[BTC_BURIED_SEGWIT] = segwit;
}

static void
set_chain_tx (BtcParams *params, gint64 time_s, guint64 count, double rate)
{
  params->chain_tx_time_s = time_s;
  params->chain_tx_count = count;
  params->chain_tx_rate = rate;
}

void
btc_params_set_signet_challenge (BtcParams *params, const guint8 *challenge, gsize len)
{
  g_autoptr (GByteArray) serialized = g_byte_array_new ();
  guint8 hash32[32];

  g_return_if_fail (params->signet);

  g_clear_pointer (&params->signet_challenge, g_bytes_unref);
  params->signet_challenge = g_bytes_new (challenge, len);
  btc_write_bytes (serialized, challenge, len);
  btc_sha256d (serialized->data, serialized->len, hash32);
  memcpy (params->magic, hash32, sizeof params->magic);
  btc_uint256_from_u64 (&params->minimum_chain_work, 0);
  memset (params->assume_valid32, 0, 32);
  params->dns_seeds = no_seeds;
  params->chain_tx_time_s = 0;
  params->chain_tx_count = 0;
  params->chain_tx_rate = 0;
}

static void
fill_common (BtcParams *params)
{
  params->halving_interval = 210000;
  params->pow_spacing_s = 10 * 60;
  params->pow_timespan_s = TWO_WEEKS_S;
  params->prune_after_height = 1000;
  params->dns_seeds = no_seeds;
  params->testdummy = (BtcDeployment){
    .name = "testdummy",
    .bit = 28,
    .start_time_s = BTC_DEPLOYMENT_NEVER_ACTIVE,
    .timeout_s = BTC_DEPLOYMENT_NO_TIMEOUT,
    .min_activation_height = 0,
    .period = 2016,
    .threshold = 1815,
  };
  set_number (&params->pow_limit, "00000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
}

static void
fill_main (BtcParams *params)
{
  set_hash (params->p2sh_exception32, "00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22");
  set_hash (params->taproot_exception32, "0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad");
  set_heights (params, 227931, 363725, 388381, 419328, 481824);
  set_hash (params->bip34_hash32, "000000000000024b89b42a942fe0d9fea3bb44ab7bd1b19115dd6a759c0808b8");
  params->min_bip9_warning_height = 711648;
  params->prune_after_height = 100000;
  params->dns_seeds = main_seeds;
  set_number (&params->minimum_chain_work, "0000000000000000000000000000000000000001128750f82f4c366153a3a030");
  set_hash (params->assume_valid32, "00000000000000000000ccebd6d74d9194d8dcdc1d177c478e094bfad51ba5ac");
  set_chain_tx (params, 1772055173, 1315805869, 5.40111006496122);
  btc_genesis_fill (params, 1231006505, 2083236893, 0x1d00ffff);
}

static void
fill_test (BtcParams *params)
{
  set_hash (params->p2sh_exception32, "00000000dd30457c001f4095d208cc1296b0eed002427aa599874af7a432b105");
  set_heights (params, 21111, 330776, 581885, 770112, 834624);
  set_hash (params->bip34_hash32, "0000000023b3a96d3484e5abb3755c413e7d41500f8e2a5c3f0dd01299cd8ef8");
  params->min_bip9_warning_height = 2013984;
  params->pow_min_difficulty = TRUE;
  params->testdummy.threshold = 1512;
  params->dns_seeds = test_seeds;
  set_number (&params->minimum_chain_work, "0000000000000000000000000000000000000000000017dde1c649f3708d14b6");
  set_hash (params->assume_valid32, "000000007a61e4230b28ac5cb6b5e5a0130de37ac1faf2f8987d2fa6505b67f4");
  set_chain_tx (params, 1772051651, 536108416, 0.02691479016257117);
  btc_genesis_fill (params, 1296688602, 414098458, 0x1d00ffff);
}

static void
fill_testnet4 (BtcParams *params)
{
  set_heights (params, 1, 1, 1, 1, 1);
  params->pow_min_difficulty = TRUE;
  params->bip94_timewarp = TRUE;
  params->testdummy.threshold = 1512;
  params->dns_seeds = testnet4_seeds;
  set_number (&params->minimum_chain_work, "0000000000000000000000000000000000000000000009a0fe15d0177d086304");
  set_hash (params->assume_valid32, "0000000002368b1e4ee27e2e85676ae6f9f9e69579b29093e9a82c170bf7cf8a");
  set_chain_tx (params, 1772013387, 14191421, 0.01848579579528412);
  btc_genesis_fill (params, 1714777860, 393743547, 0x1d00ffff);
}

static void
fill_signet (BtcParams *params)
{
  g_autoptr (GBytes) challenge = common_hex_decode_bytes (signet_challenge);

  set_heights (params, 1, 1, 1, 1, 1);
  set_number (&params->pow_limit, "00000377ae000000000000000000000000000000000000000000000000000000");
  params->signet = TRUE;
  btc_params_set_signet_challenge (params, g_bytes_get_data (challenge, NULL), g_bytes_get_size (challenge));
  params->dns_seeds = signet_seeds;
  set_number (&params->minimum_chain_work, "00000000000000000000000000000000000000000000000000000b463ea0a4b8");
  set_hash (params->assume_valid32, "00000008414aab61092ef93f1aacc54cf9e9f16af29ddad493b908a01ff5c329");
  set_chain_tx (params, 1772055248, 28676833, 0.06736623436338929);
  btc_genesis_fill (params, 1598918400, 52613770, 0x1e0377ae);
}

static void
fill_regtest (BtcParams *params)
{
  params->halving_interval = 150;
  set_heights (params, 1, 1, 1, 1, 0);
  set_number (&params->pow_limit, "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
  params->pow_timespan_s = 24 * 60 * 60;
  params->pow_min_difficulty = TRUE;
  params->pow_no_retarget = TRUE;
  params->testdummy.start_time_s = 0;
  params->testdummy.threshold = 108;
  params->testdummy.period = 144;
  set_chain_tx (params, 0, 0, 0.001);
  btc_genesis_fill (params, 1296688602, 2, 0x207fffff);
}

/* `network` is set, and the rest is zero. */
static void
fill_network (BtcParams *params)
{
  fill_common (params);
  switch (params->network->network) {
  case BTC_NETWORK_MAIN:
    fill_main (params);
    break;
  case BTC_NETWORK_TEST:
    fill_test (params);
    break;
  case BTC_NETWORK_TESTNET4:
    fill_testnet4 (params);
    break;
  case BTC_NETWORK_SIGNET:
    fill_signet (params);
    break;
  case BTC_NETWORK_REGTEST:
    fill_regtest (params);
    break;
  case BTC_N_NETWORKS:
    g_assert_not_reached ();
  }
}

BtcParams *
btc_params_new (BtcNetwork network)
{
  BtcParams *params = g_new0 (BtcParams, 1);

  params->network = btc_network_info (network);
  memcpy (params->magic, params->network->magic, sizeof params->magic);
  params->assume_utxo = btc_assume_utxo_list (network, &params->n_assume_utxo);
  fill_network (params);
  return params;
}

void
btc_params_free (BtcParams *params)
{
  if (params == NULL)
    return;
  g_clear_pointer (&params->signet_challenge, g_bytes_unref);
  g_free (params);
}
