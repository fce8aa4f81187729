#pragma once

#include "gui/clients/program.h"

G_BEGIN_DECLS

/* The node or the wallet of the application inside of its process, over a socketpair with both ends here. */

#define DAEMON_TYPE_INNER_PROGRAM (daemon_inner_program_get_type ())
G_DECLARE_FINAL_TYPE (DaemonInnerProgram, daemon_inner_program, DAEMON, INNER_PROGRAM, GuiProgram)

/* A GuiNewProgram. */
GuiProgram *daemon_inner_program_new (GuiWorker worker, const char *const *args, const char *network);

G_END_DECLS
