#include "gui/send/outcome_page.h"

#include "dbus/errors.h"
#include "gui/error_text.h"
#include "gui/outcome_text.h"
#include "gui/widgets/amount_label.h"
#include "gui/widgets/busy_button.h"
#include "gui/widgets/css_class.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* The interval at which the wallet is asked for the state of a payment that is not settled. */
#define ASK_MS 1000

struct _GuiOutcomePage {
  GtkWidget parent_instance;

  GuiNodeClient *node;
  GuiWalletClient *wallet; /* NULL: no payment */
  guint64 draft;
  gint64 paid_sat;
  char *to;
  GVariant *txid;     /* NULL: unknown */
  GuiOutcome outcome; /* once the ID is known */
  gboolean waiting;
  gboolean confirming; /* the page asks whether to abandon it; only if it was refused */
  char *reason;        /* the reject reason */
  GCancellable *cancellable;
  guint ask_source;

  AdwStatusPage *status;
  GuiAmountLabel *amount;
  GtkWidget *buttons;
  GtkWidget *again_button;
  GtkWidget *details_button;
  GtkWidget *retry_button;
  GtkWidget *abandon_button;
  GtkWidget *keep_button;
  GtkWidget *confirm_button;
};

G_DEFINE_FINAL_TYPE (GuiOutcomePage, gui_outcome_page, GTK_TYPE_WIDGET)

enum { SIGNAL_AGAIN, N_SIGNALS };

static guint signals[N_SIGNALS];

/* The buttons to show. */
typedef enum { OFFER_AGAIN = 1, OFFER_DETAILS = 2, OFFER_RETRY = 4, OFFER_ABANDON = 8, OFFER_CONFIRM = 16 } Offer;

static void
outcome_show (GuiOutcomePage *self, const char *icon, const char *title, const char *text, guint offers)
{
  /* The page is updated while it is shown: an unchanged title must not be announced again. */
  if (g_strcmp0 (adw_status_page_get_title (self->status), title) != 0) {
    adw_status_page_set_title (self->status, title);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  }
  if (g_strcmp0 (adw_status_page_get_description (self->status), text) != 0)
    adw_status_page_set_description (self->status, text);
  adw_status_page_set_icon_name (self->status, icon);
  gtk_widget_set_visible (self->again_button, (offers & OFFER_AGAIN) != 0);
  gtk_widget_set_visible (self->details_button, (offers & OFFER_DETAILS) != 0);
  gtk_widget_set_visible (self->retry_button, (offers & OFFER_RETRY) != 0);
  gtk_widget_set_visible (self->abandon_button, (offers & OFFER_ABANDON) != 0);
  gtk_widget_set_visible (self->keep_button, (offers & OFFER_CONFIRM) != 0);
  gtk_widget_set_visible (self->confirm_button, (offers & OFFER_CONFIRM) != 0);
}

static gboolean
outcome_is_refused (GuiOutcomePage *self)
{
  return self->txid != NULL && self->outcome == GUI_OUTCOME_REFUSED;
}

/* The node has the payment, and nobody to pass it on to. */
static void
outcome_show_held (GuiOutcomePage *self)
{
  outcome_show (self, "content-loading-symbolic", gui_outcome_held_title (), gui_outcome_held_text (),
                OFFER_AGAIN | OFFER_DETAILS);
}

static void
outcome_show_result (GuiOutcomePage *self)
{
  static const char *const icons[] = {
    [GUI_OUTCOME_PENDING] = "content-loading-symbolic",   [GUI_OUTCOME_ACCEPTED] = "emblem-ok-symbolic",
    [GUI_OUTCOME_REFUSED] = "dialog-warning-symbolic",    [GUI_OUTCOME_ABANDONED] = "edit-undo-symbolic",
    [GUI_OUTCOME_CONFLICTED] = "dialog-warning-symbolic", [GUI_OUTCOME_REPLACED] = "dialog-information-symbolic",
    [GUI_OUTCOME_CONFIRMED] = "emblem-ok-symbolic",
  };
  g_autofree char *text = gui_outcome_dup_text (self->outcome, self->reason);
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  guint more = self->outcome == GUI_OUTCOME_REFUSED ? OFFER_RETRY | OFFER_ABANDON : 0;

  outcome_show (self, icons[self->outcome], gui_outcome_title (self->outcome), escaped,
                OFFER_AGAIN | OFFER_DETAILS | more);
}

