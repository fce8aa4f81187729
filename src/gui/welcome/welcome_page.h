#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The first run, and the choice of another network later: welcome, network (unless the options name it), storage (for a
 * real network), wallet, done. Nothing is created before the wallet step. Activates the action "app.network" (s) when a
 * session on the chosen network is needed.
 *
 * Signals: "done" when the pages are to be shown: the wallet is there, or the choice was cancelled. "listed" when it is
 * known which wallets exist. */

#define GUI_TYPE_WELCOME_PAGE (gui_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiWelcomePage, gui_welcome_page, GUI, WELCOME_PAGE, GtkWidget)

/* DATADIR and its free space are shown on the storage step. */
GtkWidget *gui_welcome_page_new (const char *datadir);

void gui_welcome_page_set_session (GuiWelcomePage *self, GuiSession *session);

/* Asks for a network again. CAN_RETURN: there is something to return to. */
void gui_welcome_page_choose_network (GuiWelcomePage *self, gboolean can_return);

/* One step back; no effect on the first page, and while a wallet is being created. */
void gui_welcome_page_go_back (GuiWelcomePage *self);

/* TRUE while a wallet is being created, and on the last page, so that the page is kept when the wallet appears. */
gboolean gui_welcome_page_is_busy (GuiWelcomePage *self);

/* Whether "listed" was emitted for this session. */
gboolean gui_welcome_page_knows_wallets (GuiWelcomePage *self);

/* Moves the focus to the next action. */
void gui_welcome_page_take_focus (GuiWelcomePage *self);

G_END_DECLS
