#include "gui/console/console_history.h"

#include <string.h>

#include "common/secret.h"
#include "gui/prefs.h"

#define MAX_LINES 100
#define MAX_LINE_BYTES 2000

struct _GuiConsoleHistory {
  char *network;
  GPtrArray *lines; /* oldest first */
  guint at;         /* the line that is shown; the number of lines: what is being typed */
  char *typed;      /* that, while another line is shown */
};

GuiConsoleHistory *
gui_console_history_new (const char *network)
{
  GuiConsoleHistory *self = g_new0 (GuiConsoleHistory, 1);
  g_auto (GStrv) lines = gui_prefs_dup_console_lines (gui_prefs_get_default (), network);
  guint n = g_strv_length (lines);

  self->network = g_strdup (network);
  self->lines = g_ptr_array_new_with_free_func (g_free);
  for (guint i = n > MAX_LINES ? n - MAX_LINES : 0; i < n; i++)
    g_ptr_array_add (self->lines, g_strdup (lines[i]));
  self->at = self->lines->len;
  return self;
}

/* It may hold a secret. */
static void
history_forget_typed (GuiConsoleHistory *self)
{
  if (self->typed != NULL)
    common_secret_wipe (self->typed, strlen (self->typed));
  g_clear_pointer (&self->typed, g_free);
}

void
gui_console_history_free (GuiConsoleHistory *self)
{
  if (self == NULL)
    return;
  history_forget_typed (self);
  g_ptr_array_unref (self->lines);
  g_free (self->network);
  g_free (self);
}

static void
history_save (GuiConsoleHistory *self)
{
  g_autofree const char **lines = g_new0 (const char *, self->lines->len + 1);

  for (guint i = 0; i < self->lines->len; i++)
    lines[i] = g_ptr_array_index (self->lines, i);
  gui_prefs_set_console_lines (gui_prefs_get_default (), self->network, lines);
}

void
gui_console_history_add (GuiConsoleHistory *self, const char *line)
{
  guint index;

  history_forget_typed (self);
  if (line != NULL && strlen (line) <= MAX_LINE_BYTES) {
    if (g_ptr_array_find_with_equal_func (self->lines, line, g_str_equal, &index))
      g_ptr_array_remove_index (self->lines, index);
    if (self->lines->len == MAX_LINES)
      g_ptr_array_remove_index (self->lines, 0);
    g_ptr_array_add (self->lines, g_strdup (line));
    history_save (self);
  }
  self->at = self->lines->len;
}

const char *
gui_console_history_go_back (GuiConsoleHistory *self, const char *typed)
{
  if (self->at == 0)
    return NULL;
  if (self->at == self->lines->len) {
    history_forget_typed (self);
    self->typed = g_strdup (typed);
  }
  return g_ptr_array_index (self->lines, --self->at);
}

const char *
gui_console_history_go_on (GuiConsoleHistory *self)
{
  if (self->at == self->lines->len)
    return NULL;
  return ++self->at < self->lines->len ? g_ptr_array_index (self->lines, self->at) : self->typed;
}

void
gui_console_history_clear (GuiConsoleHistory *self)
{
  history_forget_typed (self);
  g_ptr_array_set_size (self->lines, 0);
  self->at = 0;
  history_save (self);
}
