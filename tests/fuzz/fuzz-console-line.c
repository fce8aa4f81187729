/* A line of the console: what is understood can be written with quotation marks everywhere and is then understood in the same
 * way; what is shown of it is valid, and does not grow by more than the marks of what is left out. */
#include <stdlib.h>
#include <string.h>

#include "gui/console/console_secret.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

static gboolean
is_known (const char *method, gpointer data)
{
  return FALSE;
}

static void
append_quoted (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++) {
    if (*text == '"' || *text == '\\')
      g_string_append_c (out, '\\');
    g_string_append_c (out, *text);
  }
  g_string_append_c (out, '"');
}

static void
append_call (GString *out, const GuiConsoleCall *call)
{
  append_quoted (out, call->method);
  g_string_append (out, call->named ? "(-named " : "(");
  for (guint i = 0; i < call->words->len; i++) {
    const GuiConsoleWord *word = g_ptr_array_index (call->words, i);

    if (word->call != NULL)
      append_call (out, word->call);
    else
      append_quoted (out, word->text);
    g_string_append_c (out, ' ');
  }
  g_string_append_c (out, ')');
  for (guint i = 0; i < call->keys->len; i++)
    g_string_append_printf (out, "[%s]", (const char *) g_ptr_array_index (call->keys, i));
}

static char *
write_call (const GuiConsoleCall *call)
{
  GString *out = g_string_new (NULL);

  append_call (out, call);
  return g_string_free (out, FALSE);
}

static void
check_again (const GuiConsoleCall *call)
{
  g_autofree char *text = write_call (call), *text_again = NULL;
  g_autoptr (GuiConsoleCall) again = gui_console_line_parse (text, NULL);

  if (again == NULL)
    abort ();
  text_again = write_call (again);
  if (strcmp (text, text_again) != 0)
    abort ();
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autofree char *raw = g_strndup ((const char *) data, len);
  g_autofree char *line = g_utf8_make_valid (raw, -1), *shown = NULL, *kept = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GuiConsoleCall) call = gui_console_line_parse (line, &error);

  if ((call == NULL) != (error != NULL))
    abort ();
  if (call != NULL)
    check_again (call);
  shown = gui_console_secret_dup_shown (line, call, is_known, NULL);
  kept = gui_console_secret_dup_kept (line, call, is_known, NULL);
  if (!g_utf8_validate (shown, -1, NULL))
    abort ();
  for (gsize cursor = 0; cursor <= strlen (line) && cursor < 64; cursor++) {
    g_auto (GuiConsolePlace) place = { 0 };

    gui_console_line_find (line, cursor, &place);
    if (place.start > cursor || (place.first && place.method != NULL))
      abort ();
  }
  return 0;
}
