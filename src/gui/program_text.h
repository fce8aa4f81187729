#pragma once

#include "gui/clients/program.h"

G_BEGIN_DECLS

/* What happened to PROGRAM, what it means for the coins, and what to do; "" if there is nothing to report. The caller owns
 * it. Main context. */
char *gui_program_dup_sentence (GuiProgram *program);

/* "Node on homeserver"; "" if the application has started it. The caller owns it. */
char *gui_program_dup_name (GuiProgram *program);

/* Why what needs ROLE at PROGRAM is not possible, and who can allow it; NULL: it is possible, or not known yet. The caller
 * owns it. */
char *gui_program_dup_missing_right (GuiProgram *program, BusRoles role);

G_END_DECLS
