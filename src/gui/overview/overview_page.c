#include "gui/overview/overview_page.h"

#include "gui/models/history_model.h"
#include "gui/models/tx_row.h"
#include "gui/overview/balance_history.h"
#include "gui/overview/sync_card.h"
#include "gui/prefs.h"
#include "gui/unseen_text.h"
#include "gui/widgets/amount_label.h"
#include "gui/widgets/tx_row_view.h"
#include "gui/widgets/wrap_box.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define N_RECENT 5

struct _GuiOverviewPage {
  GtkWidget parent_instance;

  GuiSession *session;
  GuiHistoryModel *history;

  GtkWidget *scroller;
  GuiSyncCard *sync_card;
  GtkWidget *balance_button;
  GuiAmountLabel *balance;
  GuiAmountLabel *pending;
  GuiAmountLabel *immature;
  GuiAmountLabel *used;
  GuiBalanceHistory *balance_history;
  GtkWidget *recent_group;
  GtkListBox *recent;
  AdwStatusPage *empty;
  GtkWidget *play_button;
};

G_DEFINE_FINAL_TYPE (GuiOverviewPage, gui_overview_page, GTK_TYPE_WIDGET)

static void
update_balance (GuiOverviewPage *self)
{
  GuiWalletClient *wallet = gui_session_get_wallet (self->session);
  g_autofree char *name = NULL;
  const GuiWalletFigures *figures;

  if (wallet == NULL)
    return;
  figures = gui_wallet_client_get_figures (wallet);
  gui_amount_label_set_amount (self->balance, figures->spendable_sat);
  gui_amount_label_set_known (self->balance, figures->has_balance);
  gui_amount_label_set_amount (self->pending, figures->pending_sat);
  gtk_widget_set_visible (GTK_WIDGET (self->pending), figures->pending_sat != 0);
  gui_amount_label_set_amount (self->immature, figures->immature_sat);
  gtk_widget_set_visible (GTK_WIDGET (self->immature), figures->immature_sat != 0);
  gui_amount_label_set_amount (self->used, figures->used_sat);
  gtk_widget_set_visible (GTK_WIDGET (self->used), figures->used_sat != 0);
  name = g_strdup_printf (_ ("Balance %s. Change the unit"), gui_amount_label_get_text (self->balance));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->balance_button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* Shows TX in the row at INDEX. Rows are reused, since creating them takes much longer. */
static void
show_recent (GuiOverviewPage *self, guint index, GuiTxRow *tx)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->recent, (int) index);

  if (row == NULL) {
    row = GTK_LIST_BOX_ROW (gtk_list_box_row_new ());
    gtk_list_box_row_set_child (row, gui_tx_row_view_new (FALSE));
    gtk_list_box_append (self->recent, GTK_WIDGET (row));
  }
  gui_tx_row_view_set_row (GUI_TX_ROW_VIEW (gtk_list_box_row_get_child (row)), tx);
  g_object_set_data_full (G_OBJECT (row), "txid", g_variant_ref (gui_tx_row_get_txid (tx)),
                          (GDestroyNotify) g_variant_unref);
}

static void
update_recent (GuiOverviewPage *self)
{
  guint total = g_list_model_get_n_items (G_LIST_MODEL (self->history)), n = 0;
  GtkListBoxRow *row;
  GuiTxRow *tx;

  for (; n < MIN (total, N_RECENT) && (tx = gui_history_model_peek (self->history, n)) != NULL; n++)
    show_recent (self, n, tx);
  while ((row = gtk_list_box_get_row_at_index (self->recent, (int) n)) != NULL)
    gtk_list_box_remove (self->recent, GTK_WIDGET (row));
  gtk_widget_set_visible (self->recent_group, total > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->empty), total == 0 && gui_history_model_is_loaded (self->history));
}

static void
update_empty (GuiOverviewPage *self)
{
  adw_status_page_set_description (self->empty, gui_unseen_sentence (self->session) != NULL
                                                    ? _ ("What you receive and send shows up here.")
                                                    : _ ("Show your address to someone to receive your first coins."));
}

static void
overview_wallet_updated_cb (GuiOverviewPage *self)
{
  update_balance (self);
  update_empty (self);
}

