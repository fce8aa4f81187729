#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A page of the window that needs a right at a program that the application has not started: without it, a text in its
 * place says so. */

#define GUI_TYPE_RIGHT_PAGE (gui_right_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiRightPage, gui_right_page, GUI, RIGHT_PAGE, GtkWidget)

/* PAGE needs ROLE at WORKER. */
GtkWidget *gui_right_page_new (GuiSession *session, GuiWorker worker, BusRoles role, GtkWidget *page);

G_END_DECLS
