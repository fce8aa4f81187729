#include "gui/console/console_input.h"

#include "gui/console/console_line.h"
#include "gui/console/console_run.h"
#include "gui/console/console_suggestions.h"

#include <glib/gi18n.h>

#include <string.h>

/* A word that is a parameter is taken for the beginning of a method only if it is this long. */
#define MIN_INNER_PREFIX 3

struct _GuiConsoleInput {
  GtkWidget parent_instance;

  GuiSession *session;
  GuiConsoleHistory *history; /* borrowed */
  gboolean setting;           /* the text is changed by the program */
  char *explained;            /* the method at the cursor; NULL: none */
  char *running;              /* NULL: nothing runs */

  GtkWidget *box;
  GtkWidget *line_box;
  GtkEntry *entry;
  GtkLabel *hint;
  GtkSpinner *spinner;
  GtkWidget *help_button;
  GtkWidget *run_button;
  GtkWidget *stop_button;
  GuiConsoleSuggestions *suggestions;
};

G_DEFINE_FINAL_TYPE (GuiConsoleInput, gui_console_input, GTK_TYPE_WIDGET)

enum { SIGNAL_RUN, SIGNAL_STOP, SIGNAL_EXPLAIN, N_SIGNALS };

static guint signals[N_SIGNALS];

static const char *
input_text (GuiConsoleInput *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

static gsize
input_cursor (GuiConsoleInput *self)
{
  const char *text = input_text (self);

  return (gsize) (g_utf8_offset_to_pointer (text, gtk_editable_get_position (GTK_EDITABLE (self->entry))) - text);
}

static const GuiRpcMethod *
input_find_method (GuiConsoleInput *self, const char *name)
{
  GuiWorker worker;

  if (name == NULL || !gui_console_run_find (self->session, name, &worker))
    return NULL;
  return gui_rpc_client_find_method (gui_session_get_rpc (self->session, worker), name);
}

/* The method to explain: the one whose name or whose parameters are at the cursor. */
static const GuiRpcMethod *
input_find_explained (GuiConsoleInput *self)
{
  g_auto (GuiConsolePlace) place = { 0 };
  g_autofree char *word = NULL;
  const char *text = input_text (self);
  gsize cursor = input_cursor (self);

  gui_console_line_find (text, cursor, &place);
  word = g_strndup (text + place.start, cursor - place.start);
  if (place.first || g_strcmp0 (place.method, "help") == 0)
    return input_find_method (self, word);
  return input_find_method (self, place.method);
}

static void
input_update_hint (GuiConsoleInput *self)
{
  const GuiRpcMethod *method = input_find_explained (self);
  g_autofree char *running = self->running != NULL ? g_strdup_printf (_ ("%s is running…"), self->running) : NULL;

  g_free (self->explained);
  self->explained = method != NULL ? g_strdup (method->name) : NULL;
  gtk_label_set_text (self->hint, running != NULL ? running : method != NULL ? method->usage : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->hint), running == NULL && method != NULL ? method->usage : NULL);
  gtk_widget_set_visible (self->help_button, running == NULL && method != NULL);
}

/* The beginning of a method's name at the cursor, owned by the caller. NULL: there is none. */
static char *
input_dup_prefix (GuiConsoleInput *self)
{
  g_auto (GuiConsolePlace) place = { 0 };
  const char *text = input_text (self);
  gsize cursor = input_cursor (self), len;

  gui_console_line_find (text, cursor, &place);
  len = cursor - place.start;
  if (place.quoted || len == 0)
    return NULL;
  if (!place.first && g_strcmp0 (place.method, "help") != 0 && (len < MIN_INNER_PREFIX || place.method == NULL))
    return NULL;
  return g_strndup (text + place.start, len);
}

static void
input_update_suggestions (GuiConsoleInput *self)
{
  g_autofree char *prefix = input_dup_prefix (self);

  gui_console_suggestions_show (self->suggestions, prefix);
}

