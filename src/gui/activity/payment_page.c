#include "gui/activity/payment_page.h"

#include "gui/activity/outcome_card.h"
#include "gui/error_text.h"
#include "gui/format.h"
#include "gui/models/tx_row.h"
#include "gui/recipient_text.h"
#include "gui/widgets/address_label.h"
#include "gui/widgets/amount_label.h"
#include "gui/widgets/confirm_ring.h"
#include "gui/widgets/names.h"
#include "gui/widgets/stack_pages.h"
#include "gui/widgets/wrap_row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* The maximum number of rows in a list of inputs or outputs; the rest are only counted. */
#define MAX_ROWS 100

struct _GuiPaymentPage {
  GtkWidget parent_instance;

  GuiWalletClient *wallet;
  GVariant *txid;
  GCancellable *cancellable;
  GuiTxRow *row;
  guint vsize; /* 0: unknown */
  gboolean shown;

  GtkWidget *box;
  GtkStack *stack;
  AdwStatusPage *failed;
  GtkLabel *kind;
  GuiAmountLabel *amount;
  GuiConfirmRing *ring;
  GtkLabel *status;
  GuiOutcomeCard *outcome;
  GtkWidget *facts_group;
  GtkEditable *label_row;
  GtkEditable *address_label_row;
  AdwActionRow *time_row;
  AdwActionRow *fee_row;
  AdwActionRow *block_row;
  AdwActionRow *id_row;
  GtkWidget *inputs_group;
  GtkListBox *inputs;
  GtkWidget *outputs_group;
  GtkListBox *outputs;
};

G_DEFINE_FINAL_TYPE (GuiPaymentPage, gui_payment_page, GTK_TYPE_WIDGET)

static GtkWidget *
coin_row (const GuiCoin *coin)
{
  gboolean known = *coin->address != '\0';
  const char *whose = *coin->label != '\0' ? coin->label : coin->ours ? _ ("Yours") : NULL;
  GtkWidget *row = gui_wrap_row_new (known ? NULL : _ ("Without an address"), whose);

  if (known) {
    g_autofree char *name = whose != NULL ? g_strdup_printf ("%s, %s", coin->address, whose) : g_strdup (coin->address);

    gui_wrap_row_add_text (GUI_WRAP_ROW (row), gui_address_label_new (coin->address));
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  }
  if (coin->amount_sat >= 0)
    gui_wrap_row_add_end (GUI_WRAP_ROW (row), gui_amount_label_new (coin->amount_sat));
  return row;
}

