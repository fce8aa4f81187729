#include "gui/window/prefs_window.h"

#include "common/file.h"
#include "gui/connection/connection_page.h"
#include "gui/network_text.h"
#include "gui/prefs.h"
#include "gui/start/check.h"
#include "gui/widgets/names.h"
#include "gui/widgets/stack_pages.h"
#include "gui/window/advanced_page.h"

#include <glib/gi18n.h>

struct _GuiPrefsWindow {
  AdwPreferencesWindow parent_instance;

  gboolean loading; /* the widgets are being set to the preferences */

  AdwComboRow *unit_row;
  GtkSwitch *hide_switch;
  AdwComboRow *theme_row;
  GtkWidget *network_group;
  GtkWidget *amounts_group;
  GtkWidget *look_group;
  GtkWidget *storage_group;
  AdwActionRow *network_row;
  GtkWidget *network_button;
  AdwActionRow *folder_row;
  AdwActionRow *free_row;
  GtkWidget *general_page;
  GuiConnectionPage *connection_page;
};

G_DEFINE_FINAL_TYPE (GuiPrefsWindow, gui_prefs_window, ADW_TYPE_PREFERENCES_WINDOW)

/* The platform's own pages, such as that of a search without a result, are not read out while they are hidden. */
static void
hide_unmapped_pages (GtkWidget *root)
{
  if (GTK_IS_STACK (root))
    gui_stack_hide_unmapped (GTK_STACK (root));
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    hide_unmapped_pages (child);
}

/* The other window may change them, too. */
static void
prefs_window_load (GuiPrefsWindow *self)
{
  GuiPrefs *prefs = gui_prefs_get_default ();

  self->loading = TRUE;
  adw_combo_row_set_selected (self->unit_row, gui_prefs_get_unit (prefs));
  gtk_switch_set_active (self->hide_switch, gui_prefs_get_hide_amounts (prefs));
  adw_combo_row_set_selected (self->theme_row, gui_prefs_get_theme (prefs));
  self->loading = FALSE;
}

static void
on_unit (GuiPrefsWindow *self)
{
  if (!self->loading)
    gui_prefs_set_unit (gui_prefs_get_default (), adw_combo_row_get_selected (self->unit_row));
}

static void
on_hide (GuiPrefsWindow *self)
{
  if (!self->loading)
    gui_prefs_set_hide_amounts (gui_prefs_get_default (), gtk_switch_get_active (self->hide_switch));
}

static void
on_theme (GuiPrefsWindow *self)
{
  if (!self->loading)
    gui_prefs_set_theme (gui_prefs_get_default (), adw_combo_row_get_selected (self->theme_row));
}

static void
on_change_network (GuiPrefsWindow *self)
{
  GtkWidget *parent = GTK_WIDGET (gtk_window_get_transient_for (GTK_WINDOW (self)));

  gtk_window_close (GTK_WINDOW (self));
  gtk_widget_activate_action (parent, "win.choose-network", NULL);
}

static void
prefs_window_show_node (GuiPrefsWindow *self, GuiSession *session, const char *datadir)
{
  BtcNetwork network = gui_session_get_network (session);
  g_autofree char *folder = gui_start_dup_network_folder (datadir, network);
  g_autofree char *existing = gui_start_dup_existing (folder);
  guint64 free_bytes = common_file_free_space (existing);
  g_autofree char *room = free_bytes == G_MAXUINT64 ? g_strdup (_ ("Unknown")) : g_format_size (free_bytes);
  g_autofree char *folder_text = g_filename_display_name (folder);
  gboolean fixed = gui_session_is_fixed (session);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->network_row), gui_network_title (network));
  adw_action_row_set_subtitle (self->network_row, fixed ? _ ("Set by an option at the start") : "");
  gtk_widget_set_visible (self->network_button, !fixed);
  adw_action_row_set_subtitle (self->folder_row, folder_text);
  adw_action_row_set_subtitle (self->free_row, room);
  gui_connection_page_set_session (self->connection_page, session, folder);
}

static void
gui_prefs_window_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_PREFS_WINDOW);
  G_OBJECT_CLASS (gui_prefs_window_parent_class)->dispose (object);
}

static void
gui_prefs_window_class_init (GuiPrefsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_prefs_window_dispose;
  g_type_ensure (GUI_TYPE_CONNECTION_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/window/prefs_window.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiPrefsWindow, unit_row);
  gtk_widget_class_bind_template_child (widget_class, GuiPrefsWindow, hide_switch);
  gtk_widget_class_bind_template_child (widget_class, GuiPrefsWindow, theme_row);
  gtk_widget_class_bind_template_child (widget_class, GuiPrefsWindow, amounts_group);
  gtk_widget_class_bind_template_child (widget_class, GuiPrefsWindow, look_group);
  gtk_widget_class_bind_template_child (widget_class, GuiPrefsWindow, network_group);
  gtk_widget_class_bind_template_child (widget_class, GuiPrefsWindow, storage_group);
  gtk_widget_class_bind_template_child (widget_class, GuiPrefsWindow, network_row);
  gtk_widget_class_bind_template_child (widget_class, GuiPrefsWindow, network_button);
  gtk_widget_class_bind_template_child (widget_class, GuiPrefsWindow, folder_row);
  gtk_widget_class_bind_template_child (widget_class, GuiPrefsWindow, free_row);
  gtk_widget_class_bind_template_child (widget_class, GuiPrefsWindow, general_page);
  gtk_widget_class_bind_template_child (widget_class, GuiPrefsWindow, connection_page);
  gtk_widget_class_bind_template_callback (widget_class, on_unit);
  gtk_widget_class_bind_template_callback (widget_class, on_hide);
  gtk_widget_class_bind_template_callback (widget_class, on_theme);
  gtk_widget_class_bind_template_callback (widget_class, on_change_network);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
gui_prefs_window_init (GuiPrefsWindow *self)
{
  self->loading = TRUE; /* the template selects the first items */
  gtk_widget_init_template (GTK_WIDGET (self));
  hide_unmapped_pages (GTK_WIDGET (self));
  gui_stack_hide_unmapped_page (self->general_page);
  gui_stack_hide_unmapped_page (GTK_WIDGET (self->connection_page));
  gui_name_lists (self->amounts_group, _ ("Amounts"));
  gui_name_lists (self->look_group, _ ("Appearance"));
  gui_name_lists (self->network_group, _ ("Network"));
  gui_name_lists (self->storage_group, _ ("Storage"));
  gui_name_combo (self->unit_row);
  gui_name_combo (self->theme_row);
  g_signal_connect_object (gui_prefs_get_default (), "changed", G_CALLBACK (prefs_window_load), self,
                           G_CONNECT_SWAPPED);
  prefs_window_load (self);
}

GtkWidget *
gui_prefs_window_new (GtkWindow *parent, GuiSession *session, const char *datadir)
{
  GuiPrefsWindow *self = g_object_new (GUI_TYPE_PREFS_WINDOW, "transient-for", parent, NULL);

  prefs_window_show_node (self, session, datadir);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self), gui_advanced_page_new (session));
  return GTK_WIDGET (self);
}
