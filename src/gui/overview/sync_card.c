#include "gui/overview/sync_card.h"

#include "gui/format.h"

#include <glib/gi18n.h>

struct _GuiSyncCard {
  GtkWidget parent_instance;

  GuiSession *session;
  GuiWalletClient *wallet;

  GtkWidget *box;
  GtkLabel *title;
  GtkProgressBar *bar;
  GtkLabel *status;
  GtkLabel *hint;
};

G_DEFINE_FINAL_TYPE (GuiSyncCard, gui_sync_card, GTK_TYPE_WIDGET)

static const char *
node_title (GuiNodeState state)
{
  switch (state) {
  case GUI_NODE_STARTING:
  case GUI_NODE_LOADING:
    return _ ("The node is starting");
  case GUI_NODE_IMPORTING:
    return _ ("Blocks are being imported");
  case GUI_NODE_VERIFYING:
    return _ ("The stored blocks are being checked");
  case GUI_NODE_SYNCING:
    return _ ("Your node is checking the chain");
  case GUI_NODE_READY:
  case GUI_NODE_STOPPING:
    return "";
  }
  return "";
}

static void
show (GuiSyncCard *self, const char *title, double fraction, const char *status, const char *hint)
{
  gtk_label_set_text (self->title, title);
  gtk_progress_bar_set_fraction (self->bar, fraction);
  gtk_label_set_text (self->status, status);
  gtk_label_set_text (self->hint, hint);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

static char *
dup_node_status (GuiNodeClient *node)
{
  g_autofree char *height = gui_format_count (gui_node_client_get_height (node));
  guint32 target = gui_node_client_get_header_height (node);
  guint64 eta = gui_node_client_get_eta (node);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%d\u202f%%", (int) (gui_node_client_get_progress (node) * 100));
  if (gui_node_client_get_state (node) == GUI_NODE_SYNCING) {
    if (gui_node_client_get_connections (node) == 0) {
      g_string_append_printf (text, " · %s", _ ("looking for peers"));
    } else if (target > gui_node_client_get_height (node)) {
      g_autofree char *of = gui_format_count (target);

      g_string_append (text, " · ");
      g_string_append_printf (text, _ ("block %s of %s"), height, of);
    }
  }
  if (eta > 0) {
    g_autofree char *duration = gui_format_duration (eta);

    g_string_append (text, " · ");
    g_string_append_printf (text, _ ("%s left"), duration);
  }
  return g_string_free (text, FALSE);
}

static void
show_wallet (GuiSyncCard *self, GuiNodeClient *node)
{
  guint32 scanned = gui_wallet_client_get_scanned_height (self->wallet), tip = gui_node_client_get_height (node);
  g_autofree char *at = gui_format_count (scanned);
  g_autofree char *of = gui_format_count (tip);
  g_autofree char *status = g_strdup_printf (_ ("block %s of %s"), at, of);

  show (self, _ ("Your wallet is catching up with the chain"), tip > 0 ? MIN (1.0, (double) scanned / tip) : 0, status,
        _ ("The balance is complete when it has finished."));
}

static void
update (GuiSyncCard *self)
{
  GuiNodeClient *node = gui_session_get_node (self->session);
  GuiNodeState state = gui_node_client_get_state (node);

  if (!gui_node_client_get_online (node) || state == GUI_NODE_STOPPING) {
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  } else if (state != GUI_NODE_READY) {
    g_autofree char *status = dup_node_status (node);

    show (self, node_title (state), gui_node_client_get_progress (node), status,
          _ ("You can already show an address and receive. Payments appear here once their block has been checked."));
  } else if (self->wallet != NULL && gui_wallet_client_get_scanning (self->wallet)) {
    show_wallet (self, node);
  } else {
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  }
}

static void
wallet_changed_cb (GuiSyncCard *self)
{
  if (self->wallet != NULL)
    g_signal_handlers_disconnect_by_data (self->wallet, self);
  g_set_object (&self->wallet, gui_session_get_wallet (self->session));
  if (self->wallet != NULL)
    g_signal_connect_object (self->wallet, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
gui_sync_card_dispose (GObject *object)
{
  GuiSyncCard *self = GUI_SYNC_CARD (object);

  g_clear_object (&self->wallet);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_SYNC_CARD);

  G_OBJECT_CLASS (gui_sync_card_parent_class)->dispose (object);
}

static void
gui_sync_card_class_init (GuiSyncCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_sync_card_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/overview/sync_card.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiSyncCard, box);
  gtk_widget_class_bind_template_child (widget_class, GuiSyncCard, title);
  gtk_widget_class_bind_template_child (widget_class, GuiSyncCard, bar);
  gtk_widget_class_bind_template_child (widget_class, GuiSyncCard, status);
  gtk_widget_class_bind_template_child (widget_class, GuiSyncCard, hint);
}

static void
gui_sync_card_init (GuiSyncCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
gui_sync_card_set_session (GuiSyncCard *self, GuiSession *session)
{
  g_return_if_fail (GUI_IS_SYNC_CARD (self));
  g_return_if_fail (GUI_IS_SESSION (session));

  g_set_object (&self->session, session);
  g_signal_connect_object (gui_session_get_node (session), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "wallet-changed", G_CALLBACK (wallet_changed_cb), self, G_CONNECT_SWAPPED);
  wallet_changed_cb (self);
}
