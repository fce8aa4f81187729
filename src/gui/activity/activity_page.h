#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* All payments of the wallet, grouped by day, with search and filters. */

#define GUI_TYPE_ACTIVITY_PAGE (gui_activity_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiActivityPage, gui_activity_page, GUI, ACTIVITY_PAGE, GtkWidget)

GtkWidget *gui_activity_page_new (GuiSession *session);

/* Moves the focus to the search entry. */
void gui_activity_page_search (GuiActivityPage *self);

G_END_DECLS
