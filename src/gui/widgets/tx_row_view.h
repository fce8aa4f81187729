#pragma once

#include "gui/models/tx_row.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One payment in a list: arrow, title, time, amount with its sign, ring of confirmations. Where it is too narrow for title
 * and amount side by side, the amount is below the title, and the status on a line of its own; the height depends on the width, but not on the payment. The row
 * of the list that contains it has the same accessible name: one sentence, with the amount unless amounts are hidden. */

#define GUI_TYPE_TX_ROW_VIEW (gui_tx_row_view_get_type ())
G_DECLARE_FINAL_TYPE (GuiTxRowView, gui_tx_row_view, GUI, TX_ROW_VIEW, GtkWidget)

/* BELOW_DAY: it is below a heading with the day, and shows the time of day only. */
GtkWidget *gui_tx_row_view_new (gboolean below_day);
void gui_tx_row_view_set_row (GuiTxRowView *self, GuiTxRow *row);

G_END_DECLS
