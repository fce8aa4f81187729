#pragma once

#include "gui/clients/wallet_client.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Chooses the fee rate: three confirmation targets, or a custom rate. */

#define GUI_TYPE_FEE_CHOOSER (gui_fee_chooser_get_type ())
G_DECLARE_FINAL_TYPE (GuiFeeChooser, gui_fee_chooser, GUI, FEE_CHOOSER, GtkWidget)

/* Asks WALLET (NULL: none) for the current estimates. */
void gui_fee_chooser_refresh (GuiFeeChooser *self, GuiWalletClient *wallet);

/* *RATE in satoshi per 1,000 virtual bytes. FALSE after showing an error. */
gboolean gui_fee_chooser_read (GuiFeeChooser *self, guint64 *rate);

G_END_DECLS
