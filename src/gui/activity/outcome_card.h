#pragma once

#include "gui/clients/wallet_client.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The outcome of a payment of this wallet that the node has refused, with a button to abandon it. Hidden for other
 * payments. */

#define GUI_TYPE_OUTCOME_CARD (gui_outcome_card_get_type ())
G_DECLARE_FINAL_TYPE (GuiOutcomeCard, gui_outcome_card, GUI, OUTCOME_CARD, GtkWidget)

/* What the question names before it is abandoned: it pays SAT to TO. Before gui_outcome_card_show(). */
void gui_outcome_card_set_payment (GuiOutcomeCard *self, gint64 sat, const char *to);

/* TXID: ay, the ID of the payment. REASON: the reject reason of the node. */
void gui_outcome_card_show (GuiOutcomeCard *self,
                            GuiWalletClient *wallet,
                            GVariant *txid,
                            GuiOutcome outcome,
                            const char *reason);

G_END_DECLS
