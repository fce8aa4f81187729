#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The console: methods of node and wallet as they are typed, one line after the other. */

#define GUI_TYPE_CONSOLE_PAGE (gui_console_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiConsolePage, gui_console_page, GUI, CONSOLE_PAGE, GtkWidget)

GtkWidget *gui_console_page_new (GuiSession *session);

G_END_DECLS
