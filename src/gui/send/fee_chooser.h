#pragma once

#include "gui/clients/wallet_client.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* How fast a payment is to be confirmed, and what that costs: three choices and one's own. */

#define GUI_TYPE_FEE_CHOOSER (gui_fee_chooser_get_type ())
G_DECLARE_FINAL_TYPE (GuiFeeChooser, gui_fee_chooser, GUI, FEE_CHOOSER, GtkWidget)

/* Asks WALLET (NULL: nobody) what fees are usual now. */
void gui_fee_chooser_refresh (GuiFeeChooser *self, GuiWalletClient *wallet);

/* *RATE in satoshi per 1,000 virtual bytes. FALSE after saying what is wrong. */
gboolean gui_fee_chooser_read (GuiFeeChooser *self, guint64 *rate);

G_END_DECLS
