#include "gui/send/review_page.h"

#include "gui/error_text.h"
#include "gui/format.h"
#include "gui/widgets/amount_label.h"
#include "gui/widgets/flow_diagram.h"
#include "gui/widgets/names.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* From this fraction of the amount on, in ten-thousandths, there is a warning about the fee. */
#define HIGH_FEE 500

struct _GuiReviewPage {
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GuiAmountLabel *total;
  GtkWidget *error_box;
  GtkLabel *error_title;
  GtkLabel *error_body;
  GtkLabel *error_details;
  GtkWidget *recipients_group;
  GtkListBox *recipients;
  GtkWidget *costs_group;
  AdwActionRow *fee_row;
  GtkLabel *fee_label;
  GuiAmountLabel *remaining;
  GtkWidget *warning_row;
  GtkLabel *warning_label;
  GuiFlowDiagram *diagram;
  GtkWidget *back_button;
  GtkWidget *send_button;
};

G_DEFINE_FINAL_TYPE (GuiReviewPage, gui_review_page, GTK_TYPE_WIDGET)

enum { SIGNAL_BACK, SIGNAL_SEND, N_SIGNALS };

static guint signals[N_SIGNALS];

static GtkWidget *
recipient_row (const GuiCoin *coin)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  g_autofree char *grouped = gui_format_address (coin->address, 4);
  GtkWidget *label = gtk_label_new (grouped);
  GtkWidget *amount = gui_amount_label_new (coin->amount_sat);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 29);
  gtk_label_set_width_chars (GTK_LABEL (label), 9);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "address");
  gtk_widget_set_valign (amount, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), amount);
  gtk_widget_add_css_class (box, "row-box");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, coin->address, -1);
  return row;
}

/* The fee as a fraction of the paid amount, in ten-thousandths, rounded. */
static gint64
fee_part (gint64 fee_sat, gint64 paid_sat)
{
  return paid_sat > 0 ? (gint64) ((fee_sat * G_GINT64_CONSTANT (10000) + paid_sat / 2) / paid_sat) : 0;
}

static void
show_fee (GuiReviewPage *self, const GuiDraft *draft)
{
  gint64 paid_sat = gui_draft_get_paid_sat (draft), part = fee_part (draft->fee_sat, paid_sat);
  g_autofree char *fee = gui_format_amount (draft->fee_sat, GUI_UNIT_SAT, FALSE);
  g_autofree char *text = NULL;
  g_autofree char *rate = NULL;

  if (part == 0)
    text = g_strdup_printf (_ ("%s (less than 0.01\u202f%%)"), fee);
  else
    text = g_strdup_printf ("%s (%d.%02d\u202f%%)", fee, (int) (part / 100), (int) (part % 100));
  gtk_label_set_text (self->fee_label, text);
  if (draft->vsize > 0) {
    rate = gui_format_fee_rate ((guint64) draft->fee_sat * 1000 / draft->vsize);
    adw_action_row_set_subtitle (self->fee_row, rate);
  }
}

static void
show_warnings (GuiReviewPage *self, const GuiDraft *draft)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) warnings = NULL;
  g_autofree char *text = NULL;

  if (draft->n_replaced > 0)
    g_strv_builder_add (builder,
                        _ ("The node refused an earlier payment to this recipient. This one takes its place: only "
                           "one of the two can ever be confirmed."));
  if (draft->repeats)
    g_strv_builder_add (builder,
                        _ ("Another payment to this recipient is already on its way. This one is paid in addition."));
  if (fee_part (draft->fee_sat, gui_draft_get_paid_sat (draft)) >= HIGH_FEE)
    g_strv_builder_add (builder,
                        _ ("The fee is high for this amount. A larger amount or a slower confirmation costs less."));
  warnings = g_strv_builder_end (builder);
  text = g_strjoinv ("\n", warnings);
  gtk_widget_set_visible (self->warning_row, *text != '\0');
  gtk_label_set_text (self->warning_label, text);
}

