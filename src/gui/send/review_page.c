#include "gui/send/review_page.h"

#include "gui/error_text.h"
#include "gui/format.h"
#include "gui/payment_warnings.h"
#include "gui/send/review_rows.h"
#include "gui/widgets/amount_label.h"
#include "gui/widgets/busy_button.h"
#include "gui/widgets/flow_diagram.h"
#include "gui/widgets/warning_list.h"
#include "gui/widgets/wrap_box.h"

#include <glib/gi18n.h>

struct _GuiReviewPage {
  GtkWidget parent_instance;

  GuiDraft *draft; /* NULL: none yet */
  GHashTable *labels;
  GuiFeeEstimates estimates;

  GtkWidget *scroller;
  GuiAmountLabel *total;
  GtkWidget *error_box;
  GtkLabel *error_title;
  GtkLabel *error_body;
  GtkLabel *error_details;
  GuiWarningList *warnings;
  GtkListBox *rows;
  GuiFlowDiagram *diagram;
  GuiBusyButton *back_button;
  GuiBusyButton *send_button;
};

G_DEFINE_FINAL_TYPE (GuiReviewPage, gui_review_page, GTK_TYPE_WIDGET)

enum { SIGNAL_BACK, SIGNAL_SEND, N_SIGNALS };

static guint signals[N_SIGNALS];

static const char *
review_label_of (GuiReviewPage *self, const GuiCoin *coin)
{
  return g_hash_table_lookup (self->labels, coin->address);
}

static void
review_show_rows (GuiReviewPage *self, GuiUnit unit)
{
  const GuiDraft *draft = self->draft;
  g_autofree char *fee_detail = gui_review_fee_detail (draft, unit);
  GtkListBoxRow *old;

  while ((old = gtk_list_box_get_row_at_index (self->rows, 0)) != NULL)
    gtk_list_box_remove (self->rows, GTK_WIDGET (old));
  for (guint i = 0; i < draft->outputs->len; i++) {
    const GuiCoin *coin = g_ptr_array_index (draft->outputs, i);

    if (!coin->change)
      gtk_list_box_append (self->rows, gui_review_recipient_row_new (coin, review_label_of (self, coin), unit));
  }
  gtk_list_box_append (self->rows, gui_review_amount_row_new (_ ("Fee"), fee_detail, draft->fee_sat, unit));
  gtk_list_box_append (self->rows, gui_review_amount_row_new (_ ("Total with fee"), NULL,
                                                              gui_draft_get_paid_sat (draft) + draft->fee_sat, unit));
  gtk_list_box_append (self->rows,
                       gui_review_amount_row_new (_ ("Remains in the wallet"), NULL, draft->remaining_sat, unit));
}

static void
review_show_warnings (GuiReviewPage *self, GuiUnit unit)
{
  g_autoptr (GPtrArray) warnings = gui_payment_warnings_new (self->draft, &self->estimates, unit);

  gui_warning_list_clear (self->warnings);
  for (guint i = 0; i < warnings->len; i++)
    gui_warning_list_add (self->warnings, ((const GuiWarning *) g_ptr_array_index (warnings, i))->text);
}

static void
review_show_diagram (GuiReviewPage *self)
{
  const GuiDraft *draft = self->draft;

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
    const char *label = review_label_of (self, coin);

    gui_flow_diagram_add (self->diagram, coin->change ? GUI_FLOW_CHANGE : GUI_FLOW_RECIPIENT,
                          coin->change    ? _ ("Back to you")
                          : label != NULL ? label
                                          : address,
                          coin->amount_sat);
  }
  gui_flow_diagram_add (self->diagram, GUI_FLOW_FEE, _ ("Fee"), draft->fee_sat);
  gui_flow_diagram_finish (self->diagram);
}

/* Also when the preferred unit has changed. */
static void
review_show_draft (GuiReviewPage *self)
{
  GuiUnit unit = gui_prefs_get_unit (gui_prefs_get_default ());

  if (self->draft == NULL)
    return;
  review_show_rows (self, unit);
  review_show_warnings (self, unit);
}

