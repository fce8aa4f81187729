#include "gui/console/console_line.h"

#include <string.h>

#include <glib/gi18n.h>

#include "common/secret.h"

#define MAX_DEPTH 16
#define MAX_METHOD 64
#define MAX_KEYS 64
#define NAMED "-named"

typedef struct {
  const char *line;
  const char *at;
  guint depth;    /* of calls within each other */
  GError **error; /* not NULL */
} Parser;

static void
wiped_free (gpointer data)
{
  char *text = data;

  if (text != NULL)
    common_secret_wipe (text, strlen (text));
  g_free (text);
}

static void
console_word_free (gpointer data)
{
  GuiConsoleWord *word = data;

  wiped_free (word->text);
  g_clear_pointer (&word->call, gui_console_call_free);
  g_free (word);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiConsoleWord, console_word_free)

static GuiConsoleCall *
console_call_new (void)
{
  GuiConsoleCall *call = g_new0 (GuiConsoleCall, 1);

  call->words = g_ptr_array_new_with_free_func (console_word_free);
  call->keys = g_ptr_array_new_with_free_func (wiped_free);
  return call;
}

void
gui_console_call_free (GuiConsoleCall *call)
{
  if (call == NULL)
    return;
  wiped_free (call->method);
  g_ptr_array_unref (call->words);
  g_ptr_array_unref (call->keys);
  g_free (call);
}

void
gui_console_word_set_text (GuiConsoleWord *word, const char *text)
{
  g_clear_pointer (&word->call, gui_console_call_free);
  wiped_free (word->text);
  word->text = g_strdup (text);
}

static gboolean
line_fail (Parser *parser, const char *text)
{
  g_set_error_literal (parser->error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, text);
  return FALSE;
}

static gboolean
line_is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static gboolean
line_ends_word (char c)
{
  return c == '\0' || c == ',' || c == ')' || line_is_space (c);
}

static void
line_skip_space (Parser *parser)
{
  while (line_is_space (*parser->at))
    parser->at++;
}

/* Appends what is within quotation marks, of which the first one is at the place of PARSER. */
static gboolean
line_read_quoted (Parser *parser, GString *text)
{
  char mark = *parser->at++;

  for (; *parser->at != mark; parser->at++) {
    if (mark == '"' && *parser->at == '\\' && (parser->at[1] == '"' || parser->at[1] == '\\'))
      parser->at++;
    if (*parser->at == '\0')
      return line_fail (parser, _ ("A quotation mark is missing at the end of a text."));
    g_string_append_c (text, *parser->at);
  }
  parser->at++;
  return TRUE;
}

/* The end of the JSON list or object at TEXT; NULL if it has none. What is in it is not checked. */
static const char *
line_find_json_end (const char *text)
{
  gboolean quoted = FALSE;
  guint depth = 0;

  for (; *text != '\0'; text++) {
    if (quoted && *text == '\\' && text[1] != '\0')
      text++;
    else if (*text == '"')
      quoted = !quoted;
    else if (!quoted && (*text == '[' || *text == '{'))
      depth++;
    else if (!quoted && (*text == ']' || *text == '}') && --depth == 0)
      return text + 1;
  }
  return NULL;
}

static gboolean
line_read_json (Parser *parser, GString *text)
{
  const char *end = line_find_json_end (parser->at);

  if (end == NULL)
    return line_fail (parser, _ ("The bracket of a list or object is not closed."));
  g_string_append_len (text, parser->at, end - parser->at);
  parser->at = end;
  return TRUE;
}

static gboolean
line_starts_json (const GString *text, const char *at, gboolean quoted, gboolean named)
{
  if (*at != '[' && *at != '{')
    return FALSE;
  return (text->len == 0 && !quoted) || (named && text->len > 0 && text->str[text->len - 1] == '=');
}

/* Reads a word into TEXT, up to what ends it, or up to the bracket of the call whose method it names. *QUOTED: it has
 * quotation marks. */
static gboolean
line_read_text (Parser *parser, gboolean named, GString *text, gboolean *quoted)
{
  *quoted = FALSE;
  while (!line_ends_word (*parser->at) && *parser->at != '(') {
    if (*parser->at == '"' || *parser->at == '\'') {
      *quoted = TRUE;
      if (!line_read_quoted (parser, text))
        return FALSE;
    } else if (line_starts_json (text, parser->at, *quoted, named)) {
      if (!line_read_json (parser, text))
        return FALSE;
    } else {
      if (*parser->at == '\\' && *++parser->at == '\0')
        return line_fail (parser, _ ("The line ends with a backslash, which quotes the character after it."));
      g_string_append_c (text, *parser->at++);
    }
  }
  return TRUE;
}

static gboolean
line_check_method (Parser *parser, const char *name)
{
  if (*name == '\0')
    return line_fail (
        parser, _ ("The name of a method is missing before a bracket. Quotation marks keep the brackets of a text."));
  if (strlen (name) > MAX_METHOD)
    return line_fail (parser,
                      _ ("A method does not have such a long name. Quotation marks keep the brackets of a text."));
  return TRUE;
}

static gboolean
line_read_keys (Parser *parser, GuiConsoleCall *call)
{
  while (*parser->at == '[') {
    gsize len = strcspn (++parser->at, "]");

    if (parser->at[len] == '\0')
      return line_fail (parser, _ ("A square bracket is not closed."));
    if (len == 0)
      return line_fail (parser, _ ("A name or a number is missing between square brackets."));
    if (call->keys->len == MAX_KEYS)
      return line_fail (parser, _ ("There are too many square brackets."));
    g_ptr_array_add (call->keys, g_strndup (parser->at, len));
    parser->at += len + 1;
  }
  return line_ends_word (*parser->at) || line_fail (parser, _ ("Put a space after the result of a method."));
}

