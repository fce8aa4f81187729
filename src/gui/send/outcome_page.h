#pragma once

#include <gtk/gtk.h>

#include "gui/clients/node_client.h"
#include "gui/clients/wallet_client.h"

G_BEGIN_DECLS

/* Shows the state of a payment after Send was pressed, and follows it while the page is shown. Signal: "again": the user
 * wants to make a new payment. */

#define GUI_TYPE_OUTCOME_PAGE (gui_outcome_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiOutcomePage, gui_outcome_page, GUI, OUTCOME_PAGE, GtkWidget)

/* NODE: the one that passes payments on. Before the first payment; once. */
void gui_outcome_page_set_node (GuiOutcomePage *self, GuiNodeClient *node);

/* Shows the payment of PAID_SAT to TO that DRAFT of WALLET became, or may have become: PAYMENT NULL means that the wallet
 * has not replied. */
void gui_outcome_page_begin (GuiOutcomePage *self,
                             GuiWalletClient *wallet,
                             guint64 draft,
                             gint64 paid_sat,
                             const char *to,
                             const GuiPayment *payment);

/* Whether it is still unknown if the payment was created: no other one may be started then. */
gboolean gui_outcome_page_is_waiting (GuiOutcomePage *self);

/* Stops following the payment. */
void gui_outcome_page_end (GuiOutcomePage *self);

G_END_DECLS
