#pragma once

#include "common/program.h"
#include "gui/clients/program.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The application: preferences, the session with its workers, the window, and a clean shutdown. */

#define GUI_TYPE_APP (gui_app_get_type ())
G_DECLARE_FINAL_TYPE (GuiApp, gui_app, GUI, APP, AdwApplication)

/* PROGRAM is borrowed and must outlive the application. NEW_INSIDE makes a node or a wallet inside of this process, which
 * then opens the log; NULL: they are started as processes. */
GuiApp *gui_app_new (CommonProgram *program, GuiNewProgram *new_inside);

/* After it has run: the data folder that the person wants to use instead, borrowed; NULL: none. */
const char *gui_app_get_other_folder (GuiApp *self);

/* After it has run: whether it ended without having started anything, with the reason in the window. */
gboolean gui_app_has_failed (GuiApp *self);

G_END_DECLS
