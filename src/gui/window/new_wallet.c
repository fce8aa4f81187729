#include "gui/window/new_wallet.h"

#include "gui/clients/open_wallet.h"
#include "gui/error_text.h"
#include "gui/wallet_name.h"
#include "gui/widgets/busy_button.h"
#include "gui/widgets/css_class.h"
#include "gui/widgets/focus.h"
#include "gui/widgets/names.h"

#include <glib/gi18n.h>

struct _GuiNewWallet {
  AdwWindow parent_instance;

  GuiSession *session;
  GCancellable *cancellable;
  GPtrArray *closed_wallets; /* of GuiClosedWallet; NULL: not known yet */
  gboolean creating;         /* the worker has been asked for the wallet */

  GtkWidget *group;
  GtkEditable *name_row;
  GtkWidget *error_row;
  GtkLabel *error_label;
  GuiBusyButton *create_button;
};

G_DEFINE_FINAL_TYPE (GuiNewWallet, gui_new_wallet, ADW_TYPE_WINDOW)

/* The caller owns it. */
static char *
new_wallet_dup_name (GuiNewWallet *self)
{
  return gui_wallet_name_clean (gtk_editable_get_text (self->name_row));
}

static void
new_wallet_set_error (GuiNewWallet *self, const char *sentence)
{
  gtk_widget_set_visible (self->error_row, sentence != NULL);
  gui_set_css_class (GTK_WIDGET (self->name_row), "error", sentence != NULL);
  if (sentence != NULL)
    gtk_label_set_text (self->error_label, sentence);
}

static void
new_wallet_update (GuiNewWallet *self)
{
  g_autofree char *name = new_wallet_dup_name (self);

  gtk_editable_set_editable (self->name_row, !self->creating);
  gui_busy_button_set_busy (self->create_button, self->creating);
  gtk_widget_set_sensitive (GTK_WIDGET (self->create_button), *name != '\0');
}

static void
on_new_wallet_typed (GuiNewWallet *self)
{
  new_wallet_set_error (self, NULL);
  new_wallet_update (self);
}

static void
new_wallet_created_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = gui_open_wallet_finish (GUI_SESSION (source), result, &error);
  GuiNewWallet *self = data;
  g_auto (GuiErrorText) text = { 0 };

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->creating = FALSE;
  if (ok) {
    gtk_window_destroy (GTK_WINDOW (self));
    return;
  }
  gui_error_describe (error, GUI_DOING_WALLET, &text);
  new_wallet_set_error (self, text.advice);
  new_wallet_update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
}

static void
on_new_wallet_create (GuiNewWallet *self)
{
  g_autofree char *name = new_wallet_dup_name (self), *why = NULL;

  if (self->creating)
    return;
  why = gui_wallet_name_sentence (name, gui_wallet_manager_client_get_names (gui_session_get_manager (self->session)),
                                  self->closed_wallets);
  new_wallet_set_error (self, why);
  if (why != NULL) {
    gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
    return;
  }
  self->creating = TRUE;
  new_wallet_update (self);
  gui_open_wallet_async (self->session, name, TRUE, self->cancellable, new_wallet_created_cb, self);
}

static void
new_wallet_closed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GPtrArray *wallets = gui_wallet_manager_client_list_closed_finish (GUI_WALLET_MANAGER_CLIENT (source), result, NULL);

  if (wallets != NULL)
    GUI_NEW_WALLET (data)->closed_wallets = wallets;
}

static void
gui_new_wallet_dispose (GObject *object)
{
  GuiNewWallet *self = GUI_NEW_WALLET (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->closed_wallets, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_NEW_WALLET);

  G_OBJECT_CLASS (gui_new_wallet_parent_class)->dispose (object);
}

static void
gui_new_wallet_class_init (GuiNewWalletClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_new_wallet_dispose;
  g_type_ensure (GUI_TYPE_BUSY_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/window/new_wallet.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiNewWallet, group);
  gtk_widget_class_bind_template_child (widget_class, GuiNewWallet, name_row);
  gtk_widget_class_bind_template_child (widget_class, GuiNewWallet, error_row);
  gtk_widget_class_bind_template_child (widget_class, GuiNewWallet, error_label);
  gtk_widget_class_bind_template_child (widget_class, GuiNewWallet, create_button);
  gtk_widget_class_bind_template_callback (widget_class, on_new_wallet_typed);
  gtk_widget_class_bind_template_callback (widget_class, on_new_wallet_create);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
gui_new_wallet_init (GuiNewWallet *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_name_lists (self->group, _ ("New wallet"));
  gui_focus_keep (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
  self->cancellable = g_cancellable_new ();
}

GtkWidget *
gui_new_wallet_new (GtkWindow *parent, GuiSession *session)
{
  GuiNewWallet *self = g_object_new (GUI_TYPE_NEW_WALLET, "transient-for", parent, NULL);

  self->session = g_object_ref (session);
  gui_wallet_manager_client_list_closed_async (gui_session_get_manager (session), self->cancellable,
                                               new_wallet_closed_cb, self);
  return GTK_WIDGET (self);
}