static void
input_hide_suggestions (GuiConsoleInput *self)
{
  gui_console_suggestions_show (self->suggestions, NULL);
}

static void
input_set_text (GuiConsoleInput *self, const char *text)
{
  self->setting = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  self->setting = FALSE;
  input_hide_suggestions (self);
  input_update_hint (self);
}

/* The word at the cursor becomes NAME. */
static void
input_complete (GuiConsoleInput *self, const char *name)
{
  GtkEditable *editable = GTK_EDITABLE (self->entry);
  g_auto (GuiConsolePlace) place = { 0 };
  g_autofree char *whole = NULL;
  const char *text = input_text (self);
  int start, end = gtk_editable_get_position (editable);

  gui_console_line_find (text, input_cursor (self), &place);
  start = (int) g_utf8_pointer_to_offset (text, text + place.start);
  whole = g_strconcat (name, place.first ? " " : g_strcmp0 (place.method, "help") == 0 ? "" : "(", NULL);
  self->setting = TRUE;
  gtk_editable_delete_text (editable, start, end);
  gtk_editable_insert_text (editable, whole, -1, &start);
  gtk_editable_set_position (editable, start);
  self->setting = FALSE;
  input_hide_suggestions (self);
  input_update_hint (self);
}

static void
input_chosen_cb (GuiConsoleInput *self, const char *name)
{
  input_complete (self, name);
}

static void
on_changed (GuiConsoleInput *self)
{
  if (self->session == NULL || self->setting)
    return;
  input_update_hint (self);
}

/* After "changed", when the cursor is where the text was typed. */
static void
on_cursor (GuiConsoleInput *self)
{
  if (self->session == NULL || self->setting)
    return;
  input_update_hint (self);
  input_update_suggestions (self);
}

static void
on_run (GuiConsoleInput *self)
{
  g_autofree char *line = NULL;

  input_hide_suggestions (self);
  if (self->running != NULL || input_text (self)[strspn (input_text (self), " \t")] == '\0')
    return;
  g_signal_emit (self, signals[SIGNAL_RUN], 0, input_text (self));
}

/* Enter chooses a suggestion only if one was selected. */
static void
on_activate (GuiConsoleInput *self)
{
  const char *selected = gui_console_suggestions_get_selected (self->suggestions);
  g_autofree char *name = g_strdup (selected);

  if (name != NULL)
    input_complete (self, name);
  else
    on_run (self);
}

static void
on_stop_clicked (GuiConsoleInput *self)
{
  g_signal_emit (self, signals[SIGNAL_STOP], 0);
}

static void
on_help_clicked (GuiConsoleInput *self)
{
  g_autofree char *method = g_strdup (self->explained);

  if (method != NULL && self->running == NULL)
    g_signal_emit (self, signals[SIGNAL_EXPLAIN], 0, method);
}

/* The arrow keys: within the suggestions while they are shown, otherwise to the lines that were run. */
static void
input_move (GuiConsoleInput *self, gboolean down)
{
  const char *line;

  if (gui_console_suggestions_are_shown (self->suggestions)) {
    gui_console_suggestions_move (self->suggestions, down);
    return;
  }
  line = down ? gui_console_history_go_on (self->history)
              : gui_console_history_go_back (self->history, input_text (self));
  if (line != NULL)
    input_set_text (self, line);
}

/* FALSE: Tab moves the focus. */
static gboolean
input_tab (GuiConsoleInput *self)
{
  g_autofree char *name = g_strdup (gui_console_suggestions_get_best (self->suggestions));

  if (name != NULL)
    input_complete (self, name);
  return name != NULL;
}

/* FALSE: there was nothing to leave. */
static gboolean
input_escape (GuiConsoleInput *self)
{
  gboolean shown = gui_console_suggestions_are_shown (self->suggestions);

  if (shown)
    input_hide_suggestions (self);
  else if (self->running != NULL)
    on_stop_clicked (self);
  return shown || self->running != NULL;
}

