#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The methods that a word may become, in a list beside the entry, which keeps the focus.
 *
 * Signal "chosen" (const char *name): a row was pressed. */

#define GUI_TYPE_CONSOLE_SUGGESTIONS (gui_console_suggestions_get_type ())
G_DECLARE_FINAL_TYPE (GuiConsoleSuggestions, gui_console_suggestions, GUI, CONSOLE_SUGGESTIONS, GtkPopover)

void gui_console_suggestions_set_session (GuiConsoleSuggestions *self, GuiSession *session);

/* Shows the methods of all programs that begin with PREFIX; none if it is NULL, or one of them as a whole and no other. */
void gui_console_suggestions_show (GuiConsoleSuggestions *self, const char *prefix);

gboolean gui_console_suggestions_are_shown (GuiConsoleSuggestions *self);

/* Selects the next row, or the one before it; the first move selects the first row, or the last one. */
void gui_console_suggestions_move (GuiConsoleSuggestions *self, gboolean forward);

/* The method that is selected, NULL: none; and the same, or else the first one. Borrowed. */
const char *gui_console_suggestions_get_selected (GuiConsoleSuggestions *self);
const char *gui_console_suggestions_get_best (GuiConsoleSuggestions *self);

G_END_DECLS
