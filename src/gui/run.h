#pragma once

#include "common/program.h"
#include "gui/clients/program.h"

G_BEGIN_DECLS

/* The main function of a program with the application: reads the options and runs it. NAME and USAGE as for
 * CommonProgramInfo; NEW_INSIDE as for gui_app_new(). Returns the exit code. */
int gui_run (const char *name, const char *usage, GuiNewProgram *new_inside, int argc, char **argv);

G_END_DECLS
