#include "gui/processes/process_box.h"

#include "gui/models/call_text.h"
#include "gui/processes/process_text.h"
#include "gui/widgets/css_class.h"

#include <glib/gi18n.h>

struct _GuiProcessBox {
  GtkWidget parent_instance;

  GuiProcess process;
  GtkWidget *button;
  GtkWidget *dot;
  GtkLabel *state;
  GtkLabel *use;
  GtkLabel *parent;
  GtkLabel *details;
};

G_DEFINE_FINAL_TYPE (GuiProcessBox, gui_process_box, GTK_TYPE_WIDGET)

static void
gui_process_box_dispose (GObject *object)
{
  g_clear_pointer (&GUI_PROCESS_BOX (object)->button, gtk_widget_unparent);
  G_OBJECT_CLASS (gui_process_box_parent_class)->dispose (object);
}

static void
gui_process_box_class_init (GuiProcessBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gui_process_box_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "processbox");
}

static GtkLabel *
process_box_add_label (GtkWidget *box, const char *style)
{
  GtkWidget *label = gtk_label_new ("");

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_width_chars (GTK_LABEL (label), 14);
  gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static GtkWidget *
process_box_make_popover (GuiProcessBox *self)
{
  GtkWidget *popover = gtk_popover_new (), *label = gtk_label_new ("");

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 40);
  gtk_popover_set_child (GTK_POPOVER (popover), label);
  self->details = GTK_LABEL (label);
  return popover;
}

static void
gui_process_box_init (GuiProcessBox *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->dot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_set_valign (self->dot, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->dot, "node-dot");
  gtk_box_append (GTK_BOX (top), self->dot);
  gtk_box_append (GTK_BOX (box), top);
  self->state = process_box_add_label (box, "process-state");
  self->use = process_box_add_label (box, "process-use");
  self->parent = process_box_add_label (box, "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->parent), "caption");

  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_child (GTK_MENU_BUTTON (self->button), box);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), process_box_make_popover (self));
  for (GtkWidget *inner = box; inner != self->button; inner = gtk_widget_get_parent (inner)) {
    gtk_widget_set_hexpand (inner, TRUE);
    gtk_widget_set_halign (inner, GTK_ALIGN_FILL);
  }
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
}

GtkWidget *
gui_process_box_new (GuiProcess process)
{
  GuiProcessBox *self = g_object_new (GUI_TYPE_PROCESS_BOX, NULL);
  GtkWidget *title = gtk_label_new (gui_call_text_title (process));

  self->process = process;
  gtk_widget_add_css_class (title, "heading");
  gtk_widget_insert_after (title, gtk_widget_get_parent (self->dot), self->dot);
  gui_process_box_show (self, GUI_WORKER_STOPPED, TRUE, NULL);
  return GTK_WIDGET (self);
}

static void
process_box_set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
}

void
gui_process_box_show (GuiProcessBox *self, GuiWorkerState state, gboolean local, const GuiProcessStatus *status)
{
  g_autofree char *use = NULL, *details = NULL, *name = NULL;
  gboolean running = state == GUI_WORKER_RUNNING;

  g_return_if_fail (GUI_IS_PROCESS_BOX (self));

  use = status != NULL ? gui_process_text_dup_use (status) : g_strdup ("");
  details = status != NULL ? gui_process_text_dup_details (status) : g_strdup (_ ("Nothing else is known now."));
  name = g_strdup_printf ("%s: %s%s%s", gui_call_text_title (self->process), gui_process_text_state (state, local),
                          *use != '\0' ? ", " : "", use);
  gtk_label_set_text (self->state, gui_process_text_state (state, local));
  process_box_set_text (self->use, use);
  process_box_set_text (self->parent, status != NULL ? gui_process_text_parent (self->process, status) : "");
  if (g_strcmp0 (gtk_label_get_text (self->details), details) != 0)
    gtk_label_set_text (self->details, details);
  gui_set_css_class (self->dot, "ready", running);
  gui_set_css_class (self->dot, "syncing", state == GUI_WORKER_STARTING || state == GUI_WORKER_WRONG);
  gui_set_css_class (self->dot, "stopped", !running && state != GUI_WORKER_STARTING && state != GUI_WORKER_WRONG);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}
