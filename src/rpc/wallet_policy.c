#include "rpc/wallet_policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bitcoin/primitives/amount.h"

#define DEFAULT_RATE 10000
#define DEFAULT_DUST_RATE 3000
#define DEFAULT_KEYPOOL 1000
#define MAX_KEYPOOL 1000000
#define DEFAULT_TARGET 6
#define MAX_TARGET 1008
/* Above these a value is probably a mistake. */
#define HIGH_RATE (BTC_COIN / 100)
#define HIGH_MAX_FEE BTC_COIN
#define HIGH_PARTIAL_FEE (BTC_COIN / 10000)

static const char *const address_types[RPC_WALLET_N_ADDRESS_TYPES] = { "legacy", "p2sh-segwit", "bech32", "bech32m" };

RpcWalletPolicy *
rpc_wallet_policy_new (void)
{
  RpcWalletPolicy *policy = g_new0 (RpcWalletPolicy, 1);

  *policy = (RpcWalletPolicy){ .address_type = 2,
                               .change_type = -1,
                               .min_fee_rate = 1000,
                               .discard_fee_rate = DEFAULT_RATE,
                               .dust_fee_rate = DEFAULT_DUST_RATE,
                               .consolidate_fee_rate = DEFAULT_RATE,
                               .max_fee_sat = BTC_COIN / 10,
                               .confirm_target = DEFAULT_TARGET,
                               .keypool = DEFAULT_KEYPOOL,
                               .spend_zero_conf_change = TRUE,
                               .broadcast = TRUE,
                               .replaceable = TRUE,
                               .warnings = g_new0 (char *, 1) };
  return policy;
}

void
rpc_wallet_policy_free (RpcWalletPolicy *policy)
{
  if (policy == NULL)
    return;
  g_free (policy->folder);
  g_free (policy->notify);
  g_strfreev (policy->warnings);
  g_free (policy);
}

/* The index of the type that the option NAME names; *TYPE is unchanged if it is not given. */
static gboolean
read_address_type (const CommonOptions *options, const char *name, const char *what, gint *type, GError **error)
{
  const char *text = common_options_get (options, name, "");

  if (*text == '\0')
    return TRUE;
  for (gint i = 0; i < RPC_WALLET_N_ADDRESS_TYPES; i++)
    if (g_str_equal (text, address_types[i])) {
      *type = i;
      return TRUE;
    }
  return common_options_fail (error, "Unknown %s type '%s'", what, text);
}

static gboolean
read_types (const CommonOptions *options, RpcWalletPolicy *policy, GError **error)
{
  gint type = (gint) policy->address_type;

  if (!read_address_type (options, "addresstype", "address", &type, error)
      || !read_address_type (options, "changetype", "change", &policy->change_type, error))
    return FALSE;
  policy->address_type = (guint) type;
  return TRUE;
}

/* An amount of BTC. Adds to WARNINGS if it is above HIGH (-1: any value is expected); SENTENCE follows. */
static gboolean
read_money (const CommonOptions *options,
            const char *name,
            gint64 high,
            const char *sentence,
            GStrvBuilder *warnings,
            gint64 *sat,
            GError **error)
{
  const char *text = common_options_get (options, name, NULL);

  if (text == NULL)
    return TRUE;
  if (!btc_amount_parse_option (text, sat))
    return common_options_fail (error, "Invalid amount for -%s=<amount>: '%s'", name, text);
  if (high >= 0 && *sat > high) {
    g_autofree char *warning = g_strdup_printf ("-%s is set very high! %s", name, sentence);
    g_strv_builder_add (warnings, warning);
  }
  return TRUE;
}

static gboolean
read_rates (const CommonOptions *options, RpcWalletPolicy *policy, GStrvBuilder *warnings, GError **error)
{
  return read_money (options, "mintxfee", HIGH_RATE,
                     "This is the minimum transaction fee you pay on every transaction.", warnings,
                     &policy->min_fee_rate, error)
         && (g_strcmp0 (common_options_get (options, "maxapsfee", NULL), "-1") == 0
                 ? (policy->max_partial_fee_sat = -1, TRUE)
                 : read_money (options, "maxapsfee", HIGH_PARTIAL_FEE,
                               "This is the maximum transaction fee you pay (in addition to the normal fee) to "
                               "prioritize partial spend avoidance over regular coin selection.",
                               warnings, &policy->max_partial_fee_sat, error))
         && read_money (options, "fallbackfee", HIGH_RATE,
                        "This is the transaction fee you may pay when fee estimates are not available.", warnings,
                        &policy->fallback_fee_rate, error)
         && read_money (options, "discardfee", HIGH_RATE,
                        "This is the transaction fee you may discard if change is smaller than dust at this level",
                        warnings, &policy->discard_fee_rate, error)
         && read_money (options, "dustrelayfee", -1, "", warnings, &policy->dust_fee_rate, error)
         && read_money (options, "maxtxfee", HIGH_MAX_FEE, "Fees this large could be paid on a single transaction.",
                        warnings, &policy->max_fee_sat, error)
         && read_money (options, "consolidatefeerate", -1, "", warnings, &policy->consolidate_fee_rate, error);
}

