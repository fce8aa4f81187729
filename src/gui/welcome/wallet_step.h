#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The step of the first run that creates a wallet, or opens one that exists.
 *
 * Signals:
 *   "start": a session on the chosen network is needed now. It may arrive later.
 *   "opened": the wallet is there and selected.
 *   "listed": it is known which wallets exist. */

#define GUI_TYPE_WALLET_STEP (gui_wallet_step_get_type ())
G_DECLARE_FINAL_TYPE (GuiWalletStep, gui_wallet_step, GUI, WALLET_STEP, GtkWidget)

/* Another session: the one that was asked for, or one that has nothing to do with a pending request. */
void gui_wallet_step_set_session (GuiWalletStep *self, GuiSession *session);

/* While it is not current, the session is another network's: its wallets are not offered, and "start" is emitted before a
 * wallet is created. */
void gui_wallet_step_set_current (GuiWalletStep *self, gboolean current);

/* A wallet is being created or opened. */
gboolean gui_wallet_step_is_busy (GuiWalletStep *self);

/* Whether "listed" was emitted for this session, and whether there are wallets to open. */
gboolean gui_wallet_step_is_listed (GuiWalletStep *self);
gboolean gui_wallet_step_has_wallets (GuiWalletStep *self);

/* Forgets an error message, and a request that no worker has received yet. */
void gui_wallet_step_reset (GuiWalletStep *self);
void gui_wallet_step_take_focus (GuiWalletStep *self);

G_END_DECLS
