#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The first run: welcome, where (unless the network is known), storage (for a real network), wallet, done. Nothing is
 * created before the last step.
 *
 * Signals: "done" when the wallet has been created and the user wants to open it. */

#define GUI_TYPE_WELCOME_PAGE (gui_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiWelcomePage, gui_welcome_page, GUI, WELCOME_PAGE, GtkWidget)

/* DATADIR is shown and measured on the storage step. */
GtkWidget *gui_welcome_page_new (GuiSession *session, const char *datadir);

/* TRUE while the user is in the middle of the steps, so that the page stays when the wallet appears. */
gboolean gui_welcome_page_is_busy (GuiWelcomePage *self);

G_END_DECLS
