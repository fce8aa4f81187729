#include "gui/connection/access_group.h"

#include "gui/connection/code_window.h"
#include "gui/format.h"
#include "gui/widgets/names.h"

#include <glib/gi18n.h>

struct _GuiAccessGroup {
  AdwPreferencesGroup parent_instance;

  GuiSession *session;
  GuiAccessClient *access; /* of SESSION */
  gboolean loading;        /* the switch is being set */
  GCancellable *cancellable;
  GPtrArray *rows; /* of the computers in the list; borrowed */

  GtkWidget *listen_row;
  GtkSwitch *listen_switch;
  AdwComboRow *role_row;
  GtkWidget *code_row;
  GtkWidget *code_button;
};

G_DEFINE_FINAL_TYPE (GuiAccessGroup, gui_access_group, ADW_TYPE_PREFERENCES_GROUP)

static const struct {
  const char *name;
  BusRoles role;
  const char *text;
} access_roles[] = {
  { "observe", BUS_ROLE_OBSERVE, N_ ("may view") },
  { "wallet", BUS_ROLE_WALLET, N_ ("may use it with wallets") },
  { "operate", BUS_ROLE_OPERATE, N_ ("may do everything") },
};

static void access_group_update (GuiAccessGroup *self);

/* The highest one counts. */
static const char *
access_role_text (BusRoles roles)
{
  for (gsize i = G_N_ELEMENTS (access_roles); i-- > 0;)
    if ((roles & access_roles[i].role) != 0)
      return _ (access_roles[i].text);
  return "";
}

/* Where other computers reach the node; NULL: unknown. The caller owns it. */
static char *
access_dup_address (GuiAccessGroup *self)
{
  if (!gui_session_is_local (self->session, GUI_WORKER_NODE) || !gui_session_listens (self->session))
    return NULL;
  return g_strdup_printf ("%s:%u", g_get_host_name (), gui_session_get_listen_port (self->session));
}

static void
on_show_code (GuiAccessGroup *self)
{
  guint selected = adw_combo_row_get_selected (self->role_row);
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  g_autofree char *address = access_dup_address (self);

  if (selected < G_N_ELEMENTS (access_roles))
    gtk_window_present (GTK_WINDOW (gui_code_window_new (window, self->access, access_roles[selected].name, address)));
}

/* ---- the switch of the application's own node ---- */

static void
access_set_switch (GuiAccessGroup *self)
{
  self->loading = TRUE;
  gtk_switch_set_active (self->listen_switch, gui_session_listens (self->session));
  self->loading = FALSE;
}

static void
access_listen_answer_cb (AdwMessageDialog *dialog, const char *response, GuiAccessGroup *self)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));

  if (!g_str_equal (response, "change")) {
    access_set_switch (self);
    return;
  }
  gtk_widget_activate_action (GTK_WIDGET (gtk_window_get_transient_for (window)), "app.listen", "b",
                              gtk_switch_get_active (self->listen_switch));
  gtk_window_set_transient_for (GTK_WINDOW (dialog), NULL); /* it exists longer than the window */
  gtk_window_close (window);
}

