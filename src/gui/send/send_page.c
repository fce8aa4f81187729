#include "gui/send/send_page.h"

#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/primitives/amount.h"
#include "dbus/errors.h"
#include "gui/clients/bounds.h"
#include "gui/error_text.h"
#include "gui/outcome_text.h"
#include "gui/recipient_text.h"
#include "gui/send/outcome_page.h"
#include "gui/send/recipient_editor.h"
#include "gui/send/review_page.h"
#include "gui/send/used_coins.h"
#include "gui/widgets/amount_label.h"
#include "gui/widgets/busy_button.h"
#include "gui/widgets/fee_chooser.h"
#include "gui/widgets/stack_pages.h"
#include "gui/widgets/wrap_box.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define MAX_RECIPIENTS 50
/* With more recipients, a payment has no label that names them. */
#define MAX_NAMED 3

struct _GuiSendPage {
  GtkWidget parent_instance;

  GuiSession *session;
  GuiWalletClient *wallet;
  GCancellable *cancellable;
  GPtrArray *editors; /* of GuiRecipientEditor, borrowed from the box */
  GuiDraft *draft;    /* under review; NULL: none */
  GPtrArray *typed;   /* of GuiTypedPayment: what the requested draft is to pay */
  guint64 typed_rate;
  GHashTable *typed_labels; /* address → label */
  gboolean sending;
  gboolean wants_focus; /* when the page is shown */
  gboolean asked_fees;  /* the wallet was asked for the fee rates */

  GtkWidget *box;
  GtkStack *stack;
  GtkBox *recipients;
  GuiAmountLabel *available;
  GtkWidget *add_button;
  GuiUsedCoins *used_coins;
  GuiFeeChooser *fee_chooser;
  GtkLabel *form_error;
  GuiBusyButton *review_button;
  GuiReviewPage *review;
  GuiOutcomePage *outcome;
};

G_DEFINE_FINAL_TYPE (GuiSendPage, gui_send_page, GTK_TYPE_WIDGET)

static void
update_editors (GuiSendPage *self)
{
  for (guint i = 0; i < self->editors->len; i++)
    gui_recipient_editor_set_number (g_ptr_array_index (self->editors, i), self->editors->len > 1 ? i + 1 : 0);
  gui_fee_chooser_set_recipients (self->fee_chooser, self->editors->len);
  gtk_widget_set_sensitive (self->add_button, self->editors->len < MAX_RECIPIENTS);
}

static void
clear_form_error (GuiSendPage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->form_error), FALSE);
}

static void
set_form_error (GuiSendPage *self, const char *sentence)
{
  gtk_label_set_text (self->form_error, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->form_error), TRUE);
}

static void
remove_cb (GuiRecipientEditor *editor, GuiSendPage *self)
{
  g_ptr_array_remove (self->editors, editor);
  gtk_box_remove (self->recipients, GTK_WIDGET (editor));
  update_editors (self);
}

static void on_review (GuiSendPage *self);

static GuiRecipientEditor *
add_editor (GuiSendPage *self)
{
  GtkWidget *editor = gui_recipient_editor_new (gui_session_get_network (self->session));

  g_signal_connect_object (editor, "remove", G_CALLBACK (remove_cb), self, 0);
  g_signal_connect_object (editor, "changed", G_CALLBACK (clear_form_error), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (editor, "activate", G_CALLBACK (on_review), self, G_CONNECT_SWAPPED);
  gtk_box_append (self->recipients, editor);
  g_ptr_array_add (self->editors, editor);
  update_editors (self);
  return GUI_RECIPIENT_EDITOR (editor);
}

static void
on_add_recipient (GuiSendPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (add_editor (self)));
}

static void
send_discard_draft (GuiSendPage *self)
{
  if (self->draft != NULL)
    gui_spend_client_discard (gui_wallet_client_get_spend (self->wallet), self->draft->id);
  g_clear_pointer (&self->draft, gui_draft_free);
}

