#include "rpc/wallet_policy.h"

/* The options of the wallet, as the wallet program itself reads them. */

static RpcWalletPolicy *
read_policy (const char *words)
{
  g_autoptr (CommonOptions) options = common_options_new ();
  g_auto (GStrv) argv = g_strsplit (words, " ", -1);
  g_autoptr (GError) error = NULL;
  RpcWalletPolicy *policy;

  common_options_add_table (options, COMMON_OPTION_WALLET, COMMON_OPTION_NODE | COMMON_OPTION_GUI);
  g_assert_true (common_options_parse (options, (int) g_strv_length (argv), argv, NULL, &error));
  policy = rpc_wallet_policy_read (options, 0, &error);
  g_assert_no_error (error);
  return policy;
}

static void
test_broadcast (void)
{
  static const struct {
    const char *words;
    gboolean broadcast;
  } cases[] = { { "wallet", TRUE },
                { "wallet -walletbroadcast=0", FALSE },
                { "wallet -blocksonly", FALSE },
                { "wallet -noblocksonly", TRUE },
                { "wallet -blocksonly -walletbroadcast", TRUE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (RpcWalletPolicy) policy = read_policy (cases[i].words);
    g_assert_cmpint (policy->broadcast, ==, cases[i].broadcast);
  }
}

static void
test_dust (void)
{
  g_autoptr (RpcWalletPolicy) usual = read_policy ("wallet"), other = read_policy ("wallet -dustrelayfee=0.0001");

  g_assert_cmpint (usual->dust_fee_rate, ==, 3000);
  g_assert_cmpint (other->dust_fee_rate, ==, 10000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wallet-policy/broadcast", test_broadcast);
  g_test_add_func ("/wallet-policy/dust", test_dust);
  return g_test_run ();
}
