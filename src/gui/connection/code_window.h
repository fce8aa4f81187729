#pragma once

#include "gui/clients/access_client.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Shows the code with which another computer is paired with the node, until it is used, has expired, or the window is
 * closed: then the code is void. */

#define GUI_TYPE_CODE_WINDOW (gui_code_window_get_type ())
G_DECLARE_FINAL_TYPE (GuiCodeWindow, gui_code_window, GUI, CODE_WINDOW, AdwWindow)

/* Makes a code for ROLE, as of gui_access_client_invite_async(). ADDRESS: where the other computer connects; NULL: unknown. */
GtkWidget *gui_code_window_new (GtkWindow *parent, GuiAccessClient *access, const char *role, const char *address);

G_END_DECLS