static void
on_listen (GuiAccessGroup *self)
{
  GtkWidget *dialog;

  if (self->loading)
    return;
  dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                   gtk_switch_get_active (self->listen_switch) ? _ ("Let other computers connect?")
                                                                               : _ ("Let no computer connect?"),
                                   _ ("The node is restarted for this, and the wallets are opened again."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _ ("Cancel"), "change", _ ("Restart"), NULL);
  gui_name_buttons (dialog);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "change", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "change");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_signal_connect_object (dialog, "response", G_CALLBACK (access_listen_answer_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- the list ---- */

static void
access_changed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!gui_access_client_change_finish (GUI_ACCESS_CLIENT (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    access_group_update (data);
}

static void
access_revoke_answer_cb (AdwMessageDialog *dialog, const char *response, GuiAccessGroup *self)
{
  if (g_str_equal (response, "revoke"))
    gui_access_client_revoke_async (self->access, g_object_get_data (G_OBJECT (dialog), "fingerprint"),
                                    self->cancellable, access_changed_cb, self);
}

static void
access_revoke_cb (GtkButton *button, GuiAccessGroup *self)
{
  const char *name = g_object_get_data (G_OBJECT (button), "name");
  g_autofree char *title = g_strdup_printf (_ ("Shut out “%s”?"), name);
  GtkWidget *dialog
      = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), title,
                                _ ("It is disconnected at once. To let it in again you need another code."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _ ("Cancel"), "revoke", _ ("Shut out"), NULL);
  gui_name_buttons (dialog);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "revoke", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_object_set_data_full (G_OBJECT (dialog), "fingerprint",
                          g_memdup2 (g_object_get_data (G_OBJECT (button), "fingerprint"), GUI_ACCESS_FINGERPRINT_LEN),
                          g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (access_revoke_answer_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
access_rename_cb (AdwEntryRow *row, GuiAccessGroup *self)
{
  gui_access_client_rename_async (self->access, g_object_get_data (G_OBJECT (row), "fingerprint"),
                                  gtk_editable_get_text (GTK_EDITABLE (row)), self->cancellable, access_changed_cb,
                                  self);
}

/* What it may do, and when it was here. */
static char *
access_dup_state (const GuiAccessPairing *pairing)
{
  const char *role = access_role_text (pairing->roles);
  g_autofree char *seen = pairing->seen_s != 0 ? gui_format_date_time (pairing->seen_s) : NULL;

  if (pairing->connected)
    return g_strdup_printf (_ ("Connected · %s"), role);
  return seen != NULL ? g_strdup_printf (_ ("Last seen %s · %s"), seen, role)
                      : g_strdup_printf (_ ("Not connected yet · %s"), role);
}

/* Its name can be edited in place. */
static void
access_add_row (GuiAccessGroup *self, const GuiAccessPairing *pairing)
{
  GtkWidget *row = adw_entry_row_new (), *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *state = access_dup_state (pairing), *label = g_strdup_printf (_ ("Shut out “%s”"), pairing->name);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), state);
  gtk_editable_set_text (GTK_EDITABLE (row), pairing->name);
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (row), TRUE);
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (row), button);
  g_object_set_data_full (G_OBJECT (row), "fingerprint",
                          g_memdup2 (pairing->fingerprint32, sizeof pairing->fingerprint32), g_free);
  g_object_set_data_full (G_OBJECT (button), "fingerprint",
                          g_memdup2 (pairing->fingerprint32, sizeof pairing->fingerprint32), g_free);
  g_object_set_data_full (G_OBJECT (button), "name", g_strdup (pairing->name), g_free);
  g_signal_connect_object (row, "apply", G_CALLBACK (access_rename_cb), self, 0);
  g_signal_connect_object (button, "clicked", G_CALLBACK (access_revoke_cb), self, 0);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_add (self->rows, row);
}

static void
access_listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) pairings = gui_access_client_list_finish (GUI_ACCESS_CLIENT (source), result, &error);
  GuiAccessGroup *self = data;

  if (pairings == NULL)
    return;
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < pairings->len; i++)
    access_add_row (self, pairings->pdata[i]);
}

static const char *
access_description (gboolean accepts, gboolean local)
{
  if (accepts || local)
    return _ ("Other computers of yours can use this node. Each is let in with a code, and encrypts what it sends.");
  return _ ("This node does not let other computers in. Start it with -ipcbind=tls:HOST:PORT to allow that.");
}

static void
access_group_update (GuiAccessGroup *self)
{
  gboolean accepts = gui_access_client_get_accepts (self->access);
  gboolean local = gui_session_is_local (self->session, GUI_WORKER_NODE);

  gtk_widget_set_visible (GTK_WIDGET (self), gui_access_client_is_offered (self->access));
  gtk_widget_set_visible (GTK_WIDGET (self->role_row), accepts);
  gtk_widget_set_visible (self->code_row, accepts);
  gtk_widget_set_visible (self->listen_row, local);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self), access_description (accepts, local));
  if (!accepts)
    return;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  gui_access_client_list_async (self->access, self->cancellable, access_listed_cb, self);
}

static void
gui_access_group_dispose (GObject *object)
{
  GuiAccessGroup *self = GUI_ACCESS_GROUP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_ACCESS_GROUP);
  G_OBJECT_CLASS (gui_access_group_parent_class)->dispose (object);
}

static void
gui_access_group_class_init (GuiAccessGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_access_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/connection/access_group.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiAccessGroup, listen_row);
  gtk_widget_class_bind_template_child (widget_class, GuiAccessGroup, listen_switch);
  gtk_widget_class_bind_template_child (widget_class, GuiAccessGroup, role_row);
  gtk_widget_class_bind_template_child (widget_class, GuiAccessGroup, code_row);
  gtk_widget_class_bind_template_child (widget_class, GuiAccessGroup, code_button);
  gtk_widget_class_bind_template_callback (widget_class, on_listen);
  gtk_widget_class_bind_template_callback (widget_class, on_show_code);
}

static void
gui_access_group_init (GuiAccessGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  gui_name_lists (GTK_WIDGET (self), _ ("Who may use this node"));
  gui_name_combo (self->role_row);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
gui_access_group_set_session (GuiAccessGroup *self, GuiSession *session)
{
  g_return_if_fail (GUI_IS_ACCESS_GROUP (self));
  g_return_if_fail (GUI_IS_SESSION (session) && self->session == NULL);

  self->session = g_object_ref (session);
  self->access = gui_session_get_access (session);
  access_set_switch (self);
  g_signal_connect_object (self->access, "changed", G_CALLBACK (access_group_update), self, G_CONNECT_SWAPPED);
  access_group_update (self);
}
