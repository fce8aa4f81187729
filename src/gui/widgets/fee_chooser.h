#pragma once

#include "gui/clients/wallet_client.h"
#include "gui/fee_options.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Chooses the fee rate: when a payment is confirmed and what that costs, as far as it is known, or a custom rate. Warns
 * of a rate that is far from the estimates.
 *
 * Signal: "activate" when Enter is pressed in the field for a custom rate. */

#define GUI_TYPE_FEE_CHOOSER (gui_fee_chooser_get_type ())
G_DECLARE_FINAL_TYPE (GuiFeeChooser, gui_fee_chooser, GUI, FEE_CHOOSER, GtkWidget)

/* Asks WALLET (NULL: none) for the current estimates. */
void gui_fee_chooser_refresh (GuiFeeChooser *self, GuiWalletClient *wallet);

/* Whether the user mines the blocks, so that any rate is enough. */
void gui_fee_chooser_set_playground (GuiFeeChooser *self, gboolean playground);

/* The fees that are shown are for a payment to N recipients; initially one. */
void gui_fee_chooser_set_recipients (GuiFeeChooser *self, guint n);

/* Forgets what the user has chosen and entered. */
void gui_fee_chooser_reset (GuiFeeChooser *self);

/* *RATE in satoshi per 1,000 virtual bytes. FALSE after showing an error. */
gboolean gui_fee_chooser_read (GuiFeeChooser *self, guint64 *rate);

/* The estimates that are shown. */
void gui_fee_chooser_get_estimates (GuiFeeChooser *self, GuiFeeEstimates *estimates);

/* Moves the focus to the field for a custom rate if it has an error. */
gboolean gui_fee_chooser_focus_error (GuiFeeChooser *self);

G_END_DECLS
