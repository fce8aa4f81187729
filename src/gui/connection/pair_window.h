#pragma once

#include "gui/clients/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Asks for the address of another computer, and the code that its node shows, and pairs this one with it. Signal "paired"
 * (const char *address), when it is in the list of computers. */

#define GUI_TYPE_PAIR_WINDOW (gui_pair_window_get_type ())
G_DECLARE_FINAL_TYPE (GuiPairWindow, gui_pair_window, GUI, PAIR_WINDOW, AdwWindow)

GtkWidget *gui_pair_window_new (GtkWindow *parent, GuiSession *session);

G_END_DECLS