static void
clear_form (GuiSendPage *self)
{
  while (self->editors->len > 1)
    remove_cb (g_ptr_array_index (self->editors, self->editors->len - 1), self);
  gui_recipient_editor_clear (g_ptr_array_index (self->editors, 0));
  gui_used_coins_set_chosen (self->used_coins, FALSE);
  gui_fee_chooser_reset (self->fee_chooser);
  clear_form_error (self);
}

/* Moves the focus to the first field where something is wrong or missing, else to the first one. */
static void
send_focus_open (GuiSendPage *self)
{
  for (guint i = 0; i < self->editors->len; i++)
    if (gui_recipient_editor_focus_open (g_ptr_array_index (self->editors, i)))
      return;
  if (!gui_fee_chooser_focus_error (self->fee_chooser))
    gtk_widget_grab_focus (g_ptr_array_index (self->editors, 0));
}

/* Focus can be moved only to what is shown. */
static void
send_want_focus (GuiSendPage *self)
{
  self->wants_focus = !gtk_widget_get_mapped (GTK_WIDGET (self));
  if (!self->wants_focus)
    send_focus_open (self);
}

/* No new payment while it is unknown whether the last one was created. */
static gboolean
send_is_busy (GuiSendPage *self)
{
  return self->sending || gui_outcome_page_is_waiting (self->outcome);
}

static void
send_ask_fees (GuiSendPage *self)
{
  self->asked_fees = gui_client_get_online (GUI_CLIENT (self->wallet));
  gui_fee_chooser_refresh (self->fee_chooser, self->wallet);
}

static void
send_show_form (GuiSendPage *self)
{
  send_discard_draft (self);
  gui_outcome_page_end (self->outcome);
  send_ask_fees (self);
  gtk_stack_set_visible_child_name (self->stack, "form");
}

void
gui_send_page_start (GuiSendPage *self)
{
  g_return_if_fail (GUI_IS_SEND_PAGE (self));

  if (send_is_busy (self))
    return;
  send_show_form (self);
  send_want_focus (self);
}

gboolean
gui_send_page_is_filled (GuiSendPage *self)
{
  g_return_val_if_fail (GUI_IS_SEND_PAGE (self), FALSE);

  for (guint i = 0; !self->sending && i < self->editors->len; i++)
    if (gui_recipient_editor_is_filled (g_ptr_array_index (self->editors, i)))
      return TRUE;
  return FALSE;
}

gboolean
gui_send_page_go_back (GuiSendPage *self)
{
  g_return_val_if_fail (GUI_IS_SEND_PAGE (self), FALSE);

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "review") != 0)
    return FALSE;
  gui_review_page_go_back (self->review);
  return TRUE;
}

/* The recipient that an error of the wallet is about; NULL: all of them, or it is unknown. */
static GuiRecipientEditor *
send_find_faulty (GuiSendPage *self, const GError *error)
{
  if (self->editors->len == 1)
    return g_ptr_array_index (self->editors, 0);
  for (guint i = 0; i < self->editors->len; i++) {
    GuiRecipientEditor *editor = g_ptr_array_index (self->editors, i);
    GuiRecipient recipient;

    if (gui_recipient_editor_read (editor, &recipient) && strstr (error->message, recipient.address) != NULL)
      return editor;
  }
  return NULL;
}

/* Max is offered for a single recipient alone. */
static const char *
send_poor_sentence (GuiSendPage *self)
{
  const GuiWalletFigures *figures = gui_wallet_client_get_figures (self->wallet);
  gboolean more = figures->used_sat > 0 && !gui_used_coins_get_chosen (self->used_coins);
  GuiRecipient recipient;

  gui_recipient_editor_read (g_ptr_array_index (self->editors, 0), &recipient);
  if (more && (recipient.everything || self->editors->len > 1))
    return _ ("There is not enough for this and the fee. Also spend the coins set aside, or enter less.");
  if (more)
    return _ ("There is not enough for this and the fee. Enter less, use Max, or also spend the coins set aside.");
  if (figures->spendable_sat + gui_used_coins_get_chosen_sat (self->used_coins) == 0)
    return _ ("This wallet has no coins to spend yet.");
  if (recipient.everything)
    return _ ("There is not enough to pay the fee. Choose a lower fee rate.");
  return self->editors->len == 1 ? _ ("There is not enough for this and the fee. Enter less, or use Max.")
                                 : _ ("There is not enough for these payments and the fee. Enter less.");
}

