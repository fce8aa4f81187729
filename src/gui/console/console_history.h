#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The lines that were run, to be typed again; kept in the preferences, for each network. Main context. */
typedef struct _GuiConsoleHistory GuiConsoleHistory;

GuiConsoleHistory *gui_console_history_new (const char *network);
void gui_console_history_free (GuiConsoleHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiConsoleHistory, gui_console_history_free)

/* LINE (without secrets; NULL: none is kept) was run: moving begins at the end again. A line that is repeated is moved there. */
void gui_console_history_add (GuiConsoleHistory *history, const char *line);

/* The line before or after the one that is shown now, as TYPED; NULL: there is none. After the last one follows what was typed
 * before. Borrowed until the next call. */
const char *gui_console_history_go_back (GuiConsoleHistory *history, const char *typed);
const char *gui_console_history_go_on (GuiConsoleHistory *history);

void gui_console_history_clear (GuiConsoleHistory *history);

G_END_DECLS
