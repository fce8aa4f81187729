#pragma once

#include "gui/clients/address_type.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The choice of the type of new addresses: Segwit, Taproot, and the type of -addresstype if it is another one. */

#define GUI_TYPE_ADDRESS_TYPE_ROW (gui_address_type_row_get_type ())
G_DECLARE_FINAL_TYPE (GuiAddressTypeRow, gui_address_type_row, GUI, ADDRESS_TYPE_ROW, AdwComboRow)

/* Chooses TYPE when it was another one before; initially it is Segwit. */
void gui_address_type_row_set_default (GuiAddressTypeRow *self, GuiAddressType type);

GuiAddressType gui_address_type_row_get_chosen (GuiAddressTypeRow *self);

G_END_DECLS