/* Shows an error of the wallet at the field to be changed. */
static void
show_draft_error (GuiSendPage *self, const GError *error)
{
  GuiRecipientEditor *faulty = send_find_faulty (self, error);
  g_auto (GuiErrorText) text = { 0 };
  const char *sentence = NULL;
  gboolean address = g_error_matches (error, BUS_ERROR, BUS_ERROR_INVALID_ADDRESS);

  gui_error_describe (error, GUI_DOING_DRAFT, &text);
  if (g_error_matches (error, BUS_ERROR, BUS_ERROR_INSUFFICIENT_FUNDS))
    sentence = send_poor_sentence (self);
  else if (g_error_matches (error, BUS_ERROR, BUS_ERROR_TOO_MANY_COINS))
    sentence = text.advice;
  else if (g_error_matches (error, BUS_ERROR, BUS_ERROR_INVALID_AMOUNT))
    sentence = _ ("This amount is too small to be sent. Enter more.");
  else if (address)
    sentence = _ ("The wallet cannot pay to this address. Check it with the recipient.");
  if (faulty == NULL || sentence == NULL)
    set_form_error (self, sentence != NULL ? sentence : text.body);
  else if (address)
    gui_recipient_editor_set_address_error (faulty, sentence);
  else
    gui_recipient_editor_set_amount_error (faulty, sentence);
  send_focus_open (self);
}

/* The wallet knows the labels only from when the payment was sent. */
static void
send_name_recipients (GuiSendPage *self)
{
  for (guint i = 0; i < self->draft->outputs->len; i++) {
    GuiCoin *coin = g_ptr_array_index (self->draft->outputs, i);
    const char *label = coin->change ? NULL : g_hash_table_lookup (self->typed_labels, coin->address);

    g_free (coin->label);
    coin->label = g_strdup (label != NULL ? label : "");
  }
}

static void
send_show_review (GuiSendPage *self)
{
  GuiFeeEstimates estimates;

  gui_fee_chooser_get_estimates (self->fee_chooser, &estimates);
  gui_review_page_set_draft (self->review, self->draft, self->typed_labels, &estimates);
  gtk_stack_set_visible_child_name (self->stack, "review");
  if (gtk_widget_get_mapped (GTK_WIDGET (self->review)))
    gtk_widget_grab_focus (GTK_WIDGET (self->review));
}

static void
draft_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GuiDraft *draft = gui_spend_client_draft_finish (GUI_SPEND_CLIENT (source), result, &error);
  GuiSendPage *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gui_busy_button_set_busy (self->review_button, FALSE);
  if (draft == NULL) {
    show_draft_error (self, error);
    return;
  }
  send_discard_draft (self);
  self->draft = draft;
  if (!gui_draft_matches (draft, gui_session_get_network (self->session), self->typed, self->typed_rate)) {
    send_discard_draft (self);
    set_form_error (self, _ ("Nothing was sent. The wallet prepared a different payment from the one you entered. "
                             "Close the application and start it again."));
    return;
  }
  send_name_recipients (self);
  send_show_review (self);
}

static void
typed_free (gpointer data)
{
  GuiTypedPayment *typed = data;

  g_bytes_unref (typed->script);
  g_free (typed);
}

