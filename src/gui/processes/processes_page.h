#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The page Processes: the three programs with their connections, and the calls between them as they happen. Nothing is
 * recorded while it is not shown. */

#define GUI_TYPE_PROCESSES_PAGE (gui_processes_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiProcessesPage, gui_processes_page, GUI, PROCESSES_PAGE, GtkWidget)

GtkWidget *gui_processes_page_new (GuiSession *session);

G_END_DECLS
