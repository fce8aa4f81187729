#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A receiving address, its QR code, and earlier addresses. */

#define GUI_TYPE_RECEIVE_PAGE (gui_receive_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiReceivePage, gui_receive_page, GUI, RECEIVE_PAGE, GtkWidget)

GtkWidget *gui_receive_page_new (GuiSession *session);

G_END_DECLS