static void
review_set_busy (GuiReviewPage *self, gboolean busy)
{
  gui_busy_button_set_busy (self->back_button, busy);
  gui_busy_button_set_busy (self->send_button, busy);
  gtk_button_set_label (GTK_BUTTON (self->send_button), busy ? _ ("Sending…") : _ ("Send"));
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
gui_review_page_set_draft (GuiReviewPage *self,
                           const GuiDraft *draft,
                           GHashTable *labels,
                           const GuiFeeEstimates *estimates)
{
  g_return_if_fail (GUI_IS_REVIEW_PAGE (self));
  g_return_if_fail (draft != NULL);

  gui_draft_free (self->draft);
  self->draft = gui_draft_copy (draft);
  self->estimates = *estimates;
  g_clear_pointer (&self->labels, g_hash_table_unref);
  self->labels = g_hash_table_ref (labels);
  gui_amount_label_set_amount (self->total, gui_draft_get_paid_sat (draft));
  review_show_draft (self);
  review_show_diagram (self);
  review_set_error (self, NULL);
  review_set_busy (self, FALSE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->send_button), TRUE);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)), 0);
}

void
gui_review_page_set_sending (GuiReviewPage *self)
{
  g_return_if_fail (GUI_IS_REVIEW_PAGE (self));

  review_set_error (self, NULL);
  review_set_busy (self, TRUE);
}

void
gui_review_page_set_failed (GuiReviewPage *self, const GError *error)
{
  g_return_if_fail (GUI_IS_REVIEW_PAGE (self));

  review_set_error (self, error);
  review_set_busy (self, FALSE);
  if (gtk_widget_is_focus (GTK_WIDGET (self->send_button)))
    gtk_widget_grab_focus (GTK_WIDGET (self->back_button));
  gtk_widget_set_sensitive (GTK_WIDGET (self->send_button), FALSE);
}

void
gui_review_page_go_back (GuiReviewPage *self)
{
  g_return_if_fail (GUI_IS_REVIEW_PAGE (self));

  if (!gui_busy_button_get_busy (self->back_button))
    g_signal_emit (self, signals[SIGNAL_BACK], 0);
}

static gboolean
review_back_shortcut (GtkWidget *widget, GVariant *args, gpointer data)
{
  gui_review_page_go_back (GUI_REVIEW_PAGE (widget));
  return TRUE;
}

static void
on_send (GuiReviewPage *self)
{
  g_signal_emit (self, signals[SIGNAL_SEND], 0);
}

/* The focus is where reading begins: not on Send, which a key that is still held down would press. */
static gboolean
gui_review_page_grab_focus (GtkWidget *widget)
{
  GtkListBoxRow *first = gtk_list_box_get_row_at_index (GUI_REVIEW_PAGE (widget)->rows, 0);

  return first != NULL && gtk_widget_grab_focus (GTK_WIDGET (first));
}

static void
gui_review_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_REVIEW_PAGE);
  G_OBJECT_CLASS (gui_review_page_parent_class)->dispose (object);
}

static void
gui_review_page_finalize (GObject *object)
{
  GuiReviewPage *self = GUI_REVIEW_PAGE (object);

  g_clear_pointer (&self->labels, g_hash_table_unref);
  gui_draft_free (self->draft);
  G_OBJECT_CLASS (gui_review_page_parent_class)->finalize (object);
}

static void
gui_review_page_class_init (GuiReviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = GUI_TYPE_REVIEW_PAGE;

  G_OBJECT_CLASS (klass)->dispose = gui_review_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_review_page_finalize;
  widget_class->grab_focus = gui_review_page_grab_focus;
  signals[SIGNAL_BACK] = g_signal_new ("back", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SEND] = g_signal_new ("send", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, review_back_shortcut, NULL);

  g_type_ensure (GUI_TYPE_AMOUNT_LABEL);
  g_type_ensure (GUI_TYPE_BUSY_BUTTON);
  g_type_ensure (GUI_TYPE_FLOW_DIAGRAM);
  g_type_ensure (GUI_TYPE_WARNING_LIST);
  g_type_ensure (GUI_TYPE_WRAP_BOX);
  gtk_widget_class_set_css_name (widget_class, "reviewpage");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/send/review_page.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, total);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, error_box);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, error_title);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, error_body);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, error_details);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, warnings);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, rows);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, diagram);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, back_button);
  gtk_widget_class_bind_template_child (widget_class, GuiReviewPage, send_button);
  gtk_widget_class_bind_template_callback (widget_class, gui_review_page_go_back);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
}

static void
gui_review_page_init (GuiReviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gui_prefs_get_default (), "changed", G_CALLBACK (review_show_draft), self,
                           G_CONNECT_SWAPPED);
}
