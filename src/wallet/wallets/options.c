#include "wallet/wallets/options.h"

#include "bitcoin/primitives/amount.h"
#include "rpc/settings.h"

/* -NAME as an amount of BTC; 0 if absent. */
static gboolean
read_amount_option (const CommonOptions *options, const char *name, gint64 *sat, GError **error)
{
  const char *text = common_options_get (options, name, NULL);

  *sat = 0;
  return text == NULL || btc_amount_parse (text, sat)
         || common_options_fail (error, "Invalid amount for -%s=<amount>: '%s'", name, text);
}

WalletManager *
wallet_manager_new_for_options (const CommonOptions *options,
                                const char *network_folder,
                                BtcNetwork network,
                                WalletChain *chain,
                                GError **error)
{
  gint64 keypool = common_options_get_int (options, "keypool", 0), fallback_fee;
  WalletManager *manager;

  if (!read_amount_option (options, "fallbackfee", &fallback_fee, error) || !rpc_settings_check (network_folder, error))
    return NULL;
  manager = wallet_manager_new (network_folder, network, (guint) CLAMP (keypool, 0, 1000000), chain);
  wallet_manager_set_fallback_fee (manager, (guint64) fallback_fee);
  return manager;
}