static void
on_overview_row_activated (GuiOverviewPage *self, GtkListBoxRow *row)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.payment", "@ay", g_object_get_data (G_OBJECT (row), "txid"));
}

static void
on_balance_clicked (GuiOverviewPage *self)
{
  GuiPrefs *prefs = gui_prefs_get_default ();

  gui_prefs_set_unit (prefs, gui_prefs_get_unit (prefs) == GUI_UNIT_BTC ? GUI_UNIT_SAT : GUI_UNIT_BTC);
}

static void
prefs_changed_cb (GuiOverviewPage *self)
{
  update_balance (self);
  update_recent (self);
}

static void
overview_wallet_changed_cb (GuiOverviewPage *self)
{
  gui_history_model_set_wallet (self->history, gui_session_get_wallet (self->session));
}

static void
gui_overview_page_dispose (GObject *object)
{
  GuiOverviewPage *self = GUI_OVERVIEW_PAGE (object);

  g_clear_object (&self->history);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_OVERVIEW_PAGE);

  G_OBJECT_CLASS (gui_overview_page_parent_class)->dispose (object);
}

static void
gui_overview_page_class_init (GuiOverviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_overview_page_dispose;
  g_type_ensure (GUI_TYPE_AMOUNT_LABEL);
  g_type_ensure (GUI_TYPE_BALANCE_HISTORY);
  g_type_ensure (GUI_TYPE_SYNC_CARD);
  g_type_ensure (GUI_TYPE_WRAP_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/overview/overview_page.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiOverviewPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, GuiOverviewPage, sync_card);
  gtk_widget_class_bind_template_child (widget_class, GuiOverviewPage, balance_button);
  gtk_widget_class_bind_template_child (widget_class, GuiOverviewPage, balance);
  gtk_widget_class_bind_template_child (widget_class, GuiOverviewPage, pending);
  gtk_widget_class_bind_template_child (widget_class, GuiOverviewPage, immature);
  gtk_widget_class_bind_template_child (widget_class, GuiOverviewPage, used);
  gtk_widget_class_bind_template_child (widget_class, GuiOverviewPage, balance_history);
  gtk_widget_class_bind_template_child (widget_class, GuiOverviewPage, recent_group);
  gtk_widget_class_bind_template_child (widget_class, GuiOverviewPage, recent);
  gtk_widget_class_bind_template_child (widget_class, GuiOverviewPage, empty);
  gtk_widget_class_bind_template_child (widget_class, GuiOverviewPage, play_button);
  gtk_widget_class_bind_template_callback (widget_class, on_balance_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_overview_row_activated);
}

static void
gui_overview_page_init (GuiOverviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* Translators: %s is an amount. */
  gui_amount_label_set_format (self->pending, _ ("%s on the way, not confirmed yet"));
  /* Translators: %s is an amount. */
  gui_amount_label_set_format (self->immature, _ ("%s mined, not spendable yet"));
  /* Translators: %s is an amount. */
  gui_amount_label_set_format (self->used, _ ("%s set aside, at used addresses"));
  self->history = gui_history_model_new (N_RECENT);
  g_signal_connect_object (self->history, "loaded", G_CALLBACK (update_recent), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gui_prefs_get_default (), "changed", G_CALLBACK (prefs_changed_cb), self, G_CONNECT_SWAPPED);
  update_recent (self);
}

GtkWidget *
gui_overview_page_new (GuiSession *session)
{
  GuiOverviewPage *self = g_object_new (GUI_TYPE_OVERVIEW_PAGE, NULL);

  self->session = g_object_ref (session);
  gui_sync_card_set_session (self->sync_card, session);
  gui_balance_history_set_session (self->balance_history, session);
  gtk_widget_set_visible (self->play_button, gui_session_get_network (session) == BTC_NETWORK_REGTEST);
  g_signal_connect_object (session, "wallet-changed", G_CALLBACK (overview_wallet_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "wallet-updated", G_CALLBACK (overview_wallet_updated_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gui_session_get_node (session), "changed", G_CALLBACK (update_empty), self,
                           G_CONNECT_SWAPPED);
  overview_wallet_changed_cb (self);
  overview_wallet_updated_cb (self);
  return GTK_WIDGET (self);
}