/* Records what was entered. FALSE if the address is a duplicate, even in another notation. */
static gboolean
record_typed (GuiSendPage *self, const GuiRecipient *recipient)
{
  GBytes *script = btc_address_decode (recipient->address, gui_session_get_network (self->session), NULL);
  GuiTypedPayment *typed;

  for (guint i = 0; script != NULL && i < self->typed->len; i++)
    if (g_bytes_equal (((GuiTypedPayment *) g_ptr_array_index (self->typed, i))->script, script)) {
      g_bytes_unref (script);
      return FALSE;
    }
  if (script == NULL)
    return FALSE;
  typed = g_new (GuiTypedPayment, 1);
  *typed = (GuiTypedPayment){ script, recipient->everything ? 0 : recipient->amount_sat };
  g_ptr_array_add (self->typed, typed);
  if (*recipient->label != '\0')
    g_hash_table_insert (self->typed_labels, g_strdup (recipient->address),
                         gui_bounds_dup_line (recipient->label, GUI_BOUNDS_MAX_LABEL));
  return TRUE;
}

/* For Spend1.CreateDraft. Without an amount if the recipient gets the whole balance. The label of a single recipient is
 * that of the payment. */
static GVariant *
recipient_record (const GuiRecipient *recipient, gboolean several)
{
  g_auto (GVariantDict) record = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&record, "address", "s", recipient->address);
  if (several)
    gui_client_add_label (&record, recipient->label);
  if (!recipient->everything)
    g_variant_dict_insert (&record, "amount", "x", recipient->amount_sat);
  return g_variant_dict_end (&record);
}

/* The recipients as aa{sv}, or NULL after showing an error. */
static GVariant *
read_recipients (GuiSendPage *self, gboolean *send_all)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  gboolean good = TRUE;
  gint64 sum_sat = 0;

  g_ptr_array_set_size (self->typed, 0);
  g_hash_table_remove_all (self->typed_labels);
  for (guint i = 0; i < self->editors->len; i++) {
    GuiRecipientEditor *editor = g_ptr_array_index (self->editors, i);
    GuiRecipient recipient;

    if (!gui_recipient_editor_read (editor, &recipient)) {
      good = FALSE;
      continue;
    }
    if (!btc_amount_add (sum_sat, recipient.amount_sat, &sum_sat)) {
      gui_recipient_editor_set_amount_error (editor,
                                             _ ("This is more than all bitcoins that will ever exist. Enter less."));
      good = FALSE;
    }
    if (i == 0)
      *send_all = recipient.everything;
    if (!record_typed (self, &recipient)) {
      gui_recipient_editor_set_address_error (editor,
                                              _ ("This address is already in the list. Enter one amount for it."));
      good = FALSE;
    }
    g_variant_builder_add_value (&builder, recipient_record (&recipient, self->editors->len > 1));
  }
  return good ? g_variant_builder_end (&builder) : NULL;
}