static gboolean line_read_words (Parser *parser, GuiConsoleCall *call, char end);

/* The rest of a call after its name, from the bracket on. */
static gboolean
line_read_call (Parser *parser, GuiConsoleCall *call)
{
  if (!line_check_method (parser, call->method))
    return FALSE;
  if (parser->depth == MAX_DEPTH)
    return line_fail (parser, _ ("There are too many methods within each other."));
  parser->at++;
  parser->depth++;
  if (!line_read_words (parser, call, ')'))
    return FALSE;
  if (*parser->at != ')')
    return line_fail (parser, _ ("A closing bracket is missing."));
  parser->depth--;
  call->end = (gsize) (++parser->at - parser->line);
  return line_read_keys (parser, call);
}

/* The next word. NULL with an error. */
static GuiConsoleWord *
line_read_word (Parser *parser, gboolean named, gboolean *quoted)
{
  g_autoptr (GuiConsoleWord) word = g_new0 (GuiConsoleWord, 1);
  GString *text = g_string_sized_new (strlen (parser->at)); /* it does not grow, which would leave copies of a secret */
  gboolean read = line_read_text (parser, named, text, quoted), is_call = *parser->at == '(';

  word->text = g_string_free (text, FALSE);
  if (!read)
    return NULL;
  if (!is_call)
    return g_steal_pointer (&word);
  word->call = console_call_new ();
  word->call->method = g_steal_pointer (&word->text);
  word->call->name_end = (gsize) (parser->at - parser->line);
  if (!line_read_call (parser, word->call))
    return NULL;
  return g_steal_pointer (&word);
}

static gboolean
line_is_option (const GuiConsoleWord *word, gboolean quoted, const char *text)
{
  return !quoted && word->call == NULL && g_str_equal (word->text, text);
}

/* The words of CALL up to END, a bracket or the end of the line, which is not read. */
static gboolean
line_read_words (Parser *parser, GuiConsoleCall *call, char end)
{
  gboolean comma = FALSE;

  for (;;) {
    g_autoptr (GuiConsoleWord) word = NULL;
    gboolean quoted;

    line_skip_space (parser);
    if (*parser->at == '\0' || *parser->at == end)
      return !comma || line_fail (parser, _ ("A word is missing after a comma."));
    if (*parser->at == ')')
      return line_fail (parser, _ ("A closing bracket has no opening one."));
    if (*parser->at == ',')
      return line_fail (parser, _ ("A word is missing before a comma."));
    word = line_read_word (parser, call->named, &quoted);
    if (word == NULL)
      return FALSE;
    if (call->words->len == 0 && !call->named && line_is_option (word, quoted, NAMED))
      call->named = TRUE;
    else
      g_ptr_array_add (call->words, g_steal_pointer (&word));
    line_skip_space (parser);
    comma = *parser->at == ',';
    if (comma)
      parser->at++;
  }
}

/* A line of one call with brackets: nothing may follow it. */
static GuiConsoleCall *
line_end_call (Parser *parser, GuiConsoleWord *word)
{
  line_skip_space (parser);
  if (*parser->at == '\0')
    return g_steal_pointer (&word->call);
  line_fail (parser, _ ("One line is one command: nothing may follow its closing bracket."));
  return NULL;
}

static gboolean
line_is_program (const GuiConsoleWord *word, gboolean quoted)
{
  return line_is_option (word, quoted, "bitcoin-cli") || line_is_option (word, quoted, "moneyrocket-cli");
}

/* The first word that is neither the name of the client nor an option; NULL with an error. */
static GuiConsoleWord *
line_read_first (Parser *parser, gboolean *named)
{
  for (gboolean started = FALSE;; started = TRUE) {
    g_autoptr (GuiConsoleWord) word = NULL;
    gboolean quoted;

    line_skip_space (parser);
    if (*parser->at == ')' || *parser->at == ',' || *parser->at == '\0') {
      line_fail (parser, _ ("A line begins with the name of a method. “help” lists all."));
      return NULL;
    }
    word = line_read_word (parser, FALSE, &quoted);
    if (word == NULL)
      return NULL;
    if (!*named && line_is_option (word, quoted, NAMED))
      *named = TRUE;
    else if (started || !line_is_program (word, quoted))
      return g_steal_pointer (&word);
  }
}

GuiConsoleCall *
gui_console_line_parse (const char *line, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GuiConsoleCall) call = console_call_new ();
  g_autoptr (GuiConsoleWord) first = NULL;
  Parser parser = { line, line, 0, &problem };
  GuiConsoleCall *parsed = NULL;

  first = line_read_first (&parser, &call->named);
  if (first != NULL && first->call != NULL) {
    parsed = line_end_call (&parser, first);
  } else if (first != NULL && line_check_method (&parser, first->text)) {
    call->method = g_steal_pointer (&first->text);
    call->name_end = (gsize) (parser.at - line);
    if (*parser.at == ',') /* as in "getblockhash,0" */
      parser.at++;
    if (line_read_words (&parser, call, '\0'))
      parsed = g_steal_pointer (&call);
  }
  if (parsed == NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  else if (parsed->end == 0)
    parsed->end = strlen (line);
  return parsed;
}