static void
clear_list (GtkListBox *list)
{
  GtkListBoxRow *old;

  while ((old = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (old));
}

static void
add_rest (GtkListBox *list, gsize n)
{
  g_autofree char *text = NULL;

  if (n <= MAX_ROWS)
    return;
  text = g_strdup_printf (_ ("And %u more"), (guint) (n - MAX_ROWS));
  gtk_list_box_append (list, gui_wrap_row_new (text, NULL));
}

/* Data carrier outputs (OP_RETURN) without an amount are not shown: they pay nobody. */
static gboolean
is_data (const GuiCoin *coin)
{
  return coin->amount_sat == 0 && *coin->address == '\0';
}

/* COINS: of GuiCoin. */
static void
show_coins (GtkListBox *list, const GPtrArray *coins)
{
  guint n = 0;

  clear_list (list);
  for (guint i = 0; i < coins->len; i++) {
    const GuiCoin *coin = g_ptr_array_index (coins, i);

    if (!is_data (coin) && n++ < MAX_ROWS)
      gtk_list_box_append (list, coin_row (coin));
  }
  add_rest (list, n);
}

static void
show_time (GuiPaymentPage *self)
{
  g_autofree char *time = gui_format_date_time (gui_tx_row_get_time (self->row));
  adw_action_row_set_subtitle (self->time_row, time);
}

static void
show_facts (GuiPaymentPage *self)
{
  guint vsize = self->vsize;
  gint64 fee_sat = gui_tx_row_get_fee_sat (self->row);
  gint height = gui_tx_row_get_height (self->row);
  g_autofree char *fee = gui_amount_label_dup_text (fee_sat, TRUE);
  const char *outside = height == GUI_HEIGHT_UNKNOWN     ? _ ("Not known yet")
                        : gui_tx_row_is_void (self->row) ? _ ("Not in a block")
                                                         : _ ("Not in a block yet");
  g_autofree char *block = height >= 0 ? gui_format_count ((guint64) height) : g_strdup (outside);
  g_autofree char *fee_text = NULL, *id = NULL;

  if (vsize > 0 && fee_sat > 0) {
    g_autofree char *rate = gui_format_fee_rate ((guint64) fee_sat * 1000 / vsize);

    fee_text = g_strdup_printf ("%s · %s", fee, rate);
  } else {
    fee_text = g_strdup (fee);
  }
  show_time (self);
  adw_action_row_set_subtitle (self->fee_row, fee_text);
  gtk_widget_set_visible (GTK_WIDGET (self->fee_row), fee_sat > 0);
  adw_action_row_set_subtitle (self->block_row, block);
  id = g_strdup_printf ("<span insert_hyphens=\"false\">%s</span>", gui_tx_row_get_txid_hex (self->row));
  adw_action_row_set_subtitle (self->id_row, id);
}

/* The preferred unit was changed, amounts are hidden, or the desktop has another clock. */
static void
payment_prefs_cb (GuiPaymentPage *self)
{
  if (self->row != NULL)
    show_facts (self);
}

/* BEFORE: the label until now, NULL if none was shown yet. A label that is being edited is left alone. */
static void
show_label (GtkEditable *entry, const char *before, const char *label)
{
  if (before == NULL || g_str_equal (gtk_editable_get_text (entry), before))
    gtk_editable_set_text (entry, label);
}

static void
show_payment (GuiPaymentPage *self, const GuiPaymentDetails *details)
{
  g_autofree char *title = gui_tx_row_dup_title (self->row);
  g_autofree char *status = gui_tx_row_dup_status (self->row);
  gint64 amount_sat = gui_tx_row_get_amount_sat (self->row);
  const char *label = gui_tx_row_get_label (self->row);
  g_autofree char *to = *label != '\0' ? g_strdup (label) : gui_recipients_dup_text (details->outputs);

  gtk_label_set_text (self->kind, title);
  gui_amount_label_set_amount (self->amount, amount_sat);
  if (amount_sat > 0)
    gtk_widget_add_css_class (GTK_WIDGET (self->amount), "success");
  gui_confirm_ring_set (self->ring, gui_tx_row_get_confirmations (self->row), gui_tx_row_get_depth (self->row), status);
  gtk_widget_set_visible (GTK_WIDGET (self->ring), !gui_tx_row_is_void (self->row));
  gtk_label_set_text (self->status, status);
  gui_outcome_card_set_payment (self->outcome, -amount_sat - gui_tx_row_get_fee_sat (self->row), to);
  gui_outcome_card_show (self->outcome, self->wallet, self->txid, details->outcome, details->reason);
  /* With several recipients it would not be clear whose address is meant. */
  gtk_widget_set_visible (GTK_WIDGET (self->address_label_row),
                          *gui_tx_row_get_address (self->row) != '\0' && gui_tx_row_get_n_recipients (self->row) <= 1);
  self->vsize = details->vsize;
  show_facts (self);
  show_coins (self->inputs, details->inputs);
  gtk_widget_set_visible (self->inputs_group, details->inputs->len > 0 && details->row->kind != GUI_TX_GENERATE);
  show_coins (self->outputs, details->outputs);
  gtk_widget_set_visible (self->outputs_group, details->outputs->len > 0);
  self->shown = TRUE;
  gtk_stack_set_visible_child_name (self->stack, "payment");
}

static void
transaction_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GuiPaymentDetails) details
      = gui_wallet_client_get_transaction_finish (GUI_WALLET_CLIENT (source), result, &error);
  GuiPaymentPage *self = data;
  g_autoptr (GuiTxRow) before = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (details == NULL) {
    g_auto (GuiErrorText) text = { 0 };

    /* A page that already shows a payment is left unchanged; only an empty one reports the error. */
    if (self->shown)
      return;
    gui_error_describe (error, GUI_DOING_READ, &text);
    adw_status_page_set_title (self->failed, text.title);
    adw_status_page_set_description (self->failed, text.body);
    gtk_stack_set_visible_child_name (self->stack, "failed");
    return;
  }
  before = g_steal_pointer (&self->row);
  self->row = gui_tx_row_new (details->row);
  show_label (self->label_row, before != NULL ? gui_tx_row_get_label (before) : NULL, gui_tx_row_get_label (self->row));
  show_label (self->address_label_row, before != NULL ? gui_tx_row_get_address_label (before) : NULL,
              gui_tx_row_get_address_label (self->row));
  show_payment (self, details);
}

