#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Whether a payment may spend the coins that the wallet keeps apart, since they are at addresses that it has spent from.
 * Visible while there are any.
 *
 * Property "chosen" (boolean). */

#define GUI_TYPE_USED_COINS (gui_used_coins_get_type ())
G_DECLARE_FINAL_TYPE (GuiUsedCoins, gui_used_coins, GUI, USED_COINS, AdwPreferencesGroup)

/* How much is kept apart. */
void gui_used_coins_set_amount (GuiUsedCoins *self, gint64 sat);

/* The amount that may be spent: 0 unless it was chosen. */
gint64 gui_used_coins_get_chosen_sat (GuiUsedCoins *self);

gboolean gui_used_coins_get_chosen (GuiUsedCoins *self);
void gui_used_coins_set_chosen (GuiUsedCoins *self, gboolean chosen);

G_END_DECLS
