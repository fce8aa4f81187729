#pragma once

#include "gui/models/history_model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The payments of a history in a scrolled window, below headings of days. There are widgets for the visible rows only, so
 * that neither opening nor jumping anywhere depends on the length of the history; all rows have the same height, so that
 * the scroll bar is exact. (GtkListView creates two hundred rows in one iteration of the main loop.)
 *
 * Keys: arrows, Page Up and Page Down, Home and End; Enter and Space activate a row. What is visible stays in place when
 * newer payments are inserted, unless the list is at its start.
 *
 * Signals: "activate" (guint position) */

#define GUI_TYPE_PAYMENT_LIST (gui_payment_list_get_type ())
G_DECLARE_FINAL_TYPE (GuiPaymentList, gui_payment_list, GUI, PAYMENT_LIST, GtkWidget)

/* Called once. */
void gui_payment_list_set_model (GuiPaymentList *self, GuiHistoryModel *model);

void gui_payment_list_scroll_to_start (GuiPaymentList *self);

G_END_DECLS