static void
payment_refresh (GuiPaymentPage *self)
{
  if (gui_client_get_online (GUI_CLIENT (self->wallet)))
    gui_wallet_client_get_transaction_async (self->wallet, self->txid, self->cancellable, transaction_cb, self);
}

static void
on_copy_id (GuiPaymentPage *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), gui_tx_row_get_txid_hex (self->row));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", _ ("Transaction ID copied"));
}

/* Stores the labels that were edited. */
static void
on_label_apply (GuiPaymentPage *self)
{
  const char *label = gtk_editable_get_text (self->label_row);
  const char *address_label = gtk_editable_get_text (self->address_label_row);

  if (self->row == NULL)
    return;
  if (!g_str_equal (label, gui_tx_row_get_label (self->row)))
    gui_wallet_client_set_payment_label (self->wallet, self->txid, label);
  if (!g_str_equal (address_label, gui_tx_row_get_address_label (self->row)))
    gui_wallet_client_set_label (self->wallet, gui_tx_row_get_address (self->row), address_label);
}

/* Also when the page is left without confirming them. */
static void
gui_payment_page_unmap (GtkWidget *widget)
{
  on_label_apply (GUI_PAYMENT_PAGE (widget));
  GTK_WIDGET_CLASS (gui_payment_page_parent_class)->unmap (widget);
}

static void
gui_payment_page_dispose (GObject *object)
{
  GuiPaymentPage *self = GUI_PAYMENT_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->wallet);
  g_clear_object (&self->row);
  g_clear_pointer (&self->txid, g_variant_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_PAYMENT_PAGE);

  G_OBJECT_CLASS (gui_payment_page_parent_class)->dispose (object);
}

static void
gui_payment_page_class_init (GuiPaymentPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_payment_page_dispose;
  widget_class->unmap = gui_payment_page_unmap;
  g_type_ensure (GUI_TYPE_AMOUNT_LABEL);
  g_type_ensure (GUI_TYPE_CONFIRM_RING);
  g_type_ensure (GUI_TYPE_OUTCOME_CARD);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  /* Not for the whole window, where Escape closes a list or ends a search. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.back", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/activity/payment_page.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, facts_group);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, box);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, stack);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, failed);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, kind);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, amount);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, ring);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, status);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, outcome);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, label_row);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, address_label_row);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, time_row);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, fee_row);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, block_row);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, id_row);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, inputs_group);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, inputs);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, outputs_group);
  gtk_widget_class_bind_template_child (widget_class, GuiPaymentPage, outputs);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_id);
  gtk_widget_class_bind_template_callback (widget_class, on_label_apply);
}

static void
gui_payment_page_init (GuiPaymentPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_name_lists (self->facts_group, _ ("Facts"));
  gui_stack_hide_unmapped (self->stack);
  self->cancellable = g_cancellable_new ();
  gui_amount_label_set_with_sign (self->amount, TRUE);
  g_signal_connect_object (gui_prefs_get_default (), "changed", G_CALLBACK (payment_prefs_cb), self, G_CONNECT_SWAPPED);
}

GtkWidget *
gui_payment_page_new (GuiWalletClient *wallet, GVariant *txid)
{
  GuiPaymentPage *self = g_object_new (GUI_TYPE_PAYMENT_PAGE, NULL);

  self->wallet = g_object_ref (wallet);
  self->txid = g_variant_ref_sink (txid);
  g_signal_connect_object (wallet, "changed", G_CALLBACK (payment_refresh), self, G_CONNECT_SWAPPED);
  payment_refresh (self);
  return GTK_WIDGET (self);
}
