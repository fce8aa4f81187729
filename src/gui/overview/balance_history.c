#include "gui/overview/balance_history.h"

#include "gui/widgets/balance_chart.h"
#include "gui/widgets/wrap_box.h"

#include <glib/gi18n.h>

/* More points could not be distinguished. */
#define N_POINTS 300
/* Changes occur in bursts while the wallet is catching up: the first one is asked for at once. */
#define ASK_AGAIN_MS 300
#define DAY ((gint64) 86400)

struct _GuiBalanceHistory {
  GtkWidget parent_instance;

  GuiSession *session;
  GCancellable *cancellable;
  gint64 from;     /* of the request; 0: all */
  gint64 asked_us; /* on the monotonic clock; 0: not yet */
  guint ask_source;

  GtkWidget *box;
  GtkToggleButton *month;
  GtkToggleButton *year;
  GuiBalanceChart *chart;
  GtkWidget *immature_note;
};

G_DEFINE_FINAL_TYPE (GuiBalanceHistory, gui_balance_history, GTK_TYPE_WIDGET)

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
balances_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GArray) points = gui_wallet_client_list_balances_finish (GUI_WALLET_CLIENT (source), result, NULL);
  GuiBalanceHistory *self = data;

  /* The bar at the top reports a failed worker; the chart is left unchanged. */
  if (points == NULL)
    return;
  gtk_widget_set_visible (self->immature_note,
                          gui_wallet_client_get_figures (GUI_WALLET_CLIENT (source))->immature_sat != 0);
  gtk_widget_set_visible (GTK_WIDGET (self), points->len > 0);
  gui_balance_chart_set_points (self->chart, points, self->from, now_s ());
}

static void
balance_history_fetch (GuiBalanceHistory *self)
{
  GuiWalletClient *wallet = gui_session_get_wallet (self->session);
  gint64 days = gtk_toggle_button_get_active (self->month) ? 30 : gtk_toggle_button_get_active (self->year) ? 365 : 0;

  g_clear_handle_id (&self->ask_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (wallet == NULL || !gui_client_get_online (GUI_CLIENT (wallet)))
    return;
  self->cancellable = g_cancellable_new ();
  self->asked_us = g_get_monotonic_time ();
  self->from = days > 0 ? now_s () - days * DAY : 0;
  gui_wallet_client_list_balances_async (wallet, days > 0 ? &self->from : NULL, N_POINTS, self->cancellable,
                                         balances_cb, self);
}

static gboolean
balance_history_fetch_cb (gpointer data)
{
  GuiBalanceHistory *self = data;

  self->ask_source = 0;
  balance_history_fetch (self);
  return G_SOURCE_REMOVE;
}

static void
wallet_updated_cb (GuiBalanceHistory *self)
{
  if (g_get_monotonic_time () - self->asked_us > ASK_AGAIN_MS * 1000)
    balance_history_fetch (self);
  else if (self->ask_source == 0)
    self->ask_source = g_timeout_add (ASK_AGAIN_MS, balance_history_fetch_cb, self);
}

static void
on_toggled (GuiBalanceHistory *self, GtkToggleButton *button)
{
  if (gtk_toggle_button_get_active (button))
    balance_history_fetch (self);
}

static void
balance_history_wallet_changed_cb (GuiBalanceHistory *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  balance_history_fetch (self);
}

static void
gui_balance_history_dispose (GObject *object)
{
  GuiBalanceHistory *self = GUI_BALANCE_HISTORY (object);

  g_clear_handle_id (&self->ask_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_BALANCE_HISTORY);

  G_OBJECT_CLASS (gui_balance_history_parent_class)->dispose (object);
}

static void
gui_balance_history_class_init (GuiBalanceHistoryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_balance_history_dispose;
  g_type_ensure (GUI_TYPE_BALANCE_CHART);
  g_type_ensure (GUI_TYPE_WRAP_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/moneyrocket/Moneyrocket/overview/balance_history.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiBalanceHistory, box);
  gtk_widget_class_bind_template_child (widget_class, GuiBalanceHistory, month);
  gtk_widget_class_bind_template_child (widget_class, GuiBalanceHistory, year);
  gtk_widget_class_bind_template_child (widget_class, GuiBalanceHistory, chart);
  gtk_widget_class_bind_template_child (widget_class, GuiBalanceHistory, immature_note);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
}

static void
gui_balance_history_init (GuiBalanceHistory *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
gui_balance_history_set_session (GuiBalanceHistory *self, GuiSession *session)
{
  g_return_if_fail (GUI_IS_BALANCE_HISTORY (self));
  g_return_if_fail (GUI_IS_SESSION (session));

  g_set_object (&self->session, session);
  g_signal_connect_object (session, "wallet-changed", G_CALLBACK (balance_history_wallet_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "wallet-updated", G_CALLBACK (wallet_updated_cb), self, G_CONNECT_SWAPPED);
  balance_history_wallet_changed_cb (self);
}
