#include "wallet/keys/address_type.h"

static const char *const type_names[WALLET_N_ADDRESS_TYPES] = { "legacy", "p2sh-segwit", "bech32", "bech32m" };

gboolean
wallet_address_type_by_name (const char *name, WalletAddressType *type)
{
  for (guint i = 0; i < WALLET_N_ADDRESS_TYPES; i++)
    if (g_strcmp0 (name, type_names[i]) == 0) {
      *type = (WalletAddressType) i;
      return TRUE;
    }
  return FALSE;
}

const char *
wallet_address_type_name (WalletAddressType type)
{
  g_return_val_if_fail (type < WALLET_N_ADDRESS_TYPES, "");

  return type_names[type];
}
