#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows what the node or the wallet is doing, its progress, and what can already be used. Hides itself when both are up
 * to date. */

#define GUI_TYPE_SYNC_CARD (gui_sync_card_get_type ())
G_DECLARE_FINAL_TYPE (GuiSyncCard, gui_sync_card, GUI, SYNC_CARD, GtkWidget)

void gui_sync_card_set_session (GuiSyncCard *self, GuiSession *session);

G_END_DECLS
