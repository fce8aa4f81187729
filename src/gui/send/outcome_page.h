#pragma once

#include <gtk/gtk.h>

#include "gui/clients/wallet_client.h"

G_BEGIN_DECLS

/* The state of a payment after Send was pressed, which it asks the wallet for until it is final. Signal: "again": a new
 * payment is wanted. */

#define GUI_TYPE_OUTCOME_PAGE (gui_outcome_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiOutcomePage, gui_outcome_page, GUI, OUTCOME_PAGE, GtkWidget)

/* The payment that DRAFT of WALLET became, or may have become: PAYMENT NULL means that the wallet has not answered. */
void gui_outcome_page_begin (GuiOutcomePage *self,
                             GuiWalletClient *wallet,
                             guint64 draft,
                             gint64 paid_sat,
                             const GuiPayment *payment);

/* Whether it is unknown if the payment was made: no other may be started then. */
gboolean gui_outcome_page_is_waiting (GuiOutcomePage *self);

/* Stops following the payment. */
void gui_outcome_page_end (GuiOutcomePage *self);

G_END_DECLS
