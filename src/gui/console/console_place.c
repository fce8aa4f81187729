/* What is at the cursor of a line that is still being typed. */
#include "gui/console/console_line.h"

#include <string.h>

/* A call that was begun: its method's name, or nothing yet. */
typedef struct {
  GString *method; /* NULL: the next word is the name */
  gboolean line;   /* the line itself, whose words end with it, not with a bracket */
} OpenCall;

typedef struct {
  GArray *calls; /* of OpenCall */
  GString *word;
  gsize start;
  gboolean in_word;
} PlaceScan;

static void
open_call_clear (gpointer data)
{
  OpenCall *call = data;

  if (call->method != NULL)
    g_string_free (call->method, TRUE);
}

static OpenCall *
place_last (PlaceScan *scan)
{
  return &g_array_index (scan->calls, OpenCall, scan->calls->len - 1);
}

static void
place_end_word (PlaceScan *scan)
{
  OpenCall *call = place_last (scan);

  if (scan->in_word && call->method == NULL && !g_str_equal (scan->word->str, "-named")
      && !g_str_equal (scan->word->str, "bitcoin-cli") && !g_str_equal (scan->word->str, "moneyrocket-cli"))
    call->method = g_string_new (scan->word->str);
  scan->in_word = FALSE;
  g_string_truncate (scan->word, 0);
}

static void
place_open (PlaceScan *scan)
{
  OpenCall *call = place_last (scan), inner = { g_string_new (scan->word->str), FALSE };

  scan->in_word = FALSE;
  g_string_truncate (scan->word, 0);
  if (call->line && call->method == NULL)
    call->method = g_string_new (""); /* nothing can follow */
  g_array_append_val (scan->calls, inner);
}

static void
place_close (PlaceScan *scan)
{
  place_end_word (scan);
  if (scan->calls->len > 1)
    g_array_set_size (scan->calls, scan->calls->len - 1);
}

static void
place_add (PlaceScan *scan, gsize at, char c)
{
  if (!scan->in_word)
    scan->start = at;
  scan->in_word = TRUE;
  g_string_append_c (scan->word, c);
}

/* Bytes that are quoted, from a mark or bracket at TEXT up to its counterpart or to LEN. 0: none are. */
static gsize
place_quoted_len (const char *text, gsize len, gboolean in_word, gboolean after_call)
{
  char close = *text == '[' ? ']' : *text == '{' ? '}' : *text;
  guint depth = 0;

  if (*text != '"' && *text != '\'' && (in_word || (*text != '[' && *text != '{')))
    return 0;
  for (gsize i = 0; i < len; i++) {
    if (text[i] == '\\' && close != '\'' && !after_call)
      i++;
    else if (i > 0 && text[i] == close && (*text == '"' || *text == '\'' || --depth == 0))
      return i + 1;
    else if (text[i] == *text)
      depth++;
  }
  return len + 1;
}

void
gui_console_line_find (const char *line, gsize cursor, GuiConsolePlace *place)
{
  PlaceScan scan = { g_array_new (FALSE, FALSE, sizeof (OpenCall)), g_string_new (NULL), 0, FALSE };
  OpenCall whole = { NULL, TRUE };
  gsize len = MIN (cursor, strlen (line));

  *place = (GuiConsolePlace){ 0 };
  g_array_set_clear_func (scan.calls, open_call_clear);
  g_array_append_val (scan.calls, whole);
  for (gsize i = 0; i < len; i++) {
    gsize quoted = place_quoted_len (line + i, len - i, scan.in_word, i > 0 && line[i - 1] == ')');

    if (quoted > 0) {
      place_add (&scan, i, line[i]);
      place->quoted = quoted > len - i;
      i += quoted - 1;
    } else if (line[i] == '(') {
      place_open (&scan);
    } else if (line[i] == ')') {
      place_close (&scan);
    } else if (line[i] == ' ' || line[i] == ',' || line[i] == '\t') {
      place_end_word (&scan);
    } else {
      place_add (&scan, i, line[i]);
    }
  }
  place->start = scan.in_word ? scan.start : len;
  place->first = place_last (&scan)->method == NULL;
  if (!place->first && place_last (&scan)->method->len > 0)
    place->method = g_strdup (place_last (&scan)->method->str);
  g_string_free (scan.word, TRUE);
  g_array_unref (scan.calls);
}

void
gui_console_place_clear (GuiConsolePlace *place)
{
  g_clear_pointer (&place->method, g_free);
}