static gboolean
input_key_cb (GuiConsoleInput *self, guint key, guint code, GdkModifierType modifiers)
{
  if ((modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  switch (key) {
  case GDK_KEY_Up:
  case GDK_KEY_KP_Up:
    input_move (self, FALSE);
    return GDK_EVENT_STOP;
  case GDK_KEY_Down:
  case GDK_KEY_KP_Down:
    input_move (self, TRUE);
    return GDK_EVENT_STOP;
  case GDK_KEY_Tab:
    return input_tab (self);
  case GDK_KEY_Escape:
    return input_escape (self);
  case GDK_KEY_F1:
    on_help_clicked (self);
    return GDK_EVENT_STOP;
  default:
    return GDK_EVENT_PROPAGATE;
  }
}

static void
input_leave_cb (GuiConsoleInput *self)
{
  input_hide_suggestions (self);
}

static void
gui_console_input_dispose (GObject *object)
{
  GuiConsoleInput *self = GUI_CONSOLE_INPUT (object);

  if (self->suggestions != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->suggestions));
  self->suggestions = NULL;
  g_clear_object (&self->session);
  g_clear_pointer (&self->explained, g_free);
  g_clear_pointer (&self->running, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_CONSOLE_INPUT);

  G_OBJECT_CLASS (gui_console_input_parent_class)->dispose (object);
}

static void
gui_console_input_class_init (GuiConsoleInputClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = GUI_TYPE_CONSOLE_INPUT;

  G_OBJECT_CLASS (klass)->dispose = gui_console_input_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/console/console_input.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiConsoleInput, box);
  gtk_widget_class_bind_template_child (widget_class, GuiConsoleInput, line_box);
  gtk_widget_class_bind_template_child (widget_class, GuiConsoleInput, entry);
  gtk_widget_class_bind_template_child (widget_class, GuiConsoleInput, hint);
  gtk_widget_class_bind_template_child (widget_class, GuiConsoleInput, spinner);
  gtk_widget_class_bind_template_child (widget_class, GuiConsoleInput, help_button);
  gtk_widget_class_bind_template_child (widget_class, GuiConsoleInput, run_button);
  gtk_widget_class_bind_template_child (widget_class, GuiConsoleInput, stop_button);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_cursor);
  gtk_widget_class_bind_template_callback (widget_class, on_help_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_run);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_clicked);
  signals[SIGNAL_RUN] = g_signal_new ("run", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                      G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SIGNAL_STOP] = g_signal_new ("stop", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_EXPLAIN]
      = g_signal_new ("explain", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
gui_console_input_init (GuiConsoleInput *self)
{
  GtkEventController *keys = gtk_event_controller_key_new (), *focus = gtk_event_controller_focus_new ();
  g_autoptr (GtkEntryBuffer) buffer = gtk_password_entry_buffer_new (); /* in memory that is not swapped */

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_entry_set_buffer (self->entry, buffer);
  self->suggestions = g_object_new (GUI_TYPE_CONSOLE_SUGGESTIONS, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->suggestions), self->line_box);
  g_signal_connect_object (self->suggestions, "chosen", G_CALLBACK (input_chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (input_key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (input_leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), focus);
}

void
gui_console_input_set_up (GuiConsoleInput *self, GuiSession *session, GuiConsoleHistory *history)
{
  g_return_if_fail (GUI_IS_CONSOLE_INPUT (self));

  g_set_object (&self->session, session);
  self->history = history;
  gui_console_suggestions_set_session (self->suggestions, session);
}

void
gui_console_input_set_running (GuiConsoleInput *self, const char *running)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  gboolean busy = running != NULL;

  g_return_if_fail (GUI_IS_CONSOLE_INPUT (self));

  g_free (self->running);
  self->running = g_strdup (running);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_visible (self->run_button, !busy);
  gtk_widget_set_visible (self->stop_button, busy);
  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  input_update_hint (self);
}

void
gui_console_input_clear (GuiConsoleInput *self)
{
  input_set_text (self, "");
}
