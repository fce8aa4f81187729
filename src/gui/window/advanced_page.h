#pragma once

#include "gui/clients/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The page Advanced of the preferences: whether tools may inspect the programs, and where they find them. */

#define GUI_TYPE_ADVANCED_PAGE (gui_advanced_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiAdvancedPage, gui_advanced_page, GUI, ADVANCED_PAGE, AdwPreferencesPage)

AdwPreferencesPage *gui_advanced_page_new (GuiSession *session);

G_END_DECLS
