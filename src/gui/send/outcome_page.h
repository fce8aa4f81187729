#pragma once

#include <gtk/gtk.h>

#include "gui/clients/wallet_client.h"

G_BEGIN_DECLS

/* What has become of a payment after Send was pressed. It asks the wallet until that is known for good. Signal: "again": a
 * new payment is wanted. */

#define GUI_TYPE_OUTCOME_PAGE (gui_outcome_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiOutcomePage, gui_outcome_page, GUI, OUTCOME_PAGE, GtkWidget)

/* The payment that DRAFT of WALLET became, or may have become: PAYMENT NULL means that the wallet has not answered. */
void gui_outcome_page_begin (GuiOutcomePage *self,
                             GuiWalletClient *wallet,
                             guint64 draft,
                             gint64 paid_sat,
                             const GuiPayment *payment);

/* It is not known whether there is a payment: this is not the time for another one. */
gboolean gui_outcome_page_is_waiting (GuiOutcomePage *self);

/* Forgets the payment, which goes its way. */
void gui_outcome_page_end (GuiOutcomePage *self);

G_END_DECLS
