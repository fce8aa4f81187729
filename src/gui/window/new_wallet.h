#pragma once

#include "gui/clients/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Asks for the name of a new wallet, and creates and shows it. It stays until that has succeeded, and says why it has
 * not. */

#define GUI_TYPE_NEW_WALLET (gui_new_wallet_get_type ())
G_DECLARE_FINAL_TYPE (GuiNewWallet, gui_new_wallet, GUI, NEW_WALLET, AdwWindow)

GtkWidget *gui_new_wallet_new (GtkWindow *parent, GuiSession *session);

G_END_DECLS
