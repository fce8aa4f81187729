#include "gui/console/console_output.h"

#include "gui/console/console_codes.h"
#include "gui/format.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Of one result, and of all. Longer lines would take too long to lay out. */
#define MAX_RESULT_BYTES 60000
#define MAX_LINE_BYTES 10000
#define MAX_CHARS 400000
#define DIM_ALPHA 0.75f
#define PROMPT "› "

struct _GuiConsoleOutput {
  GtkTextView parent_instance;

  GtkTextTag *size; /* of all text */
  GtkTextTag *line;
  GtkTextTag *dim;
  GtkTextTag *error;
};

G_DEFINE_FINAL_TYPE (GuiConsoleOutput, gui_console_output, GTK_TYPE_TEXT_VIEW)

static void
output_update_colors (GuiConsoleOutput *self)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA text, error;

  gtk_style_context_get_color (context, &text);
  if (!gtk_style_context_lookup_color (context, "error_color", &error))
    error = text;
  text.alpha *= DIM_ALPHA;
  g_object_set (self->dim, "foreground-rgba", &text, NULL);
  g_object_set (self->error, "foreground-rgba", &error, NULL);
}

static void
gui_console_output_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (gui_console_output_parent_class)->css_changed (widget, change);
  output_update_colors (GUI_CONSOLE_OUTPUT (widget));
}

static void
gui_console_output_class_init (GuiConsoleOutputClass *klass)
{
  GTK_WIDGET_CLASS (klass)->css_changed = gui_console_output_css_changed;
}

static void
gui_console_output_init (GuiConsoleOutput *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));

  /* A hyphen at the end of a line would look like a part of a hash or an address. */
  self->size = gtk_text_buffer_create_tag (buffer, NULL, "scale", 1.0, "insert-hyphens", FALSE, NULL);
  self->line = gtk_text_buffer_create_tag (buffer, NULL, "weight", PANGO_WEIGHT_BOLD, NULL);
  self->dim = gtk_text_buffer_create_tag (buffer, NULL, NULL);
  self->error = gtk_text_buffer_create_tag (buffer, NULL, NULL);
}

/* Lines are removed at the beginning when there are too many. */
static void
output_limit (GtkTextBuffer *buffer)
{
  int excess = gtk_text_buffer_get_char_count (buffer) - MAX_CHARS;
  GtkTextIter start, end;

  if (excess <= 0)
    return;
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_get_iter_at_offset (buffer, &end, excess);
  gtk_text_iter_forward_line (&end);
  gtk_text_buffer_delete (buffer, &start, &end);
}

static void
output_add (GuiConsoleOutput *self, const char *text, GtkTextTag *tag)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert_with_tags (buffer, &end, text, -1, self->size, tag, NULL);
}

/* Shows the end, where something was added. */
static void
output_finish (GuiConsoleOutput *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  GtkTextIter end;

  output_limit (buffer);
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_place_cursor (buffer, &end);
  gtk_text_view_scroll_to_mark (GTK_TEXT_VIEW (self), gtk_text_buffer_get_insert (buffer), 0, TRUE, 0, 1);
}

void
gui_console_output_add_line (GuiConsoleOutput *self, const char *line, const char *place)
{
  g_autofree char *prompt = g_strconcat (
      gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self))) > 0 ? "\n" PROMPT : PROMPT, line,
      NULL);
  g_autofree char *where = place != NULL ? g_strconcat ("   ", place, "\n", NULL) : g_strdup ("\n");

  output_add (self, prompt, self->line);
  output_add (self, where, self->dim);
  output_finish (self);
}

/* Characters that a text from outside must not have: it could look like another one. */
static gboolean
output_is_unsafe (gunichar c)
{
  return (g_unichar_iscntrl (c) && c != '\n' && c != '\t') || (c >= 0x202a && c <= 0x202e)
         || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x61c;
}

/* The beginning of the LEN bytes at DATA as it may be shown. *LEFT_OUT: bytes that are not. The caller owns it. */
static char *
output_dup_clean (const char *data, gsize len, gsize *left_out)
{
  GString *clean = g_string_sized_new (MIN (len, MAX_RESULT_BYTES));
  const char *end = data + MIN (len, MAX_RESULT_BYTES);
  gsize in_line = 0;

  *left_out = len - (gsize) (end - data);
  while (data < end) {
    gunichar c = g_utf8_get_char_validated (data, end - data);
    gboolean valid = c != (gunichar) -1 && c != (gunichar) -2;
    const char *next = valid ? g_utf8_next_char (data) : data + 1;

    in_line = c == '\n' ? 0 : in_line + (gsize) (next - data);
    if (in_line > MAX_LINE_BYTES)
      *left_out += (gsize) (next - data);
    else
      g_string_append_unichar (clean, !valid || output_is_unsafe (c) ? 0xfffd : c);
    data = next;
  }
  return g_string_free (clean, FALSE);
}

static void
output_add_bytes (GuiConsoleOutput *self, GBytes *bytes, GtkTextTag *tag)
{
  gsize len, left_out;
  const char *data = g_bytes_get_data (bytes, &len);
  g_autofree char *clean = output_dup_clean (data != NULL ? data : "", len, &left_out);
  g_autofree char *count = gui_format_count (left_out);
  g_autofree char *note = g_strdup_printf (
      g_dngettext (NULL, "… %s more character is not shown.\n", "… %s more characters are not shown.\n", left_out),
      count);

  output_add (self, clean, tag);
  output_add (self, "\n", tag);
  if (left_out > 0)
    output_add (self, note, self->dim);
}

static void
output_add_code (GuiConsoleOutput *self, gint32 code)
{
  const char *meaning = gui_console_code_text (code);
  /* Translators: the number of an error, and what it means: "Error -8: a parameter is missing". */
  g_autofree char *text = meaning != NULL ? g_strdup_printf (_ ("Error %d: %s.\n"), code, meaning)
                                          : g_strdup_printf (_ ("Error %d.\n"), code);

  output_add (self, text, self->dim);
}

void
gui_console_output_add_outcome (GuiConsoleOutput *self, const GuiConsoleOutcome *outcome)
{
  output_add_bytes (self, outcome->result.text, outcome->result.failed ? self->error : self->size);
  if (outcome->result.failed)
    output_add_code (self, outcome->result.code);
  output_finish (self);
}

void
gui_console_output_add_error (GuiConsoleOutput *self, const char *text)
{
  output_add (self, text, self->error);
  output_add (self, "\n", self->error);
  output_finish (self);
}

void
gui_console_output_add_note (GuiConsoleOutput *self, const char *text)
{
  output_add (self, text, self->dim);
  output_add (self, "\n", self->dim);
  output_finish (self);
}

void
gui_console_output_clear (GuiConsoleOutput *self)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self)), "", 0);
}

void
gui_console_output_set_size (GuiConsoleOutput *self, int percent)
{
  g_object_set (self->size, "scale", percent / 100.0, NULL);
}