static gboolean
check_max_fee (const CommonOptions *options, const RpcWalletPolicy *policy, gint64 min_relay_rate, GError **error)
{
  g_autofree char *least = btc_amount_format (min_relay_rate);

  if (!common_options_is_set (options, "maxtxfee") || policy->max_fee_sat >= min_relay_rate)
    return TRUE;
  return common_options_fail (error,
                              "Invalid amount for -maxtxfee=<amount>: '%s' (must be at least the minrelay fee of %s "
                              "BTC/kvB to prevent stuck transactions)",
                              common_options_get (options, "maxtxfee", ""), least);
}

static gboolean
read_folder (const CommonOptions *options, char **folder, GError **error)
{
  g_autofree char *given = g_strdup (common_options_get (options, "walletdir", NULL));
  g_autofree char *path = NULL;
  gsize len;

  if (given == NULL)
    return TRUE;
  for (len = strlen (given); len > 1 && given[len - 1] == '/'; len--)
    given[len - 1] = '\0';
  path = realpath (given, NULL);
  if (path == NULL)
    return common_options_fail (error, "Specified -walletdir \"%s\" does not exist", given);
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return common_options_fail (error, "Specified -walletdir \"%s\" is not a directory", given);
  if (!g_path_is_absolute (given))
    return common_options_fail (error, "Specified -walletdir \"%s\" is a relative path", given);
  *folder = g_strdup (path);
  return TRUE;
}

static void
read_switches (const CommonOptions *options, RpcWalletPolicy *policy, GStrvBuilder *warnings)
{
  const char *notify = common_options_get (options, "walletnotify", "");

  policy->confirm_target
      = (guint) CLAMP (common_options_get_int (options, "txconfirmtarget", DEFAULT_TARGET), 1, MAX_TARGET);
  policy->keypool = (guint) CLAMP (common_options_get_int (options, "keypool", DEFAULT_KEYPOOL), 1, MAX_KEYPOOL);
  policy->spend_zero_conf_change = common_options_get_bool (options, "spendzeroconfchange", TRUE);
  policy->avoid_partial_spends = common_options_get_bool (options, "avoidpartialspends", FALSE);
  policy->broadcast
      = common_options_get_bool (options, "walletbroadcast", !common_options_get_bool (options, "blocksonly", FALSE));
  policy->replaceable = common_options_get_bool (options, "walletrbf", TRUE);
  policy->cross_chain = common_options_get_bool (options, "walletcrosschain", FALSE);
  policy->unsafe_sync = common_options_get_bool (options, "unsafesqlitesync", FALSE);
  policy->notify = *notify != '\0' && !g_str_equal (notify, "0") ? g_strdup (notify) : NULL;
  if (common_options_is_set (options, "walletrbf"))
    g_strv_builder_add (warnings, "-walletrbf is deprecated and will be fully removed in the next release.");
}

RpcWalletPolicy *
rpc_wallet_policy_read (const CommonOptions *options, gint64 min_relay_rate, GError **error)
{
  g_autoptr (RpcWalletPolicy) policy = rpc_wallet_policy_new ();
  g_autoptr (GStrvBuilder) warnings = g_strv_builder_new ();

  g_return_val_if_fail (options != NULL, NULL);

  if (!read_folder (options, &policy->folder, error) || !read_types (options, policy, error)
      || !read_rates (options, policy, warnings, error) || !check_max_fee (options, policy, min_relay_rate, error))
    return NULL;
  read_switches (options, policy, warnings);
  g_strfreev (policy->warnings);
  policy->warnings = g_strv_builder_end (warnings);
  return g_steal_pointer (&policy);
}