/* The label of the payment: those of its recipients, if they are few and all have one; NULL: none. */
static char *
send_dup_label (GuiSendPage *self)
{
  g_autoptr (GString) names = g_string_new (NULL);

  if (self->editors->len > MAX_NAMED)
    return NULL;
  for (guint i = 0; i < self->editors->len; i++) {
    GuiRecipient recipient;

    if (!gui_recipient_editor_read (g_ptr_array_index (self->editors, i), &recipient) || *recipient.label == '\0')
      return NULL;
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", recipient.label);
  }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static void
on_review (GuiSendPage *self)
{
  g_autoptr (GVariant) recipients = NULL;
  g_autofree char *label = NULL;
  gboolean send_all = FALSE, fee_known;
  guint64 rate;

  if (gui_busy_button_get_busy (self->review_button))
    return;
  clear_form_error (self);
  for (guint i = 0; i < self->editors->len; i++)
    gui_recipient_editor_clear_problems (g_ptr_array_index (self->editors, i));
  fee_known = gui_fee_chooser_read (self->fee_chooser, &rate);
  recipients = read_recipients (self, &send_all);
  if (recipients == NULL || !fee_known)
    send_focus_open (self);
  if (recipients == NULL || !fee_known)
    return;
  g_variant_ref_sink (recipients);
  label = send_dup_label (self);
  self->typed_rate = rate;
  gui_busy_button_set_busy (self->review_button, TRUE);
  gui_spend_client_draft_async (gui_wallet_client_get_spend (self->wallet), recipients, rate, send_all,
                                gui_used_coins_get_chosen (self->used_coins), label, self->cancellable, draft_cb, self);
}

static void
on_review_back (GuiSendPage *self)
{
  send_discard_draft (self);
  gtk_stack_set_visible_child_name (self->stack, "form");
  gtk_widget_grab_focus (GTK_WIDGET (self->review_button));
}

/* Shows the outcome in a toast while another page is shown, perhaps that of another wallet. */
static void
send_notify_outcome (GuiSendPage *self, const char *outcome)
{
  g_autofree char *text = NULL;

  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  /* Translators: the name of a wallet, and the outcome, as in "Sent". */
  text = g_strdup_printf (_ ("Payment from %s: %s"), gui_wallet_client_get_title (self->wallet), outcome);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", text);
}

/* An answer of the wallet means that nothing was signed. After any other error there may be a payment. */
static void
sent_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiSendPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GuiPayment) payment = gui_spend_client_payment_finish (GUI_SPEND_CLIENT (source), result, &error);
  g_autofree char *to = NULL;

  self->sending = FALSE;
  if (self->stack == NULL)
    return;
  if (payment == NULL && bus_error_is_reply (error)) {
    gui_review_page_set_failed (self->review, error);
    send_notify_outcome (self, _ ("Nothing was sent"));
    return;
  }
  to = gui_recipients_dup_text (self->draft->outputs);
  gui_outcome_page_begin (self->outcome, self->wallet, self->draft->id, gui_draft_get_paid_sat (self->draft), to,
                          payment);
  g_clear_pointer (&self->draft, gui_draft_free);
  clear_form (self);
  gtk_stack_set_visible_child_name (self->stack, "sent");
  if (gtk_widget_get_mapped (GTK_WIDGET (self->outcome)))
    gtk_widget_grab_focus (GTK_WIDGET (self->outcome));
  send_notify_outcome (self, gui_outcome_title (payment != NULL ? payment->outcome : GUI_OUTCOME_PENDING));
}

static void
on_review_send (GuiSendPage *self)
{
  if (self->draft == NULL || self->sending)
    return;
  self->sending = TRUE;
  gui_review_page_set_sending (self->review);
  gui_spend_client_send_async (gui_wallet_client_get_spend (self->wallet), self->draft->id, sent_cb,
                               g_object_ref (self));
}

static void
on_pay_again (GuiSendPage *self)
{
  clear_form (self);
  gui_send_page_start (self);
}

static void
update_available (GuiSendPage *self)
{
  const GuiWalletFigures *figures = gui_wallet_client_get_figures (self->wallet);

  gui_used_coins_set_amount (self->used_coins, figures->used_sat);
  gui_amount_label_set_amount (self->available,
                               figures->spendable_sat + gui_used_coins_get_chosen_sat (self->used_coins));
  gui_amount_label_set_known (self->available, figures->has_balance);
}

static void
send_wallet_changed_cb (GuiSendPage *self)
{
  update_available (self);
  if (!self->asked_fees)
    send_ask_fees (self);
}

/* The title of the window. A page that is not shown has none. */
static void
send_show_title (GuiSendPage *self)
{
  const char *step = gtk_stack_get_visible_child_name (self->stack);
  const char *title = g_strcmp0 (step, "review") == 0 ? _ ("Review")
                      : g_strcmp0 (step, "sent") == 0 ? _ ("Payment")
                                                      : _ ("Send");

  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.title", "s", title);
}

static void
gui_send_page_map (GtkWidget *widget)
{
  GuiSendPage *self = GUI_SEND_PAGE (widget);

  GTK_WIDGET_CLASS (gui_send_page_parent_class)->map (widget);
  send_ask_fees (self);
  send_show_title (self);
  if (self->wants_focus)
    send_want_focus (self);
}

