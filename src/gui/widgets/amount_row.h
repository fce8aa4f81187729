#pragma once

#include "gui/widgets/field_row.h"

G_BEGIN_DECLS

/* The field for an amount: a number, the unit, and optionally Max. A click on the unit converts the number. What it
 * accepts: see gui/amount_text.h.
 *
 * Properties: "with-max" (boolean): whether it has the button Max; "max" (boolean): whether Max is chosen, so that no
 * number can be entered. Signals: "changed" of GtkEditable after each change of the text, "entry-activated" of
 * AdwEntryRow. */

#define GUI_TYPE_AMOUNT_ROW (gui_amount_row_get_type ())
G_DECLARE_FINAL_TYPE (GuiAmountRow, gui_amount_row, GUI, AMOUNT_ROW, GuiFieldRow)

/* The amount, above zero. FALSE after showing a problem. */
gboolean gui_amount_row_read (GuiAmountRow *self, gint64 *sat);

/* The same without showing a problem; also FALSE while there is no text. */
gboolean gui_amount_row_peek (GuiAmountRow *self, gint64 *sat);

/* Writes SAT in the current unit; -1: no amount. */
void gui_amount_row_set_amount (GuiAmountRow *self, gint64 sat);

void gui_amount_row_set_with_max (GuiAmountRow *self, gboolean with_max);
void gui_amount_row_set_max (GuiAmountRow *self, gboolean max);
gboolean gui_amount_row_get_max (GuiAmountRow *self);

G_END_DECLS
