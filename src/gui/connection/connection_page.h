#pragma once

#include "gui/clients/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The page of the preferences about the node that the window uses: one that it starts, one that runs on this computer, or
 * one on another computer. A choice, once it is confirmed, activates "app.connection". */

#define GUI_TYPE_CONNECTION_PAGE (gui_connection_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiConnectionPage, gui_connection_page, GUI, CONNECTION_PAGE, AdwPreferencesPage)

/* FOLDER is that of the session's network. */
void gui_connection_page_set_session (GuiConnectionPage *self, GuiSession *session, const char *folder);

G_END_DECLS