static void
gui_send_page_dispose (GObject *object)
{
  GuiSendPage *self = GUI_SEND_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  send_discard_draft (self);
  g_clear_object (&self->wallet);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_SEND_PAGE);
  self->stack = NULL;

  G_OBJECT_CLASS (gui_send_page_parent_class)->dispose (object);
}

static void
gui_send_page_finalize (GObject *object)
{
  g_ptr_array_unref (GUI_SEND_PAGE (object)->editors);
  g_ptr_array_unref (GUI_SEND_PAGE (object)->typed);
  g_hash_table_unref (GUI_SEND_PAGE (object)->typed_labels);
  G_OBJECT_CLASS (gui_send_page_parent_class)->finalize (object);
}

static void
gui_send_page_class_init (GuiSendPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_send_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_send_page_finalize;
  widget_class->map = gui_send_page_map;
  g_type_ensure (GUI_TYPE_AMOUNT_LABEL);
  g_type_ensure (GUI_TYPE_BUSY_BUTTON);
  g_type_ensure (GUI_TYPE_FEE_CHOOSER);
  g_type_ensure (GUI_TYPE_OUTCOME_PAGE);
  g_type_ensure (GUI_TYPE_REVIEW_PAGE);
  g_type_ensure (GUI_TYPE_USED_COINS);
  g_type_ensure (GUI_TYPE_WRAP_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/send/send_page.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiSendPage, box);
  gtk_widget_class_bind_template_child (widget_class, GuiSendPage, stack);
  gtk_widget_class_bind_template_child (widget_class, GuiSendPage, recipients);
  gtk_widget_class_bind_template_child (widget_class, GuiSendPage, available);
  gtk_widget_class_bind_template_child (widget_class, GuiSendPage, add_button);
  gtk_widget_class_bind_template_child (widget_class, GuiSendPage, used_coins);
  gtk_widget_class_bind_template_child (widget_class, GuiSendPage, fee_chooser);
  gtk_widget_class_bind_template_child (widget_class, GuiSendPage, form_error);
  gtk_widget_class_bind_template_child (widget_class, GuiSendPage, review_button);
  gtk_widget_class_bind_template_child (widget_class, GuiSendPage, review);
  gtk_widget_class_bind_template_child (widget_class, GuiSendPage, outcome);
  gtk_widget_class_bind_template_callback (widget_class, on_add_recipient);
  gtk_widget_class_bind_template_callback (widget_class, update_available);
  gtk_widget_class_bind_template_callback (widget_class, on_review);
  gtk_widget_class_bind_template_callback (widget_class, on_review_back);
  gtk_widget_class_bind_template_callback (widget_class, on_review_send);
  gtk_widget_class_bind_template_callback (widget_class, on_pay_again);
}

static void
gui_send_page_init (GuiSendPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_stack_hide_unmapped (self->stack);
  g_signal_connect_object (self->stack, "notify::visible-child", G_CALLBACK (send_show_title), self, G_CONNECT_SWAPPED);
  self->editors = g_ptr_array_new ();
  self->typed = g_ptr_array_new_with_free_func (typed_free);
  self->typed_labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->cancellable = g_cancellable_new ();
  /* Translators: %s is an amount. */
  gui_amount_label_set_format (self->available, _ ("%s available"));
  gui_amount_label_align_start (self->available);
}

GtkWidget *
gui_send_page_new (GuiSession *session, GuiWalletClient *wallet)
{
  GuiSendPage *self = g_object_new (GUI_TYPE_SEND_PAGE, NULL);

  self->session = g_object_ref (session);
  self->wallet = g_object_ref (wallet);
  gui_outcome_page_set_node (self->outcome, gui_session_get_node (session));
  gui_fee_chooser_set_playground (self->fee_chooser, gui_session_get_network (session) == BTC_NETWORK_REGTEST);
  add_editor (self);
  g_signal_connect_object (wallet, "changed", G_CALLBACK (send_wallet_changed_cb), self, G_CONNECT_SWAPPED);
  send_wallet_changed_cb (self);
  return GTK_WIDGET (self);
}
