#include "gui/window/wallet_switcher.h"

#include "gui/clients/open_wallet.h"
#include "gui/error_text.h"
#include "gui/prefs.h"
#include "gui/widgets/amount_label.h"
#include "gui/widgets/names.h"
#include "gui/window/new_wallet.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* The width of the list follows the names up to this length. */
#define MAX_NAME_CHARS 24

struct _GuiWalletSwitcher {
  GtkWidget parent_instance;

  GuiSession *session;
  GCancellable *cancellable;
  gboolean opening; /* a wallet */

  GtkWidget *button;
  GtkPopover *popover;
  GtkLabel *name;
  GuiAmountLabel *balance;
  GtkListBox *wallets;
  GtkWidget *new_button;
};

G_DEFINE_FINAL_TYPE (GuiWalletSwitcher, gui_wallet_switcher, GTK_TYPE_WIDGET)

static void
wallet_switcher_update (GuiWalletSwitcher *self)
{
  GuiWalletClient *wallet = self->session != NULL ? gui_session_get_wallet (self->session) : NULL;
  const GuiWalletFigures *figures;
  g_autofree char *name = NULL;

  if (wallet == NULL)
    return;
  figures = gui_wallet_client_get_figures (wallet);
  gtk_label_set_text (self->name, gui_wallet_client_get_title (wallet));
  gui_amount_label_set_amount (self->balance, figures->spendable_sat);
  gui_amount_label_set_known (self->balance, figures->has_balance);
  name = g_strdup_printf (_ ("Wallet %s, %s. Choose another"), gui_wallet_client_get_title (wallet),
                          gui_amount_label_get_text (self->balance));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
add_wallet (GuiWalletSwitcher *self, const char *name, gboolean open)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  g_autofree char *title = gui_wallet_dup_title (name);
  g_autofree char *description = NULL;
  GtkWidget *label = gtk_label_new (title);
  GuiWalletClient *wallet = gui_session_get_wallet (self->session);
  gboolean shown = wallet != NULL && g_str_equal (name, gui_wallet_client_get_name (wallet));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_NAME_CHARS);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  if (shown) {
    gtk_box_append (GTK_BOX (box), gui_new_decoration ("object-select-symbolic"));
  } else if (!open) {
    GtkWidget *closed = gtk_label_new (_ ("Closed"));

    gtk_widget_add_css_class (closed, "dim-label");
    gtk_box_append (GTK_BOX (box), closed);
  }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  /* Translators: the name of a wallet. */
  description = g_strdup_printf (shown ? _ ("%s, shown") : open ? "%s" : _ ("%s, closed"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
  g_object_set_data_full (G_OBJECT (row), "name", g_strdup (name), g_free);
  g_object_set_data (G_OBJECT (row), "open", GINT_TO_POINTER (open));
  gtk_list_box_append (self->wallets, row);
}

static void
switcher_closed_wallets_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GPtrArray) wallets
      = gui_wallet_manager_client_list_closed_finish (GUI_WALLET_MANAGER_CLIENT (source), result, NULL);

  for (guint i = 0; wallets != NULL && i < wallets->len; i++)
    add_wallet (data, ((const GuiClosedWallet *) g_ptr_array_index (wallets, i))->name, FALSE);
}

static void
on_popover_map (GuiWalletSwitcher *self)
{
  GuiWalletManagerClient *manager = gui_session_get_manager (self->session);
  const char *const *names = gui_wallet_manager_client_get_names (manager);
  GtkListBoxRow *old;

  while ((old = gtk_list_box_get_row_at_index (self->wallets, 0)) != NULL)
    gtk_list_box_remove (self->wallets, GTK_WIDGET (old));
  for (guint i = 0; names[i] != NULL; i++)
    add_wallet (self, names[i], TRUE);
  gui_wallet_manager_client_list_closed_async (manager, self->cancellable, switcher_closed_wallets_cb, self);
}

static void
switcher_opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = gui_open_wallet_finish (GUI_SESSION (source), result, &error);
  GuiWalletSwitcher *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->opening = FALSE;
  if (!ok)
    gui_error_present (GTK_WIDGET (self), error, GUI_DOING_WALLET);
}

static void
on_wallet_activated (GuiWalletSwitcher *self, GtkListBoxRow *row)
{
  const char *name = g_object_get_data (G_OBJECT (row), "name");

  if (g_object_get_data (G_OBJECT (row), "open") != NULL) {
    gui_session_select_wallet (self->session, name);
  } else if (!self->opening) {
    self->opening = TRUE;
    gui_open_wallet_async (self->session, name, FALSE, self->cancellable, switcher_opened_cb, self);
  }
  gtk_popover_popdown (self->popover);
}

static void
on_new (GuiWalletSwitcher *self)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));

  gtk_popover_popdown (self->popover);
  gtk_window_present (GTK_WINDOW (gui_new_wallet_new (window, self->session)));
}

static void
gui_wallet_switcher_dispose (GObject *object)
{
  GuiWalletSwitcher *self = GUI_WALLET_SWITCHER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_WALLET_SWITCHER);

  G_OBJECT_CLASS (gui_wallet_switcher_parent_class)->dispose (object);
}

static void
gui_wallet_switcher_class_init (GuiWalletSwitcherClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_wallet_switcher_dispose;
  g_type_ensure (GUI_TYPE_AMOUNT_LABEL);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/window/wallet_switcher.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiWalletSwitcher, button);
  gtk_widget_class_bind_template_child (widget_class, GuiWalletSwitcher, popover);
  gtk_widget_class_bind_template_child (widget_class, GuiWalletSwitcher, name);
  gtk_widget_class_bind_template_child (widget_class, GuiWalletSwitcher, balance);
  gtk_widget_class_bind_template_child (widget_class, GuiWalletSwitcher, wallets);
  gtk_widget_class_bind_template_child (widget_class, GuiWalletSwitcher, new_button);
  gtk_widget_class_bind_template_callback (widget_class, on_popover_map);
  gtk_widget_class_bind_template_callback (widget_class, on_wallet_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_new);
}

static void
gui_wallet_switcher_init (GuiWalletSwitcher *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* GtkMenuButton centres its child; a row of the sidebar is aligned to the start. */
  for (GtkWidget *part = GTK_WIDGET (self->name); part != self->button; part = gtk_widget_get_parent (part))
    gtk_widget_set_halign (part, GTK_ALIGN_FILL);
  self->cancellable = g_cancellable_new ();
  g_signal_connect_object (gui_prefs_get_default (), "changed", G_CALLBACK (wallet_switcher_update), self,
                           G_CONNECT_SWAPPED);
}

void
gui_wallet_switcher_set_session (GuiWalletSwitcher *self, GuiSession *session)
{
  g_return_if_fail (GUI_IS_WALLET_SWITCHER (self));
  g_return_if_fail (GUI_IS_SESSION (session));

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->opening = FALSE;
  g_set_object (&self->session, session);
  g_signal_connect_object (session, "wallet-updated", G_CALLBACK (wallet_switcher_update), self, G_CONNECT_SWAPPED);
  wallet_switcher_update (self);
}
