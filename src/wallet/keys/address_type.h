#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Types of addresses, numbered as in wallet.dat. */
typedef enum {
  WALLET_ADDRESS_LEGACY,      /* P2PKH */
  WALLET_ADDRESS_P2SH_SEGWIT, /* P2SH-P2WPKH */
  WALLET_ADDRESS_BECH32,      /* P2WPKH */
  WALLET_ADDRESS_BECH32M,     /* P2TR */
  WALLET_N_ADDRESS_TYPES
} WalletAddressType;

/* "legacy", "p2sh-segwit", "bech32", "bech32m". FALSE for any other NAME. */
gboolean wallet_address_type_by_name (const char *name, WalletAddressType *type);
const char *wallet_address_type_name (WalletAddressType type);

G_END_DECLS
