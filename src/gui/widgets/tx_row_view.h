#pragma once

#include "gui/models/tx_row.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One payment in a list: arrow, title, time, amount with its sign, ring of confirmations. */

#define GUI_TYPE_TX_ROW_VIEW (gui_tx_row_view_get_type ())
G_DECLARE_FINAL_TYPE (GuiTxRowView, gui_tx_row_view, GUI, TX_ROW_VIEW, GtkWidget)

GtkWidget *gui_tx_row_view_new (void);
void gui_tx_row_view_set_row (GuiTxRowView *self, GuiTxRow *row);

/* One sentence about ROW for a screen reader, with the amount unless amounts are hidden. The caller owns it. */
char *gui_tx_row_view_dup_description (GuiTxRow *row);

G_END_DECLS
