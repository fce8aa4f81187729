#include "gui/widgets/names.h"

#include <glib/gi18n.h>

/* Widgets that are labelled by another one would have both names. */
static void
names_set (GtkWidget *widget, const char *name)
{
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
gui_name_lists (GtkWidget *root, const char *name)
{
  g_return_if_fail (GTK_IS_WIDGET (root));
  g_return_if_fail (name != NULL);

  if (GTK_IS_LIST_BOX (root) || GTK_IS_LIST_VIEW (root))
    names_set (root, name);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    gui_name_lists (child, name);
}

void
gui_name_buttons (GtkWidget *root)
{
  g_return_if_fail (GTK_IS_WIDGET (root));

  if (GTK_IS_BUTTON (root) && gtk_button_get_label (GTK_BUTTON (root)) != NULL)
    names_set (root, gtk_button_get_label (GTK_BUTTON (root)));
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    gui_name_buttons (child);
}

/* The text of the first label below WIDGET; NULL if there is none. */
static const char *
names_find_text (GtkWidget *widget)
{
  const char *text = GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget)) : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && text == NULL;
       child = gtk_widget_get_next_sibling (child))
    text = names_find_text (child);
  return text;
}

/* GtkListView does not name its rows. */
static void
names_name_items (GtkWidget *root)
{
  const char *text = GTK_IS_LIST_VIEW (gtk_widget_get_parent (root)) ? names_find_text (root) : NULL;

  if (text != NULL)
    names_set (root, text);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    names_name_items (child);
}

static void
combo_changed_cb (AdwComboRow *combo)
{
  GObject *item = adw_combo_row_get_selected_item (combo);
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (combo));
  const char *value = GTK_IS_STRING_OBJECT (item) ? gtk_string_object_get_string (GTK_STRING_OBJECT (item)) : "";
  /* Translators: the title of a choice, and what is chosen. */
  g_autofree char *name = g_strdup_printf (_ ("%s: %s"), title, value);

  names_set (GTK_WIDGET (combo), name);
}

/* The list that shows the chosen item only repeats the name; the one in the popover has its rows when it is shown. */
static void
combo_prepare_lists (GtkWidget *root)
{
  if (GTK_IS_POPOVER (root)) {
    g_signal_connect_after (root, "map", G_CALLBACK (names_name_items), NULL);
    return;
  }
  if (GTK_IS_LIST_VIEW (root))
    gtk_accessible_update_state (GTK_ACCESSIBLE (root), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    combo_prepare_lists (child);
}

void
gui_name_combo (AdwComboRow *combo)
{
  g_return_if_fail (ADW_IS_COMBO_ROW (combo));

  g_signal_connect (combo, "notify::selected-item", G_CALLBACK (combo_changed_cb), NULL);
  combo_prepare_lists (GTK_WIDGET (combo));
  combo_changed_cb (combo);
}

void
gui_name_field (AdwEntryRow *row, const char *name)
{
  g_return_if_fail (ADW_IS_ENTRY_ROW (row));
  g_return_if_fail (name != NULL);

  names_set (GTK_WIDGET (row), name);
}

GtkWidget *
gui_new_decoration (const char *icon_name)
{
  return g_object_new (GTK_TYPE_IMAGE, "icon-name", icon_name, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                       NULL);
}
