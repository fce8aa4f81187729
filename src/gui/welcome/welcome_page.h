#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The first run: welcome, network (unless it is known), storage (for a real network), wallet, done. Nothing is created
 * before the wallet step.
 *
 * Signals: "done" when the wallet has been created and the user wants to open it. */

#define GUI_TYPE_WELCOME_PAGE (gui_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiWelcomePage, gui_welcome_page, GUI, WELCOME_PAGE, GtkWidget)

/* DATADIR and its free space are shown on the storage step. */
GtkWidget *gui_welcome_page_new (GuiSession *session, const char *datadir);

/* TRUE while the user is in the middle of the steps, so that the page is kept when the wallet appears. */
gboolean gui_welcome_page_is_busy (GuiWelcomePage *self);

G_END_DECLS
