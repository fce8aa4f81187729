#pragma once

#include "gui/clients/session.h"
#include "gui/console/console_history.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Where a line is typed: the entry with the lines before (arrow keys), suggestions (Tab), what the method at the cursor takes,
 * and a button that runs the line or stops what runs.
 *
 * Signals: "run" (const char *line); "stop" (); "explain" (const char *method): its help is wanted. */

#define GUI_TYPE_CONSOLE_INPUT (gui_console_input_get_type ())
G_DECLARE_FINAL_TYPE (GuiConsoleInput, gui_console_input, GUI, CONSOLE_INPUT, GtkWidget)

/* HISTORY is borrowed. */
void gui_console_input_set_up (GuiConsoleInput *self, GuiSession *session, GuiConsoleHistory *history);

/* RUNNING: what runs, without secrets; NULL: nothing. */
void gui_console_input_set_running (GuiConsoleInput *self, const char *running);

/* Empties the entry, for the next line. */
void gui_console_input_clear (GuiConsoleInput *self);

G_END_DECLS
