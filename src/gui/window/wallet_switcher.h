#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The row at the top of the sidebar: the wallet and its balance; opens the list of wallets. */

#define GUI_TYPE_WALLET_SWITCHER (gui_wallet_switcher_get_type ())
G_DECLARE_FINAL_TYPE (GuiWalletSwitcher, gui_wallet_switcher, GUI, WALLET_SWITCHER, GtkWidget)

void gui_wallet_switcher_set_session (GuiWalletSwitcher *self, GuiSession *session);

G_END_DECLS
