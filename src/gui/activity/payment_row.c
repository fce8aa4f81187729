#include "gui/activity/payment_row.h"

#include "gui/format.h"
#include "gui/widgets/tx_row_view.h"

struct _GuiPaymentRow {
  GtkButton parent_instance;

  GuiTxRow *tx;
  guint position;
  GtkWidget *heading;
  GtkWidget *view;
};

G_DEFINE_FINAL_TYPE (GuiPaymentRow, gui_payment_row, GTK_TYPE_BUTTON)

/* The heading is not part of the button. */
static gboolean
gui_payment_row_contains (GtkWidget *widget, double x, double y)
{
  GuiPaymentRow *self = GUI_PAYMENT_ROW (widget);
  double top = gtk_widget_get_visible (self->heading) ? gtk_widget_get_height (self->heading) : 0;

  return GTK_WIDGET_CLASS (gui_payment_row_parent_class)->contains (widget, x, y) && y >= top;
}

static void
gui_payment_row_dispose (GObject *object)
{
  g_clear_object (&GUI_PAYMENT_ROW (object)->tx);
  G_OBJECT_CLASS (gui_payment_row_parent_class)->dispose (object);
}

static void
gui_payment_row_class_init (GuiPaymentRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_payment_row_dispose;
  widget_class->contains = gui_payment_row_contains;
  gtk_widget_class_set_css_name (widget_class, "paymentrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
gui_payment_row_init (GuiPaymentRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->heading = gtk_label_new ("0");
  gtk_label_set_xalign (GTK_LABEL (self->heading), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->heading), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->heading, "day-heading");
  gtk_widget_set_can_target (self->heading, FALSE);
  self->view = gui_tx_row_view_new (TRUE);
  gtk_widget_set_vexpand (self->view, TRUE);
  gtk_box_append (GTK_BOX (box), self->heading);
  gtk_box_append (GTK_BOX (box), self->view);
  gtk_button_set_child (GTK_BUTTON (self), box);
}

GtkWidget *
gui_payment_row_new (void)
{
  return g_object_new (GUI_TYPE_PAYMENT_ROW, NULL);
}

void
gui_payment_row_show (GuiPaymentRow *self, guint position, GuiTxRow *tx)
{
  g_return_if_fail (GUI_IS_PAYMENT_ROW (self));

  self->position = position;
  g_set_object (&self->tx, tx);
  gui_tx_row_view_set_row (GUI_TX_ROW_VIEW (self->view), tx);
}

void
gui_payment_row_set_heading (GuiPaymentRow *self, gboolean starts_day)
{
  g_return_if_fail (GUI_IS_PAYMENT_ROW (self));

  starts_day = starts_day && !gui_tx_row_is_placeholder (self->tx);
  if (starts_day) {
    g_autofree char *day = gui_format_day (gui_tx_row_get_time (self->tx));

    gtk_label_set_text (GTK_LABEL (self->heading), day);
  }
  gtk_widget_set_visible (self->heading, starts_day);
}

guint
gui_payment_row_get_position (GuiPaymentRow *self)
{
  g_return_val_if_fail (GUI_IS_PAYMENT_ROW (self), 0);
  return self->position;
}

void
gui_payment_row_set_position (GuiPaymentRow *self, guint position)
{
  g_return_if_fail (GUI_IS_PAYMENT_ROW (self));
  self->position = position;
}

int
gui_payment_row_measure_payment (GuiPaymentRow *self, int width)
{
  int natural;

  g_return_val_if_fail (GUI_IS_PAYMENT_ROW (self), 0);
  gtk_widget_measure (self->view, GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
  return natural;
}

int
gui_payment_row_measure_heading (GuiPaymentRow *self, int width)
{
  gboolean visible = gtk_widget_get_visible (self->heading);
  int natural = 0;

  g_return_val_if_fail (GUI_IS_PAYMENT_ROW (self), 0);
  if (visible)
    gtk_widget_measure (self->heading, GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
  return natural;
}
