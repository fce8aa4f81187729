#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A chart of the balance over the last month, the last year or all time. Hidden until there is a payment. */

#define GUI_TYPE_BALANCE_HISTORY (gui_balance_history_get_type ())
G_DECLARE_FINAL_TYPE (GuiBalanceHistory, gui_balance_history, GUI, BALANCE_HISTORY, GtkWidget)

/* Once. */
void gui_balance_history_set_session (GuiBalanceHistory *self, GuiSession *session);

G_END_DECLS
