#pragma once

#include "gui/console/console_run.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The lines that were run, and their results: a text that can be selected, of limited length. */

#define GUI_TYPE_CONSOLE_OUTPUT (gui_console_output_get_type ())
G_DECLARE_FINAL_TYPE (GuiConsoleOutput, gui_console_output, GUI, CONSOLE_OUTPUT, GtkTextView)

/* LINE, without secrets, is run. PLACE: by whom, translated; NULL: nobody knows it. */
void gui_console_output_add_line (GuiConsoleOutput *self, const char *line, const char *place);

void gui_console_output_add_outcome (GuiConsoleOutput *self, const GuiConsoleOutcome *outcome);

/* TEXT, translated: nothing was run. */
void gui_console_output_add_error (GuiConsoleOutput *self, const char *text);

/* TEXT, translated, about the console itself. */
void gui_console_output_add_note (GuiConsoleOutput *self, const char *text);

void gui_console_output_clear (GuiConsoleOutput *self);

/* The size of the text, in per cent of the usual one. */
void gui_console_output_set_size (GuiConsoleOutput *self, int percent);

G_END_DECLS
