#include "gui/widgets/warning_list.h"

struct _GuiWarningList {
  GtkBox parent_instance;
};

G_DEFINE_FINAL_TYPE (GuiWarningList, gui_warning_list, GTK_TYPE_BOX)

void
gui_warning_list_clear (GuiWarningList *self)
{
  GtkWidget *row;

  g_return_if_fail (GUI_IS_WARNING_LIST (self));

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_box_remove (GTK_BOX (self), row);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
gui_warning_list_add (GuiWarningList *self, const char *sentence)
{
  GtkWidget *row, *icon, *label;

  g_return_if_fail (GUI_IS_WARNING_LIST (self));
  g_return_if_fail (sentence != NULL);

  row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  icon = g_object_new (GTK_TYPE_IMAGE, "icon-name", "dialog-warning-symbolic", "accessible-role",
                       GTK_ACCESSIBLE_ROLE_PRESENTATION, "valign", GTK_ALIGN_START, NULL);
  label = gtk_label_new (sentence);
  gtk_widget_add_css_class (icon, "warning");
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (self), row);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

static void
gui_warning_list_class_init (GuiWarningListClass *klass)
{
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_ALERT);
}

static void
gui_warning_list_init (GuiWarningList *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 9);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self), "warning-card");
}
