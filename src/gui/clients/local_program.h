#pragma once

#include "dbus/supervisor.h"
#include "gui/clients/program.h"

G_BEGIN_DECLS

/* A worker of the application: it is started, restarted when it exits, and shut down with the session. */

#define GUI_TYPE_LOCAL_PROGRAM (gui_local_program_get_type ())
G_DECLARE_FINAL_TYPE (GuiLocalProgram, gui_local_program, GUI, LOCAL_PROGRAM, GuiProgram)

/* ARGS is copied; NETWORK is its name. */
GuiProgram *gui_local_program_new (GuiWorker worker, const char *const *args, const char *network);

G_END_DECLS
