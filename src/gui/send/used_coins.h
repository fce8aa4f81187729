#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The switch for spending coins of reused addresses too, which the wallet sets aside (avoid_reuse). Visible while there
 * are any.
 *
 * Property "chosen" (boolean). */

#define GUI_TYPE_USED_COINS (gui_used_coins_get_type ())
G_DECLARE_FINAL_TYPE (GuiUsedCoins, gui_used_coins, GUI, USED_COINS, AdwPreferencesGroup)

/* The total of these coins. */
void gui_used_coins_set_amount (GuiUsedCoins *self, gint64 sat);

/* The amount that the payment may spend in addition: 0 unless the user chose to. */
gint64 gui_used_coins_get_chosen_sat (GuiUsedCoins *self);

gboolean gui_used_coins_get_chosen (GuiUsedCoins *self);
void gui_used_coins_set_chosen (GuiUsedCoins *self, gboolean chosen);

G_END_DECLS