static void
outcome_show_waiting (GuiOutcomePage *self)
{
  outcome_show (self, "content-loading-symbolic", _ ("On its way"),
                _ ("The wallet has not answered yet. The state of the payment is shown here as soon as it does. Wait "
                   "for that, and do not pay a second time."),
                0);
}

static void
outcome_update (GuiOutcomePage *self)
{
  gboolean accepted = self->outcome == GUI_OUTCOME_ACCEPTED;
  gboolean held = accepted && gui_node_client_get_figures (self->node)->alone;

  if (self->txid == NULL || self->confirming)
    return;
  gui_set_css_class (GTK_WIDGET (self->status), "sent-page",
                     (accepted && !held) || self->outcome == GUI_OUTCOME_CONFIRMED);
  if (held)
    outcome_show_held (self);
  else
    outcome_show_result (self);
}

static void
outcome_show_not_sent (GuiOutcomePage *self)
{
  outcome_show (self, "dialog-information-symbolic", _ ("Nothing was sent"),
                _ ("The wallet stopped before it signed the payment. Make the payment again."), OFFER_AGAIN);
}

static void
outcome_set_busy (GuiOutcomePage *self, gboolean busy)
{
  for (GtkWidget *child = gtk_widget_get_first_child (self->buttons); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gui_busy_button_set_busy (GUI_BUSY_BUTTON (child), busy);
}

static void outcome_poll_later (GuiOutcomePage *self);

static void
outcome_set (GuiOutcomePage *self, GuiOutcome outcome, const char *reason)
{
  self->outcome = outcome;
  g_free (self->reason);
  self->reason = g_strdup (reason);
  self->confirming = self->confirming && outcome == GUI_OUTCOME_REFUSED;
  outcome_update (self);
  if (outcome == GUI_OUTCOME_PENDING || outcome == GUI_OUTCOME_REFUSED)
    outcome_poll_later (self);
}

/* What the history says of the payment: unlike the state of its draft it includes the blocks. */
static void
outcome_followed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GuiPaymentDetails) details
      = gui_wallet_client_get_transaction_finish (GUI_WALLET_CLIENT (source), result, &error);

  if (details != NULL)
    outcome_set (data, details->outcome, details->reason);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    outcome_poll_later (data);
}

static void
outcome_follow (GuiOutcomePage *self)
{
  if (self->txid != NULL && gui_client_get_online (GUI_CLIENT (self->wallet)))
    gui_wallet_client_get_transaction_async (self->wallet, self->txid, self->cancellable, outcome_followed_cb, self);
}

/* PAYMENT NULL: unknown yet. */
static void
outcome_take (GuiOutcomePage *self, const GuiPayment *payment)
{
  self->waiting = payment == NULL;
  if (payment == NULL) {
    outcome_show_waiting (self);
    outcome_poll_later (self);
    return;
  }
  g_clear_pointer (&self->txid, g_variant_unref);
  self->txid = g_variant_ref (payment->txid);
  outcome_set (self, payment->outcome, payment->reason);
  outcome_follow (self);
}

static void
outcome_polled_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GuiPayment) payment = gui_spend_client_payment_finish (GUI_SPEND_CLIENT (source), result, &error);
  GuiOutcomePage *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (payment != NULL) {
    outcome_take (self, payment);
  } else if (self->waiting && g_error_matches (error, BUS_ERROR, BUS_ERROR_NOT_FOUND)) {
    self->waiting = FALSE;
    outcome_show_not_sent (self);
  } else {
    outcome_poll_later (self);
  }
}

