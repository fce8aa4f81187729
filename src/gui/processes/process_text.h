#pragma once

#include "gui/clients/session.h"

G_BEGIN_DECLS

/* What the page Processes says about a program. Translated; the caller owns what is not static. */

/* "Running", "Stopped, is being restarted". LOCAL: this application has started it. Static. */
const char *gui_process_text_state (GuiWorkerState state, gboolean local);

/* "45.2 MB · for 5 minutes". */
char *gui_process_text_dup_use (const GuiProcessStatus *status);

/* Whether it runs with the application or by itself. Static. */
const char *gui_process_text_parent (GuiProcess process, const GuiProcessStatus *status);

/* Everything that is known, one fact a line. */
char *gui_process_text_dup_details (const GuiProcessStatus *status);

G_END_DECLS
