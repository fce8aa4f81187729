#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Regtest: mines blocks on request, with a log of the results. */

#define GUI_TYPE_PLAYGROUND_PAGE (gui_playground_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiPlaygroundPage, gui_playground_page, GUI, PLAYGROUND_PAGE, GtkWidget)

GtkWidget *gui_playground_page_new (GuiSession *session);

G_END_DECLS
