#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The types of the addresses of a wallet. Pure. */
typedef enum {
  GUI_ADDRESS_TYPE_SEGWIT,  /* P2WPKH */
  GUI_ADDRESS_TYPE_TAPROOT, /* P2TR */
  GUI_ADDRESS_TYPE_NESTED,  /* P2WPKH in P2SH */
  GUI_ADDRESS_TYPE_LEGACY,  /* P2PKH */
  GUI_N_ADDRESS_TYPES,
} GuiAddressType;

/* As in Wallet1.NewAddress, such as "bech32m". */
const char *gui_address_type_get_name (GuiAddressType type);

/* FALSE if there is no type NAME. */
gboolean gui_address_type_by_name (const char *name, GuiAddressType *type);

G_END_DECLS
