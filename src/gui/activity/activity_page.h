#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Every payment of the wallet by days, with search and filters. */

#define GUI_TYPE_ACTIVITY_PAGE (gui_activity_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiActivityPage, gui_activity_page, GUI, ACTIVITY_PAGE, GtkWidget)

GtkWidget *gui_activity_page_new (GuiSession *session);

/* Puts the cursor into the search. */
void gui_activity_page_search (GuiActivityPage *self);

G_END_DECLS
