#include "gui/clients/address_type.h"

static const char *const names[GUI_N_ADDRESS_TYPES] = {
  [GUI_ADDRESS_TYPE_SEGWIT] = "bech32",
  [GUI_ADDRESS_TYPE_TAPROOT] = "bech32m",
  [GUI_ADDRESS_TYPE_NESTED] = "p2sh-segwit",
  [GUI_ADDRESS_TYPE_LEGACY] = "legacy",
};

const char *
gui_address_type_get_name (GuiAddressType type)
{
  g_return_val_if_fail (type < GUI_N_ADDRESS_TYPES, NULL);
  return names[type];
}

gboolean
gui_address_type_by_name (const char *name, GuiAddressType *type)
{
  g_return_val_if_fail (name != NULL && type != NULL, FALSE);

  for (GuiAddressType i = 0; i < GUI_N_ADDRESS_TYPES; i++)
    if (g_str_equal (name, names[i])) {
      *type = i;
      return TRUE;
    }
  return FALSE;
}
