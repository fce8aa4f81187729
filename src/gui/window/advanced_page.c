#include "gui/window/advanced_page.h"

#include "gui/models/call_text.h"
#include "gui/prefs.h"
#include "gui/widgets/names.h"

#include <glib/gi18n.h>

struct _GuiAdvancedPage {
  AdwPreferencesPage parent_instance;

  GuiSession *session;
  gboolean loading; /* the switch is being set to what is the case */
  gboolean failed;  /* when it was switched on */
  AdwActionRow *switch_row;
  GtkSwitch *inspect_switch;
  AdwActionRow *bus_row;
  GtkSwitch *bus_switch;
  AdwActionRow *address_rows[GUI_N_PROCESSES];
};

G_DEFINE_FINAL_TYPE (GuiAdvancedPage, gui_advanced_page, ADW_TYPE_PREFERENCES_PAGE)

static void
gui_advanced_page_dispose (GObject *object)
{
  g_clear_object (&GUI_ADVANCED_PAGE (object)->session);
  G_OBJECT_CLASS (gui_advanced_page_parent_class)->dispose (object);
}

static void
gui_advanced_page_class_init (GuiAdvancedPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gui_advanced_page_dispose;
}

static const char *
advanced_page_explain (GuiAdvancedPage *self)
{
  if (gui_session_is_inspect_fixed (self->session))
    return _ ("Set by an option at the start");
  if (self->failed)
    return _ ("This did not work for all programs. The log says why.");
  return _ ("Off unless you need it");
}

static void
advanced_page_show_bus (GuiAdvancedPage *self)
{
  gboolean fixed = gui_session_is_session_bus_fixed (self->session);

  gtk_switch_set_active (self->bus_switch, gui_session_get_on_session_bus (self->session));
  gtk_widget_set_sensitive (GTK_WIDGET (self->bus_switch), !fixed);
  gtk_widget_set_visible (GTK_WIDGET (self->bus_row), gui_session_get_inspected (self->session));
  adw_action_row_set_subtitle (self->bus_row, fixed ? _ ("Set by an option at the start")
                                                    : _ ("As org.moneyrocket.Moneyrocket, for tools with a window"));
}

static void
advanced_page_show (GuiAdvancedPage *self)
{
  self->loading = TRUE;
  gtk_switch_set_active (self->inspect_switch, gui_session_get_inspected (self->session));
  advanced_page_show_bus (self);
  self->loading = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->inspect_switch), !gui_session_is_inspect_fixed (self->session));
  adw_action_row_set_subtitle (self->switch_row, advanced_page_explain (self));
  for (GuiProcess process = 0; process < GUI_N_PROCESSES; process++) {
    g_autofree char *address = gui_session_dup_inspect_address (self->session, process);

    adw_action_row_set_subtitle (self->address_rows[process], address != NULL ? address : "");
    gtk_widget_set_visible (GTK_WIDGET (self->address_rows[process]), address != NULL);
  }
}

static void
advanced_page_switched_cb (GuiAdvancedPage *self)
{
  gboolean on = gtk_switch_get_active (self->inspect_switch);

  if (self->loading)
    return;
  self->failed = !gui_session_set_inspected (self->session, on);
  gui_prefs_set_inspection (gui_prefs_get_default (), on);
  advanced_page_show (self);
}

static void
advanced_page_bus_switched_cb (GuiAdvancedPage *self)
{
  gboolean on = gtk_switch_get_active (self->bus_switch);

  if (self->loading)
    return;
  gui_session_set_on_session_bus (self->session, on);
  gui_prefs_set_session_bus (gui_prefs_get_default (), on);
}

static void
advanced_page_copy_cb (GtkButton *button, AdwActionRow *row)
{
  GtkRoot *window = gtk_widget_get_root (GTK_WIDGET (row));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (row)), adw_action_row_get_subtitle (row));
  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (window), adw_toast_new (_ ("Address copied")));
}

static AdwActionRow *
advanced_page_make_address_row (GuiProcess process)
{
  GtkWidget *row = adw_action_row_new (), *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  /* Translators: %s is a program: "Application", "Node" or "Wallet". */
  g_autofree char *name = g_strdup_printf (_ ("Copy address: %s"), gui_call_text_title (process));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), gui_call_text_title (process));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_add_css_class (row, "property");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _ ("Copy"));
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (button, "clicked", G_CALLBACK (advanced_page_copy_cb), row);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return ADW_ACTION_ROW (row);
}

/* A row with a switch, whose handler is CALLBACK. */
static AdwActionRow *
advanced_page_add_switch (GuiAdvancedPage *self,
                          GtkWidget *group,
                          const char *title,
                          GtkSwitch **out,
                          GCallback callback)
{
  GtkWidget *row = adw_action_row_new (), *toggle = gtk_switch_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  g_signal_connect_object (toggle, "notify::active", callback, self, G_CONNECT_SWAPPED);
  *out = GTK_SWITCH (toggle);
  return ADW_ACTION_ROW (row);
}

static void
gui_advanced_page_init (GuiAdvancedPage *self)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_page_set_name (ADW_PREFERENCES_PAGE (self), "advanced");
  adw_preferences_page_set_title (ADW_PREFERENCES_PAGE (self), _ ("Advanced"));
  adw_preferences_page_set_icon_name (ADW_PREFERENCES_PAGE (self), "applications-engineering-symbolic");
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Inspection"));
  adw_preferences_group_set_description (
      ADW_PREFERENCES_GROUP (group),
      _ ("Developers' tools that run as you, such as busctl, can read what the programs of Moneyrocket say to each "
         "other, amounts and addresses included. They cannot change anything, and passphrases are left out."));
  self->switch_row = advanced_page_add_switch (self, group, _ ("Inspection by other programs"), &self->inspect_switch,
                                               G_CALLBACK (advanced_page_switched_cb));
  self->bus_row = advanced_page_add_switch (self, group, _ ("Also on the session bus"), &self->bus_switch,
                                            G_CALLBACK (advanced_page_bus_switched_cb));
  for (GuiProcess process = 0; process < GUI_N_PROCESSES; process++) {
    self->address_rows[process] = advanced_page_make_address_row (process);
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (self->address_rows[process]));
  }
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (self), ADW_PREFERENCES_GROUP (group));
  gui_name_lists (group, _ ("Inspection"));
}

AdwPreferencesPage *
gui_advanced_page_new (GuiSession *session)
{
  GuiAdvancedPage *self = g_object_new (GUI_TYPE_ADVANCED_PAGE, NULL);

  self->session = g_object_ref (session);
  advanced_page_show (self);
  return ADW_PREFERENCES_PAGE (self);
}