static gboolean
outcome_poll (gpointer data)
{
  GuiOutcomePage *self = data;

  self->ask_source = 0;
  if (self->txid != NULL)
    outcome_follow (self);
  else
    gui_spend_client_get_payment_async (gui_wallet_client_get_spend (self->wallet), self->draft, self->cancellable,
                                        outcome_polled_cb, self);
  return G_SOURCE_REMOVE;
}

static void
outcome_poll_later (GuiOutcomePage *self)
{
  if (self->ask_source == 0 && self->wallet != NULL)
    self->ask_source = g_timeout_add (ASK_MS, outcome_poll, self);
}

static void
outcome_stop_polling (GuiOutcomePage *self)
{
  g_clear_handle_id (&self->ask_source, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

void
gui_outcome_page_begin (GuiOutcomePage *self,
                        GuiWalletClient *wallet,
                        guint64 draft,
                        gint64 paid_sat,
                        const char *to,
                        const GuiPayment *payment)
{
  g_return_if_fail (GUI_IS_OUTCOME_PAGE (self));

  gui_outcome_page_end (self);
  self->wallet = g_object_ref (wallet);
  g_signal_connect_object (wallet, "changed", G_CALLBACK (outcome_follow), self, G_CONNECT_SWAPPED);
  self->draft = draft;
  self->paid_sat = paid_sat;
  self->to = g_strdup (to);
  self->cancellable = g_cancellable_new ();
  gui_amount_label_set_amount (self->amount, paid_sat);
  outcome_set_busy (self, FALSE);
  outcome_take (self, payment);
}

gboolean
gui_outcome_page_is_waiting (GuiOutcomePage *self)
{
  g_return_val_if_fail (GUI_IS_OUTCOME_PAGE (self), FALSE);

  return self->waiting;
}

void
gui_outcome_page_end (GuiOutcomePage *self)
{
  g_return_if_fail (GUI_IS_OUTCOME_PAGE (self));

  outcome_stop_polling (self);
  g_clear_pointer (&self->txid, g_variant_unref);
  if (self->wallet != NULL)
    g_signal_handlers_disconnect_by_data (self->wallet, self);
  g_clear_object (&self->wallet);
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->to, g_free);
  self->waiting = self->confirming = FALSE;
}

void
gui_outcome_page_set_node (GuiOutcomePage *self, GuiNodeClient *node)
{
  g_return_if_fail (GUI_IS_OUTCOME_PAGE (self));
  g_return_if_fail (self->node == NULL);

  self->node = g_object_ref (node);
  g_signal_connect_object (node, "changed", G_CALLBACK (outcome_update), self, G_CONNECT_SWAPPED);
}

static void
on_outcome_pay_again (GuiOutcomePage *self)
{
  g_signal_emit (self, signals[SIGNAL_AGAIN], 0);
}

static void
on_details (GuiOutcomePage *self)
{
  if (self->txid != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.payment", "@ay", self->txid);
}

static void
retried_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiOutcomePage) self = data;
  g_autoptr (GuiPayment) payment = gui_spend_client_payment_finish (GUI_SPEND_CLIENT (source), result, NULL);

  if (self->wallet == NULL || gui_wallet_client_get_spend (self->wallet) != GUI_SPEND_CLIENT (source))
    return;
  outcome_set_busy (self, FALSE);
  if (payment != NULL)
    outcome_take (self, payment);
  else
    outcome_poll_later (self);
}

/* Submits the same payment again: see Spend1.Send. A button that is activated by the keyboard is clicked a little
 * later, when the page may show something else: here and below. */
static void
on_retry (GuiOutcomePage *self)
{
  if (!outcome_is_refused (self))
    return;
  outcome_set_busy (self, TRUE);
  gui_spend_client_send_async (gui_wallet_client_get_spend (self->wallet), self->draft, retried_cb,
                               g_object_ref (self));
}

