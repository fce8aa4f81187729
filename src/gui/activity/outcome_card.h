#pragma once

#include "gui/clients/wallet_client.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What has become of a payment of this wallet that the node refused, and abandoning it. Hidden for any other payment. */

#define GUI_TYPE_OUTCOME_CARD (gui_outcome_card_get_type ())
G_DECLARE_FINAL_TYPE (GuiOutcomeCard, gui_outcome_card, GUI, OUTCOME_CARD, GtkWidget)

/* TXID: ay, the ID of the payment. REASON: the node's, for a refusal. */
void gui_outcome_card_show (GuiOutcomeCard *self,
                            GuiWalletClient *wallet,
                            GVariant *txid,
                            GuiOutcome outcome,
                            const char *reason);

G_END_DECLS
