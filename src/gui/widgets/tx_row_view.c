#include "gui/widgets/tx_row_view.h"

#include "gui/format.h"
#include "gui/widgets/amount_label.h"
#include "gui/widgets/confirm_ring.h"
#include "gui/widgets/css_class.h"

#include <glib/gi18n.h>

/* The interval at which "5 minutes ago" is updated. */
#define RENEW_SECONDS 30

struct _GuiTxRowView {
  GtkWidget parent_instance;

  GuiTxRow *row; /* NULL: none yet */
  guint renew_source;

  GtkWidget *box;
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *subtitle;
  GuiAmountLabel *amount;
  GuiConfirmRing *ring;
};

G_DEFINE_FINAL_TYPE (GuiTxRowView, gui_tx_row_view, GTK_TYPE_WIDGET)

static gboolean
renew_cb (gpointer data)
{
  GuiTxRowView *self = data;

  if (self->row != NULL)
    gui_tx_row_view_set_row (self, self->row);
  return G_SOURCE_CONTINUE;
}

static void
gui_tx_row_view_map (GtkWidget *widget)
{
  GuiTxRowView *self = GUI_TX_ROW_VIEW (widget);

  GTK_WIDGET_CLASS (gui_tx_row_view_parent_class)->map (widget);
  renew_cb (self);
  self->renew_source = g_timeout_add_seconds (RENEW_SECONDS, renew_cb, self);
}

static void
gui_tx_row_view_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&GUI_TX_ROW_VIEW (widget)->renew_source, g_source_remove);
  GTK_WIDGET_CLASS (gui_tx_row_view_parent_class)->unmap (widget);
}

static void
gui_tx_row_view_dispose (GObject *object)
{
  g_clear_handle_id (&GUI_TX_ROW_VIEW (object)->renew_source, g_source_remove);
  g_clear_object (&GUI_TX_ROW_VIEW (object)->row);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_TX_ROW_VIEW);
  G_OBJECT_CLASS (gui_tx_row_view_parent_class)->dispose (object);
}

static void
gui_tx_row_view_class_init (GuiTxRowViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_tx_row_view_dispose;
  widget_class->map = gui_tx_row_view_map;
  widget_class->unmap = gui_tx_row_view_unmap;
  g_type_ensure (GUI_TYPE_AMOUNT_LABEL);
  g_type_ensure (GUI_TYPE_CONFIRM_RING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/widgets/tx_row_view.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiTxRowView, box);
  gtk_widget_class_bind_template_child (widget_class, GuiTxRowView, icon);
  gtk_widget_class_bind_template_child (widget_class, GuiTxRowView, title);
  gtk_widget_class_bind_template_child (widget_class, GuiTxRowView, subtitle);
  gtk_widget_class_bind_template_child (widget_class, GuiTxRowView, amount);
  gtk_widget_class_bind_template_child (widget_class, GuiTxRowView, ring);
  gtk_widget_class_set_css_name (widget_class, "txrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
gui_tx_row_view_init (GuiTxRowView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_amount_label_set_with_sign (self->amount, TRUE);
}

GtkWidget *
gui_tx_row_view_new (void)
{
  return g_object_new (GUI_TYPE_TX_ROW_VIEW, NULL);
}

char *
gui_tx_row_view_dup_description (GuiTxRow *row)
{
  GuiPrefs *prefs = gui_prefs_get_default ();
  g_autofree char *title = gui_tx_row_dup_title (row);
  g_autofree char *status = gui_tx_row_dup_status (row);
  g_autofree char *time = gui_format_time (gui_tx_row_get_time (row));
  g_autofree char *amount = NULL;

  if (gui_tx_row_is_placeholder (row))
    return g_strdup (_ ("Loading"));
  if (gui_prefs_get_hide_amounts (prefs))
    return g_strdup_printf ("%s, %s, %s", title, time, status);
  amount = gui_format_amount (gui_tx_row_get_amount_sat (row), gui_prefs_get_unit (prefs), TRUE);
  return g_strdup_printf ("%s, %s, %s, %s", title, amount, time, status);
}

void
gui_tx_row_view_set_row (GuiTxRowView *self, GuiTxRow *row)
{
  g_autofree char *title = NULL;
  g_autofree char *status = NULL;
  g_autofree char *time = NULL;
  g_autofree char *subtitle = NULL;
  g_autofree char *description = NULL;
  gboolean here, incoming, waiting;
  int confirmations;

  g_return_if_fail (GUI_IS_TX_ROW_VIEW (self));
  g_return_if_fail (GUI_IS_TX_ROW (row));

  g_set_object (&self->row, row);
  here = !gui_tx_row_is_placeholder (row);
  title = gui_tx_row_dup_title (row);
  gtk_label_set_text (self->title, title);
  gtk_widget_set_visible (GTK_WIDGET (self->amount), here);
  gtk_widget_set_visible (GTK_WIDGET (self->ring), here);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), here);
  gtk_widget_set_visible (GTK_WIDGET (self->subtitle), here);
  if (!here)
    return;

  confirmations = gui_tx_row_get_confirmations (row);
  waiting = confirmations < GUI_CONFIRMED_DEPTH
            || (gui_tx_row_get_kind (row) == GUI_TX_GENERATE && confirmations <= GUI_MATURE_DEPTH);
  incoming = gui_tx_row_get_amount_sat (row) > 0;
  status = gui_tx_row_dup_status (row);
  time = gui_format_time (gui_tx_row_get_time (row));
  subtitle = waiting ? g_strdup_printf ("%s · %s", time, status) : g_strdup (time);
  gtk_label_set_text (self->subtitle, subtitle);
  gtk_image_set_from_icon_name (self->icon, gui_tx_row_get_icon (row));
  gui_set_css_class (GTK_WIDGET (self->icon), "incoming", incoming);
  gui_set_css_class (GTK_WIDGET (self->amount), "success", incoming);
  gui_set_css_class (self->box, "dim-label", gui_tx_row_is_void (row));
  gui_amount_label_set_amount (self->amount, gui_tx_row_get_amount_sat (row));
  gui_confirm_ring_set (self->ring, confirmations, GUI_CONFIRMED_DEPTH, status);
  description = gui_tx_row_view_dup_description (row);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
}
