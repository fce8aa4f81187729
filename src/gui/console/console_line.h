#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A line that was typed at the console, parsed. Pure, any thread.
 *
 *   line     = [program] call | [program] [-named] name { separator word }
 *   call     = name "(" [-named] [ word { separator word } ] ")" { "[" key "]" }
 *   word     = call | characters, in which '…', "…" and \x quote | a JSON list or object, up to its last bracket
 *
 * Separators are white space and commas. A call within another one is a word of it: the text of its result, or of the part
 * of it that the keys name. Within '…' nothing is special, within "…" only \" and \\. PROGRAM is the name of the command
 * line client, which is ignored. */

typedef struct _GuiConsoleCall GuiConsoleCall;

/* One of: */
typedef struct {
  char *text;
  GuiConsoleCall *call;
} GuiConsoleWord;

struct _GuiConsoleCall {
  char *method;     /* 1 to 64 bytes */
  GPtrArray *words; /* of GuiConsoleWord */
  GPtrArray *keys;  /* of char *, each of at least one byte */
  gboolean named;   /* words may have the form name=value */
  gsize name_end;   /* bytes of the line up to the end of the method's name, */
  gsize end;        /* … and of the call, without its keys */
};

/* LINE is UTF-8. NULL with a translated G_IO_ERROR_INVALID_ARGUMENT, which says what to change and does not repeat words.
 * The caller owns the result; texts are wiped when it is freed. */
GuiConsoleCall *gui_console_line_parse (const char *line, GError **error);

void gui_console_call_free (GuiConsoleCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiConsoleCall, gui_console_call_free)

/* Gives WORD, of a call whose result is known, this TEXT instead. A copy is made. */
void gui_console_word_set_text (GuiConsoleWord *word, const char *text);

/* Where one is while typing, at byte CURSOR of LINE, which need not be complete. */
typedef struct {
  gsize start;     /* of the word at the cursor */
  gboolean first;  /* the word is the name of the method of the line, or of a call that was begun */
  char *method;    /* that the word is a parameter of; NULL: none */
  gboolean quoted; /* the cursor is within quotation marks, JSON or keys */
} GuiConsolePlace;

void gui_console_line_find (const char *line, gsize cursor, GuiConsolePlace *place);
void gui_console_place_clear (GuiConsolePlace *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GuiConsolePlace, gui_console_place_clear)

G_END_DECLS
