#include "gui/connection/connection_page.h"

#include "gui/clients/attachment.h"
#include "gui/connection/access_group.h"
#include "gui/connection/pair_window.h"
#include "gui/widgets/names.h"

#include <glib/gi18n.h>
#include <string.h>

struct _GuiConnectionPage {
  AdwPreferencesPage parent_instance;

  GuiSession *session;
  char *folder;    /* of the network */
  GPtrArray *rows; /* of the nodes; borrowed */
  gboolean found;  /* the node in use is among them */

  AdwPreferencesGroup *node_group;
  GuiAccessGroup *access_group;
};

G_DEFINE_FINAL_TYPE (GuiConnectionPage, gui_connection_page, ADW_TYPE_PREFERENCES_PAGE)

static void
connection_answer_cb (AdwMessageDialog *dialog, const char *response, GuiConnectionPage *self)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  const char *address = g_object_get_data (G_OBJECT (dialog), "address");

  if (!g_str_equal (response, "change"))
    return;
  gtk_widget_activate_action (GTK_WIDGET (gtk_window_get_transient_for (window)), "app.connection", "s", address);
  gtk_window_set_transient_for (GTK_WINDOW (dialog), NULL); /* it exists longer than the window */
  gtk_window_close (window);
}

static void
connection_ask (GuiConnectionPage *self, const char *address)
{
  GtkWidget *dialog
      = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _ ("Use this node?"),
                                _ ("The window closes its wallets and opens them again with this node."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _ ("Cancel"), "change", _ ("Use it"), NULL);
  gui_name_buttons (dialog);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "change", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "change");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_object_set_data_full (G_OBJECT (dialog), "address", g_strdup (address), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (connection_answer_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
connection_use_cb (GtkButton *button, GuiConnectionPage *self)
{
  connection_ask (self, g_object_get_data (G_OBJECT (button), "address"));
}

static void
connection_add_use_button (GuiConnectionPage *self, GtkWidget *row, const char *address, const char *title)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Use"));
  g_autofree char *name = g_strdup_printf (_ ("Use “%s”"), title);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "address", g_strdup (address), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (connection_use_cb), self, 0);
  gtk_widget_set_sensitive (button, !gui_session_is_attached_by_option (self->session));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

/* ADDRESS "": a node that the application starts. *IN_USE may be NULL. */
static GtkWidget *
connection_add (GuiConnectionPage *self, const char *address, const char *title, const char *subtitle, gboolean *in_use)
{
  GtkWidget *row = adw_action_row_new ();
  const char *used = gui_session_get_node_address (self->session);
  gboolean is_used = g_str_equal (used != NULL ? used : "", address);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  if (is_used) {
    GtkWidget *mark = gtk_label_new (_ ("In use"));

    gtk_widget_add_css_class (mark, "dim-label");
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), mark);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), gui_new_decoration ("object-select-symbolic"));
  } else {
    connection_add_use_button (self, row, address, title);
  }
  self->found |= is_used;
  if (in_use != NULL)
    *in_use = is_used;
  adw_preferences_group_add (self->node_group, row);
  g_ptr_array_add (self->rows, row);
  return row;
}

/* A node that runs here by itself can be used if it listens, or is in use. */
static void
connection_add_running (GuiConnectionPage *self)
{
  const char *used = gui_session_get_node_address (self->session);
  g_autofree char *path = g_build_filename (self->folder, BUS_ADDRESS_NODE_SOCKET, NULL);
  gboolean in_use = used != NULL && g_str_equal (used, "unix");

  if (in_use || (used == NULL && g_file_test (path, G_FILE_TEST_EXISTS)))
    connection_add (self, "unix", _ ("The node that is running on this computer"),
                    _ ("It goes on when this window is closed"), NULL);
}

static void
connection_forget_cb (GtkButton *button, GuiConnectionPage *self)
{
  gui_computers_forget (gui_session_get_computers (self->session), g_object_get_data (G_OBJECT (button), "address"));
}

/* The one in use cannot be removed. */
static void
connection_add_computer (GuiConnectionPage *self, const BusPairing *computer)
{
  g_autofree char *label = g_strdup_printf (_ ("Remove “%s”"), computer->name);
  GtkWidget *row, *button;
  gboolean in_use;

  row = connection_add (self, computer->address, computer->name, computer->address + strlen ("tls:"), &in_use);
  if (in_use)
    return;
  button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data_full (G_OBJECT (button), "address", g_strdup (computer->address), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (connection_forget_cb), self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

static void
connection_add_computers (GuiConnectionPage *self)
{
  const GPtrArray *computers = gui_computers_get_list (gui_session_get_computers (self->session));

  for (guint i = 0; i < computers->len; i++)
    connection_add_computer (self, computers->pdata[i]);
}

/* One that an option names, or that is no longer in the list. */
static void
connection_add_unknown (GuiConnectionPage *self)
{
  const char *used = gui_session_get_node_address (self->session);

  if (!self->found && used != NULL)
    connection_add (self, used, used, "", NULL);
}

static void
connection_paired_cb (GuiPairWindow *window, const char *address, GuiConnectionPage *self)
{
  connection_ask (self, address);
}

static void
connection_new_cb (GuiConnectionPage *self)
{
  GtkWidget *window = gui_pair_window_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->session);

  g_signal_connect_object (window, "paired", G_CALLBACK (connection_paired_cb), self, 0);
  gtk_window_present (GTK_WINDOW (window));
}

static void
connection_add_new (GuiConnectionPage *self)
{
  GtkWidget *row = adw_action_row_new (), *button = gtk_button_new_with_label (_ ("Enter code…"));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Another computer"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ ("With a code that is shown there"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  gtk_widget_set_sensitive (row, !gui_session_is_attached_by_option (self->session));
  g_signal_connect_object (button, "clicked", G_CALLBACK (connection_new_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (self->node_group, row);
  g_ptr_array_add (self->rows, row);
}

static void
connection_load (GuiConnectionPage *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->node_group, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  self->found = FALSE;
  connection_add (self, "", _ ("This computer"), _ ("Moneyrocket starts a node of its own"), NULL);
  connection_add_running (self);
  connection_add_computers (self);
  connection_add_unknown (self);
  connection_add_new (self);
}

void
gui_connection_page_set_session (GuiConnectionPage *self, GuiSession *session, const char *folder)
{
  g_return_if_fail (GUI_IS_CONNECTION_PAGE (self));
  g_return_if_fail (GUI_IS_SESSION (session));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  self->folder = g_strdup (folder);
  if (gui_session_is_attached_by_option (session))
    adw_preferences_group_set_description (self->node_group, _ ("Set by an option at the start."));
  connection_load (self);
  g_signal_connect_object (gui_session_get_computers (session), "changed", G_CALLBACK (connection_load), self,
                           G_CONNECT_SWAPPED);
  gui_access_group_set_session (self->access_group, session);
}

static void
gui_connection_page_dispose (GObject *object)
{
  GuiConnectionPage *self = GUI_CONNECTION_PAGE (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_CONNECTION_PAGE);
  G_OBJECT_CLASS (gui_connection_page_parent_class)->dispose (object);
}

static void
gui_connection_page_class_init (GuiConnectionPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_connection_page_dispose;
  g_type_ensure (GUI_TYPE_ACCESS_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/moneyrocket/Moneyrocket/connection/connection_page.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiConnectionPage, node_group);
  gtk_widget_class_bind_template_child (widget_class, GuiConnectionPage, access_group);
}

static void
gui_connection_page_init (GuiConnectionPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
  gui_name_lists (GTK_WIDGET (self->node_group), _ ("Node"));
}