static void
show_diagram (GuiReviewPage *self, const GuiDraft *draft)
{
  g_autofree char *description = NULL;

  gui_flow_diagram_clear (self->diagram);
  for (guint i = 0; i < draft->inputs->len; i++) {
    const GuiCoin *coin = g_ptr_array_index (draft->inputs, i);
    g_autofree char *name
        = draft->inputs->len == 1 ? g_strdup (_ ("Your coin")) : g_strdup_printf (_ ("Coin %u"), i + 1);

    gui_flow_diagram_add (self->diagram, GUI_FLOW_INPUT, name, coin->amount_sat);
  }
  for (guint i = 0; i < draft->outputs->len; i++) {
    const GuiCoin *coin = g_ptr_array_index (draft->outputs, i);
    g_autofree char *address = gui_format_address_short (coin->address);

    gui_flow_diagram_add (self->diagram, coin->change ? GUI_FLOW_CHANGE : GUI_FLOW_RECIPIENT,
                          coin->change ? _ ("Back to you") : address, coin->amount_sat);
  }
  gui_flow_diagram_add (self->diagram, GUI_FLOW_FEE, _ ("Fee"), draft->fee_sat);
  description = g_strdup_printf (g_dngettext (NULL, "%u coin is spent", "%u coins are spent", draft->inputs->len),
                                 draft->inputs->len);
  gui_flow_diagram_describe (self->diagram, description);
}

static void
review_set_buttons (GuiReviewPage *self, gboolean back, gboolean send, const char *label)
{
  gtk_widget_set_sensitive (self->back_button, back);
  gtk_widget_set_sensitive (self->send_button, send);
  gtk_button_set_label (GTK_BUTTON (self->send_button), label);
}

static void
review_set_error (GuiReviewPage *self, const GError *error)
{
  g_auto (GuiErrorText) text = { 0 };

  gtk_widget_set_visible (self->error_box, error != NULL);
  if (error == NULL)
    return;
  gui_error_describe (error, GUI_DOING_SEND, &text);
  gtk_label_set_text (self->error_title, text.title);
  gtk_label_set_text (self->error_body, text.body);
  gtk_label_set_text (self->error_details, text.details);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)), 0);
}

void
gui_review_page_set_draft (GuiReviewPage *self, const GuiDraft *draft)
{
  GtkListBoxRow *old;

  g_return_if_fail (GUI_IS_REVIEW_PAGE (self));
  g_return_if_fail (draft != NULL);

  while ((old = gtk_list_box_get_row_at_index (self->recipients, 0)) != NULL)
    gtk_list_box_remove (self->recipients, GTK_WIDGET (old));
  for (guint i = 0; i < draft->outputs->len; i++) {
    const GuiCoin *coin = g_ptr_array_index (draft->outputs, i);

    if (!coin->change)
      gtk_list_box_append (self->recipients, recipient_row (coin));
  }
  gui_amount_label_set_amount (self->total, gui_draft_get_paid_sat (draft));
  gui_amount_label_set_amount (self->remaining, draft->remaining_sat);
  show_fee (self, draft);
  show_warnings (self, draft);
  show_diagram (self, draft);
  review_set_error (self, NULL);
  review_set_buttons (self, TRUE, TRUE, _ ("Send"));
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)), 0);
}

void
gui_review_page_set_sending (GuiReviewPage *self)
{
  g_return_if_fail (GUI_IS_REVIEW_PAGE (self));

  review_set_error (self, NULL);
  review_set_buttons (self, FALSE, FALSE, _ ("Sending…"));
}

void
gui_review_page_set_failed (GuiReviewPage *self, const GError *error)
{
  g_return_if_fail (GUI_IS_REVIEW_PAGE (self));

  review_set_error (self, error);
  review_set_buttons (self, TRUE, FALSE, _ ("Send"));
}

static void
on_review_page_back (GuiReviewPage *self)
{
  g_signal_emit (self, signals[SIGNAL_BACK], 0);
}

static void
on_send (GuiReviewPage *self)
{
  g_signal_emit (self, signals[SIGNAL_SEND], 0);
}

static void
gui_review_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_REVIEW_PAGE);
  G_OBJECT_CLASS (gui_review_page_parent_class)->dispose (object);
}

static void
gui_review_page_class_init (GuiReviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = GUI_TYPE_REVIEW_PAGE;

  G_OBJECT_CLASS (klass)->dispose = gui_review_page_dispose;
  signals[SIGNAL_BACK] = g_signal_new ("back", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SEND] = g_signal_new ("send", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (GUI_TYPE_AMOUNT_LABEL);
  g_type_ensure (GUI_TYPE_FLOW_DIAGRAM);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/send/review_page.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, costs_group);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, total);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, error_box);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, error_title);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, error_body);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, error_details);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, recipients_group);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, recipients);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, fee_row);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, fee_label);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, remaining);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, warning_row);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, warning_label);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, diagram);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, back_button);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, send_button);
  gtk_widget_class_bind_template_callback (widget_class, on_review_page_back);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
}

static void
gui_review_page_init (GuiReviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_name_lists (self->costs_group, _ ("Amounts"));
}