static void
abandoned_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiOutcomePage) self = data;
  g_autoptr (GError) error = NULL;

  if (!gui_spend_client_abandon_finish (GUI_SPEND_CLIENT (source), result, &error) && self->status != NULL)
    gui_error_present (GTK_WIDGET (self), error, GUI_DOING_ABANDON);
  if (self->wallet == NULL)
    return;
  outcome_set_busy (self, FALSE);
  outcome_poll_later (self);
}

static void
outcome_abandon (GuiOutcomePage *self)
{
  if (self->wallet == NULL || self->txid == NULL)
    return;
  outcome_set_busy (self, TRUE);
  gui_spend_client_abandon_async (gui_wallet_client_get_spend (self->wallet), self->txid, abandoned_cb,
                                  g_object_ref (self));
}

/* Asks for confirmation on the same page. */
static void
on_abandon (GuiOutcomePage *self)
{
  g_autofree char *text = NULL, *escaped = NULL;

  if (!outcome_is_refused (self))
    return;
  self->confirming = TRUE;
  text = gui_outcome_dup_abandon_text (self->paid_sat, self->to);
  escaped = g_markup_escape_text (text, -1);
  outcome_show (self, "dialog-question-symbolic", gui_outcome_abandon_title (), escaped, OFFER_CONFIRM);
  gtk_widget_grab_focus (self->keep_button);
}

static void
on_keep (GuiOutcomePage *self)
{
  if (!self->confirming)
    return;
  self->confirming = FALSE;
  outcome_update (self);
  gtk_widget_grab_focus (self->abandon_button);
}

static gboolean
outcome_escape (GtkWidget *widget, GVariant *args, gpointer data)
{
  gboolean confirming = GUI_OUTCOME_PAGE (widget)->confirming;

  on_keep (GUI_OUTCOME_PAGE (widget));
  return confirming;
}

static void
on_confirm (GuiOutcomePage *self)
{
  if (!self->confirming)
    return;
  self->confirming = FALSE;
  outcome_abandon (self);
}

static void
gui_outcome_page_dispose (GObject *object)
{
  gui_outcome_page_end (GUI_OUTCOME_PAGE (object));
  g_clear_object (&GUI_OUTCOME_PAGE (object)->node);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_OUTCOME_PAGE);
  G_OBJECT_CLASS (gui_outcome_page_parent_class)->dispose (object);
}

static void
gui_outcome_page_class_init (GuiOutcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_outcome_page_dispose;
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, outcome_escape, NULL);
  signals[SIGNAL_AGAIN]
      = g_signal_new ("again", GUI_TYPE_OUTCOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (GUI_TYPE_AMOUNT_LABEL);
  g_type_ensure (GUI_TYPE_BUSY_BUTTON);
  gtk_widget_class_set_css_name (widget_class, "outcomepage");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/send/outcome_page.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiOutcomePage, status);
  gtk_widget_class_bind_template_child (widget_class, GuiOutcomePage, amount);
  gtk_widget_class_bind_template_child (widget_class, GuiOutcomePage, buttons);
  gtk_widget_class_bind_template_child (widget_class, GuiOutcomePage, again_button);
  gtk_widget_class_bind_template_child (widget_class, GuiOutcomePage, details_button);
  gtk_widget_class_bind_template_child (widget_class, GuiOutcomePage, retry_button);
  gtk_widget_class_bind_template_child (widget_class, GuiOutcomePage, abandon_button);
  gtk_widget_class_bind_template_child (widget_class, GuiOutcomePage, keep_button);
  gtk_widget_class_bind_template_child (widget_class, GuiOutcomePage, confirm_button);
  gtk_widget_class_bind_template_callback (widget_class, on_outcome_pay_again);
  gtk_widget_class_bind_template_callback (widget_class, on_details);
  gtk_widget_class_bind_template_callback (widget_class, on_retry);
  gtk_widget_class_bind_template_callback (widget_class, on_abandon);
  gtk_widget_class_bind_template_callback (widget_class, on_keep);
  gtk_widget_class_bind_template_callback (widget_class, on_confirm);
}

static void
gui_outcome_page_init (GuiOutcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* A page without buttons has the focus, too. */
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}
