#include "bitcoin/consensus/block_check.h"
#include "bitcoin/primitives/amount.h"
#include "common/hex.h"

#include <string.h>

static const char *const genesis[BTC_N_NETWORKS] = {
  [BTC_NETWORK_MAIN] = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
  [BTC_NETWORK_TEST] = "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
  [BTC_NETWORK_TESTNET4] = "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043",
  [BTC_NETWORK_SIGNET] = "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6",
  [BTC_NETWORK_REGTEST] = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
};

static void
test_genesis (void)
{
  for (guint i = 0; i < BTC_N_NETWORKS; i++) {
    g_autoptr (BtcParams) params = btc_params_new (i);
    g_autoptr (GBytes) bytes = g_bytes_new (params->genesis_bytes, params->genesis_len);
    g_autoptr (BtcBlock) block = btc_block_new (bytes);
    g_autofree char *hash = common_hex_encode_reversed (params->genesis_hash32, 32);
    BtcVerdict verdict;

    g_assert_cmpstr (hash, ==, genesis[i]);
    g_assert_nonnull (block);
    g_assert_cmpmem (block->hash32, 32, params->genesis_hash32, 32);
    g_assert_true (btc_block_check (block, params, &verdict));
    g_assert_true (btc_block_check_contextual (block, NULL, params, &verdict));
  }
}

static void
test_signet_magic (void)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_SIGNET);
  static const guint8 op_true = 0x51;

  g_assert_cmpmem (params->magic, 4, params->network->magic, 4);
  btc_params_set_signet_challenge (params, &op_true, 1);
  g_assert_true (memcmp (params->magic, params->network->magic, 4) != 0);
  g_assert_true (btc_uint256_is_zero (&params->minimum_chain_work));
}

static void
test_script_flags (void)
{
  const BtcVerifyFlags always = BTC_VERIFY_P2SH | BTC_VERIFY_WITNESS | BTC_VERIFY_TAPROOT;
  const BtcVerifyFlags all = always | BTC_VERIFY_DERSIG | BTC_VERIFY_CHECKLOCKTIMEVERIFY
                             | BTC_VERIFY_CHECKSEQUENCEVERIFY | BTC_VERIFY_NULLDUMMY;
  static const guint8 other32[32] = { 1 };
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_MAIN);
  g_autoptr (BtcParams) regtest = btc_params_new (BTC_NETWORK_REGTEST);
  guint8 hash32[32];

  g_assert_cmpint (btc_params_script_flags (params, 1, other32), ==, always);
  g_assert_cmpint (btc_params_script_flags (params, 363724, other32), ==, always);
  g_assert_cmpint (btc_params_script_flags (params, 363725, other32), ==, always | BTC_VERIFY_DERSIG);
  g_assert_cmpint (btc_params_script_flags (params, 481823, other32), ==, all & ~BTC_VERIFY_NULLDUMMY);
  g_assert_cmpint (btc_params_script_flags (params, 481824, other32), ==, all);
  g_assert_cmpint (btc_params_script_flags (regtest, 1, other32), ==, all);
  /* The two blocks that are exempt from a rule are identified by hash, not by height. */
  common_hex_decode_reversed ("00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22", hash32, 32);
  g_assert_cmpint (btc_params_script_flags (params, 170060, hash32), ==, BTC_VERIFY_NONE);
  g_assert_cmpint (btc_params_script_flags (params, 170060, other32), ==, always);
  common_hex_decode_reversed ("0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad", hash32, 32);
  g_assert_cmpint (btc_params_script_flags (params, 692261, hash32), ==, all & ~BTC_VERIFY_TAPROOT);
}

static void
test_subsidy (void)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_MAIN);
  g_autoptr (BtcParams) regtest = btc_params_new (BTC_NETWORK_REGTEST);
  gint64 sum = 0;

  g_assert_cmpint (btc_params_subsidy_sat (params, 0), ==, 50 * BTC_COIN);
  g_assert_cmpint (btc_params_subsidy_sat (params, 209999), ==, 50 * BTC_COIN);
  g_assert_cmpint (btc_params_subsidy_sat (params, 210000), ==, 25 * BTC_COIN);
  g_assert_cmpint (btc_params_subsidy_sat (params, 33 * 210000), ==, 0);
  g_assert_cmpint (btc_params_subsidy_sat (params, 64 * 210000), ==, 0); /* BIP 42: not 50 again */
  g_assert_cmpint (btc_params_subsidy_sat (params, 70 * 210000), ==, 0);
  g_assert_cmpint (btc_params_subsidy_sat (regtest, 150), ==, 25 * BTC_COIN);
  for (guint32 i = 0; i < 64; i++)
    sum += btc_params_subsidy_sat (params, i * 210000) * 210000;
  g_assert_cmpint (sum, ==, 2099999997690000);
}

static void
test_bip30 (void)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_MAIN);
  static const guint8 other32[32] = { 1 };
  guint8 repeat32[32], lost32[32];

  common_hex_decode_reversed ("00000000000a4d0a398161ffc163c503763b1f4360639393e0e4c8e300e0caec", repeat32, 32);
  common_hex_decode_reversed ("00000000000271a2dc26e7667f8419f2e15416dc6955e5a6c6cdf3f2574dd08e", lost32, 32);
  g_assert_true (btc_params_bip30_applies (params, 91842, other32, NULL));
  g_assert_false (btc_params_bip30_applies (params, 91842, repeat32, NULL));
  g_assert_true (btc_params_bip30_applies (params, 91843, repeat32, NULL));
  g_assert_true (btc_params_bip30_applies (params, 227931, other32, NULL)); /* the activation block itself */
  g_assert_false (btc_params_bip30_applies (params, 227932, other32, params->bip34_hash32));
  g_assert_true (btc_params_bip30_applies (params, 227932, other32, other32)); /* another chain */
  g_assert_true (btc_params_bip30_applies (params, 1983702, other32, params->bip34_hash32));
  g_assert_true (btc_params_bip30_lost (91722, lost32));
  g_assert_false (btc_params_bip30_lost (91722, other32));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/params/genesis", test_genesis);
  g_test_add_func ("/params/signet-magic", test_signet_magic);
  g_test_add_func ("/params/script-flags", test_script_flags);
  g_test_add_func ("/params/subsidy", test_subsidy);
  g_test_add_func ("/params/bip30", test_bip30);
  return g_test_run ();
}
