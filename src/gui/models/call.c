#include "gui/models/call.h"

#include "gui/models/call_text.h"

#include <string.h>

struct _GuiCall {
  GObject parent_instance;

  guint64 number;
  GuiProcess from, to;
  GuiCallState state;
  gint64 time_us;
  gint64 duration_us;
  guint64 n_sent, n_received;
  char *interface, *member, *path, *error;
  char *sentence;
  char *search; /* all words in lower case; NULL: not needed yet */
};

G_DEFINE_FINAL_TYPE (GuiCall, gui_call, G_TYPE_OBJECT)

static void
gui_call_finalize (GObject *object)
{
  GuiCall *self = GUI_CALL (object);

  g_free (self->interface);
  g_free (self->member);
  g_free (self->path);
  g_free (self->error);
  g_free (self->sentence);
  g_free (self->search);
  G_OBJECT_CLASS (gui_call_parent_class)->finalize (object);
}

static void
gui_call_class_init (GuiCallClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gui_call_finalize;
}

static void
gui_call_init (GuiCall *self)
{
}

GuiCall *
gui_call_new (GuiProcess process, const BusTraceRow *row, guint64 number)
{
  GuiCall *self = g_object_new (GUI_TYPE_CALL, NULL);
  GuiProcess other = gui_process_of_peer (row->peer);

  self->number = number;
  self->from = row->incoming ? other : process;
  self->to = row->incoming ? process : other;
  self->state = row->kind == BUS_TAP_SIGNAL ? GUI_CALL_SIGNAL : GUI_CALL_PENDING;
  self->time_us = row->time_us;
  self->n_sent = row->n_bytes;
  self->interface = g_strdup (row->interface);
  self->member = g_strdup (row->member);
  self->path = g_strdup (row->path);
  self->error = g_strdup ("");
  self->sentence = gui_call_text_dup_sentence (self->from, self->to, row->interface, row->member, row->path);
  return self;
}

void
gui_call_finish (GuiCall *self, const BusTraceRow *row)
{
  g_return_if_fail (GUI_IS_CALL (self));

  self->state = row->kind == BUS_TAP_ERROR ? GUI_CALL_FAILED : GUI_CALL_DONE;
  self->duration_us = row->duration_us;
  self->n_received = row->n_bytes;
  g_free (self->error);
  self->error = g_strdup (row->error);
  g_clear_pointer (&self->search, g_free);
}

void
gui_call_lose (GuiCall *self)
{
  g_return_if_fail (GUI_IS_CALL (self));

  self->state = GUI_CALL_LOST;
}

guint64
gui_call_get_number (GuiCall *self)
{
  return self->number;
}

GuiProcess
gui_call_get_from (GuiCall *self)
{
  return self->from;
}

GuiProcess
gui_call_get_to (GuiCall *self)
{
  return self->to;
}

GuiCallState
gui_call_get_state (GuiCall *self)
{
  return self->state;
}

gint64
gui_call_get_time_us (GuiCall *self)
{
  return self->time_us;
}

gint64
gui_call_get_duration_us (GuiCall *self)
{
  return self->duration_us;
}

guint64
gui_call_get_n_sent (GuiCall *self)
{
  return self->n_sent;
}

guint64
gui_call_get_n_received (GuiCall *self)
{
  return self->n_received;
}

const char *
gui_call_get_interface (GuiCall *self)
{
  return self->interface;
}

const char *
gui_call_get_member (GuiCall *self)
{
  return self->member;
}

const char *
gui_call_get_path (GuiCall *self)
{
  return self->path;
}

const char *
gui_call_get_error (GuiCall *self)
{
  return self->error;
}

const char *
gui_call_get_sentence (GuiCall *self)
{
  return self->sentence;
}

gboolean
gui_call_contains (GuiCall *self, const char *words)
{
  if (self->search == NULL) {
    g_autofree char *all
        = g_strdup_printf ("%s\n%s.%s\n%s\n%s", self->sentence, self->interface, self->member, self->path, self->error);

    self->search = g_utf8_strdown (all, -1);
  }
  return strstr (self->search, words) != NULL;
}
