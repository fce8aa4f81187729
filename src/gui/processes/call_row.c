#include "gui/processes/call_row.h"

#include "gui/models/call_model.h"
#include "gui/models/call_text.h"
#include "gui/widgets/css_class.h"

#include <glib/gi18n.h>

struct _GuiCallRow {
  GtkButton parent_instance;

  GuiCall *call;
  GtkLabel *sentence;
  GtkLabel *time;
  GtkLabel *result;
};

G_DEFINE_FINAL_TYPE (GuiCallRow, gui_call_row, GTK_TYPE_BUTTON)

static void
gui_call_row_dispose (GObject *object)
{
  g_clear_object (&GUI_CALL_ROW (object)->call);
  G_OBJECT_CLASS (gui_call_row_parent_class)->dispose (object);
}

static void
gui_call_row_class_init (GuiCallRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gui_call_row_dispose;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "callrow");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static GtkLabel *
call_row_add_label (GtkWidget *box, const char *style)
{
  GtkWidget *label = gtk_label_new ("");

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static void
gui_call_row_init (GuiCallRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *below = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->sentence = call_row_add_label (box, "call-sentence");
  gtk_label_set_wrap (self->sentence, TRUE);
  gtk_label_set_wrap_mode (self->sentence, PANGO_WRAP_WORD_CHAR);
  self->time = call_row_add_label (below, "dim-label");
  self->result = call_row_add_label (below, "call-result");
  gtk_widget_set_hexpand (GTK_WIDGET (self->result), TRUE);
  gtk_label_set_xalign (self->result, 1);
  gtk_box_append (GTK_BOX (box), below);
  gtk_button_set_child (GTK_BUTTON (self), box);
}

GtkWidget *
gui_call_row_new (void)
{
  return g_object_new (GUI_TYPE_CALL_ROW, NULL);
}

/* "14:03:27.150", as in logs: only the order and the distances count. */
static char *
call_row_dup_time (GuiCall *call)
{
  gint64 time_us = gui_call_get_time_us (call);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (CLAMP (time_us / G_USEC_PER_SEC, 0, G_MAXINT32));
  g_autofree char *text = g_date_time_format (time, "%H:%M:%S");

  return g_strdup_printf ("%s.%03d", text, (int) (time_us / 1000 % 1000));
}

static char *
call_row_dup_result (GuiCall *call)
{
  g_autofree char *duration = gui_call_text_dup_duration (gui_call_get_duration_us (call));

  switch (gui_call_get_state (call)) {
  case GUI_CALL_PENDING:
    return g_strdup (_ ("No answer yet"));
  case GUI_CALL_DONE:
    return g_steal_pointer (&duration);
  case GUI_CALL_FAILED:
    /* Translators: %s is a duration. */
    return g_strdup_printf (_ ("Failed · %s"), duration);
  case GUI_CALL_LOST:
    return g_strdup (_ ("Not answered"));
  case GUI_CALL_SIGNAL:
    return g_strdup (_ ("News"));
  }
  return NULL;
}

void
gui_call_row_show (GuiCallRow *self, GuiCall *call)
{
  g_autofree char *time = call_row_dup_time (call), *result = call_row_dup_result (call), *name = NULL;
  GuiCallState state = gui_call_get_state (call);

  g_return_if_fail (GUI_IS_CALL_ROW (self));

  if (!g_set_object (&self->call, call) && g_str_equal (gtk_label_get_text (self->result), result))
    return;
  gtk_label_set_text (self->sentence, gui_call_get_sentence (call));
  gtk_label_set_text (self->time, time);
  gtk_label_set_text (self->result, result);
  gui_set_css_class (GTK_WIDGET (self->result), "error", state == GUI_CALL_FAILED || state == GUI_CALL_LOST);
  gui_set_css_class (GTK_WIDGET (self->result), "slow", gui_call_get_duration_us (call) >= GUI_CALL_MODEL_SLOW_US);
  name = g_strdup_printf ("%s, %s", gui_call_get_sentence (call), result);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

GuiCall *
gui_call_row_get_call (GuiCallRow *self)
{
  g_return_val_if_fail (GUI_IS_CALL_ROW (self), NULL);
  return self->call;
}
