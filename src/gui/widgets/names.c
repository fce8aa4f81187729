#include "gui/widgets/names.h"

void
gui_name_lists (GtkWidget *root, const char *name)
{
  g_return_if_fail (GTK_IS_WIDGET (root));
  g_return_if_fail (name != NULL);

  if (GTK_IS_LIST_BOX (root) || GTK_IS_LIST_VIEW (root))
    gtk_accessible_update_property (GTK_ACCESSIBLE (root), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    gui_name_lists (child, name);
}
