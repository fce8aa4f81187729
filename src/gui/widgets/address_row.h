#pragma once

#include "bitcoin/primitives/network.h"
#include "gui/widgets/field_row.h"

G_BEGIN_DECLS

/* The field for an address or a payment link, with a button to paste one. Text that is understood is replaced by the
 * address as it is written officially; each kind of mistake is named while it is typed, see gui/address_text.h.
 *
 * Signals: "address" (string address; gint64 amount_sat, -1: none; string label, NULL: none) when an address was entered,
 * with what the payment link around it asks for; "changed" of GtkEditable, "entry-activated" of AdwEntryRow. */

#define GUI_TYPE_ADDRESS_ROW (gui_address_row_get_type ())
G_DECLARE_FINAL_TYPE (GuiAddressRow, gui_address_row, GUI, ADDRESS_ROW, GuiFieldRow)

/* The network to which addresses must belong; initially the main network. */
void gui_address_row_set_network (GuiAddressRow *self, BtcNetwork network);

/* The address, NULL after showing a problem. The caller owns it. */
char *gui_address_row_read (GuiAddressRow *self);

G_END_DECLS
