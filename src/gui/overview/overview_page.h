#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The balance, pending amounts, the progress of the node, and the last five payments. */

#define GUI_TYPE_OVERVIEW_PAGE (gui_overview_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiOverviewPage, gui_overview_page, GUI, OVERVIEW_PAGE, GtkWidget)

GtkWidget *gui_overview_page_new (GuiSession *session);

G_END_DECLS
