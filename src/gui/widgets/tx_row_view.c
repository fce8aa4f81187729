#include "gui/widgets/tx_row_view.h"

#include "gui/format.h"
#include "gui/widgets/amount_label.h"
#include "gui/widgets/confirm_ring.h"
#include "gui/widgets/css_class.h"

#include <glib/gi18n.h>
#include <math.h>

/* The interval at which "5 minutes ago" is updated. */
#define RENEW_SECONDS 30
#define MARGIN_X 12
#define MARGIN_Y 9
#define GAP 12     /* between columns */
#define LINE_GAP 3 /* between lines */
/* The room that title and amount need side by side, in digits; and what amount and time need. */
#define WIDE_DIGITS 34
#define NARROW_DIGITS 28
#define LEAST_STATUS_SCALE 0.85f

typedef enum { ROW_WIDE, ROW_NARROW, ROW_STACKED } RowLayout;

struct _GuiTxRowView {
  GtkWidget parent_instance;

  GuiTxRow *row; /* NULL: none yet */
  gboolean below_day;
  guint renew_source;

  GtkWidget *icon;
  GtkWidget *title;
  GtkWidget *amount;
  GtkWidget *time;
  GtkWidget *dot; /* between time and status, where they are side by side */
  GtkWidget *status;
  GtkWidget *ring;
};

G_DEFINE_FINAL_TYPE (GuiTxRowView, gui_tx_row_view, GTK_TYPE_WIDGET)

/* One sentence about the payment, for a screen reader. */
static char *
dup_row_description (GuiTxRow *row, const char *time)
{
  GuiPrefs *prefs = gui_prefs_get_default ();
  g_autofree char *title = gui_tx_row_dup_title (row);
  g_autofree char *status = gui_tx_row_dup_status (row);
  g_autofree char *amount = NULL;

  if (gui_tx_row_is_placeholder (row))
    return g_strdup (_ ("Loading"));
  if (gui_prefs_get_hide_amounts (prefs))
    return g_strdup_printf ("%s, %s, %s", title, time, status);
  amount = gui_format_amount (gui_tx_row_get_amount_sat (row), gui_prefs_get_unit (prefs), TRUE);
  return g_strdup_printf ("%s, %s, %s, %s", title, amount, time, status);
}

/* The row of the list is read as one sentence; what is in it has the name of the payment. */
static void
name_with_list_row (GuiTxRowView *self, const char *title, const char *name)
{
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  while (widget != NULL
         && gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget)) != GTK_ACCESSIBLE_ROLE_LIST_ITEM)
    widget = gtk_widget_get_parent (widget);
  if (widget != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
row_view_show_payment (GuiTxRowView *self, const char *time)
{
  GuiTxRow *row = self->row;
  gboolean incoming = gui_tx_row_get_amount_sat (row) > 0, is_void = gui_tx_row_is_void (row);
  gint confirmations = gui_tx_row_get_confirmations (row), depth = gui_tx_row_get_depth (row);
  g_autofree char *status = gui_tx_row_dup_status (row);

  gtk_label_set_text (GTK_LABEL (self->time), time);
  gtk_label_set_text (GTK_LABEL (self->status), status);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), gui_tx_row_get_icon (row));
  gui_set_css_class (self->icon, "incoming", incoming && !is_void);
  gui_set_css_class (self->amount, "success", incoming && !is_void);
  gui_set_css_class (self->title, "dim-label", is_void);
  gui_set_css_class (self->amount, "dim-label", is_void);
  gui_amount_label_set_amount (GUI_AMOUNT_LABEL (self->amount), gui_tx_row_get_amount_sat (row));
  gui_confirm_ring_set (GUI_CONFIRM_RING (self->ring), confirmations, depth, status);
}

static void
row_view_update (GuiTxRowView *self)
{
  gboolean known = !gui_tx_row_is_placeholder (self->row);
  gint64 seconds = gui_tx_row_get_time (self->row);
  g_autofree char *time = self->below_day ? gui_format_time_of_day (seconds) : gui_format_time (seconds);
  g_autofree char *title = gui_tx_row_dup_title (self->row);
  g_autofree char *description = dup_row_description (self->row, time);

  name_with_list_row (self, title, description);
  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_widget_set_visible (self->amount, known);
  gtk_widget_set_visible (self->icon, known);
  gtk_widget_set_visible (self->time, known);
  gtk_widget_set_visible (self->dot, known);
  gtk_widget_set_visible (self->status, known);
  gtk_widget_set_visible (self->ring, known && !gui_tx_row_is_void (self->row));
  if (known)
    row_view_show_payment (self, time);
}

static gboolean
renew_cb (gpointer data)
{
  GuiTxRowView *self = data;

  if (self->row != NULL)
    row_view_update (self);
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

/* Layout. Wide: title and amount, then time and status (unless everything is as it should be). Narrow: the title, amount and
 * time, the status. Stacked, where large type leaves no room for that: each on a line of its own. */

static int
natural_size (GtkWidget *child, GtkOrientation orientation)
{
  int natural;

  gtk_widget_measure (child, orientation, -1, NULL, &natural, NULL, NULL);
  return natural;
}

static int
least_width (GtkWidget *child)
{
  int minimum;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  return minimum;
}

/* The width of everything but the texts. */
static int
row_view_frame (GuiTxRowView *self)
{
  return 2 * MARGIN_X + MAX (natural_size (self->icon, GTK_ORIENTATION_HORIZONTAL), 32) + GAP
         + MAX (natural_size (self->ring, GTK_ORIENTATION_HORIZONTAL), 16) + GAP;
}

/* The same for all payments. */
static RowLayout
row_view_layout (GuiTxRowView *self, int width)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int digit = pango_font_metrics_get_approximate_digit_width (metrics), room = width - row_view_frame (self);

  pango_font_metrics_unref (metrics);
  if (width < 0 || room >= PANGO_PIXELS (WIDE_DIGITS * digit))
    return ROW_WIDE;
  return room >= PANGO_PIXELS (NARROW_DIGITS * digit) ? ROW_NARROW : ROW_STACKED;
}

static int
row_view_text_height (GuiTxRowView *self, RowLayout layout)
{
  int title = natural_size (self->title, GTK_ORIENTATION_VERTICAL);
  int amount = natural_size (self->amount, GTK_ORIENTATION_VERTICAL);
  int small = natural_size (self->time, GTK_ORIENTATION_VERTICAL);

  switch (layout) {
  case ROW_WIDE:
    return MAX (title, amount) + LINE_GAP + small;
  case ROW_NARROW:
    return title + LINE_GAP + MAX (amount, small) + LINE_GAP + small;
  case ROW_STACKED:
    return title + LINE_GAP + amount + 2 * (LINE_GAP + small);
  }
  g_return_val_if_reached (0);
}

static void
gui_tx_row_view_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  GuiTxRowView *self = GUI_TX_ROW_VIEW (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    int amount = natural_size (self->amount, orientation);

    *minimum = row_view_frame (self) + least_width (self->amount);
    *natural = row_view_frame (self) + natural_size (self->title, orientation) + GAP + amount;
    *natural = MAX (*natural, row_view_frame (self) + natural_size (self->time, orientation)
                                  + natural_size (self->dot, orientation) + natural_size (self->status, orientation));
  } else {
    int text = row_view_text_height (self, row_view_layout (self, for_size));

    *minimum = *natural = MAX (text, natural_size (self->icon, orientation)) + 2 * MARGIN_Y;
  }
}

/* CHILD at X from the start in the text direction. */
static void
place_child (GuiTxRowView *self, GtkWidget *child, int x, int y, int width, int height)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  GtkAllocation at = { rtl ? gtk_widget_get_width (GTK_WIDGET (self)) - x - width : x, y, width, height };

  if (gtk_widget_get_visible (child)) {
    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
    gtk_widget_size_allocate (child, &at, -1);
  }
}

/* The status, which is a little smaller where it would be cut otherwise. */
static void
place_status (GuiTxRowView *self, int x, int y, int width, int height)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  int natural = natural_size (self->status, GTK_ORIENTATION_HORIZONTAL);
  float scale = natural > width ? MAX ((float) width / (float) natural, LEAST_STATUS_SCALE) : 1;
  int left = rtl ? gtk_widget_get_width (GTK_WIDGET (self)) - x - width : x;
  GskTransform *place = gsk_transform_translate (
      NULL, &GRAPHENE_POINT_INIT ((float) left, (float) y + (float) height * (1 - scale) / 2));

  if (gtk_widget_get_visible (self->status))
    gtk_widget_allocate (self->status, (int) ceilf ((float) width / scale), height, -1,
                         gsk_transform_scale (place, scale, scale));
  else
    gsk_transform_unref (place);
}

/* The texts, in the room of WIDTH from START on, from Y down. */
static void
place_texts_wide (GuiTxRowView *self, int start, int y, int width)
{
  int title_height = natural_size (self->title, GTK_ORIENTATION_VERTICAL);
  int amount = MIN (natural_size (self->amount, GTK_ORIENTATION_HORIZONTAL), width);
  int amount_height = natural_size (self->amount, GTK_ORIENTATION_VERTICAL);
  int time = natural_size (self->time, GTK_ORIENTATION_HORIZONTAL),
      dot = natural_size (self->dot, GTK_ORIENTATION_HORIZONTAL);
  int small = natural_size (self->time, GTK_ORIENTATION_VERTICAL);

  place_child (self, self->title, start, y, MAX (width - amount - GAP, 0), title_height);
  place_child (self, self->amount, start + width - amount, y, amount, amount_height);
  y += MAX (title_height, amount_height) + LINE_GAP;
  place_child (self, self->time, start, y, MIN (time, width), small);
  place_child (self, self->dot, start + time, y, dot, small);
  place_status (self, start + time + dot, y, MAX (width - time - dot, 0), small);
}

static void
place_texts_narrow (GuiTxRowView *self, int start, int y, int width)
{
  int title_height = natural_size (self->title, GTK_ORIENTATION_VERTICAL);
  int amount = MIN (natural_size (self->amount, GTK_ORIENTATION_HORIZONTAL), width);
  int amount_height = natural_size (self->amount, GTK_ORIENTATION_VERTICAL);
  int small = natural_size (self->time, GTK_ORIENTATION_VERTICAL), line = MAX (amount_height, small);
  int time = MIN (natural_size (self->time, GTK_ORIENTATION_HORIZONTAL), width);
  gboolean beside = amount + GAP + time <= width;
  int below = y + title_height + LINE_GAP + line + LINE_GAP;

  place_child (self, self->title, start, y, width, title_height);
  y += title_height + LINE_GAP;
  place_child (self, self->amount, start, y + (line - amount_height) / 2, amount, amount_height);
  /* Beside a large amount there is no room for the time; beside the status there is. */
  place_child (self, self->time, start + width - time, beside ? y + (line - small) / 2 : below, time, small);
  place_status (self, start, below, beside ? width : MAX (width - time - GAP, 0), small);
}

/* Title and status may use the room above and below the ring. */
static void
place_texts_stacked (GuiTxRowView *self, int start, int y, int width, int whole_width)
{
  int title_height = natural_size (self->title, GTK_ORIENTATION_VERTICAL);
  int amount = MIN (natural_size (self->amount, GTK_ORIENTATION_HORIZONTAL), width);
  int amount_height = natural_size (self->amount, GTK_ORIENTATION_VERTICAL);
  int small = natural_size (self->time, GTK_ORIENTATION_VERTICAL);

  place_child (self, self->title, start, y, whole_width, title_height);
  y += title_height + LINE_GAP;
  place_child (self, self->amount, start, y, amount, amount_height);
  y += amount_height + LINE_GAP;
  place_child (self, self->time, start, y, width, small);
  place_status (self, start, y + small + LINE_GAP, whole_width, small);
}

static void
place_texts (GuiTxRowView *self, RowLayout layout, int start, int y)
{
  int whole = gtk_widget_get_width (GTK_WIDGET (self)), width = MAX (whole - row_view_frame (self), 0);

  switch (layout) {
  case ROW_WIDE:
    place_texts_wide (self, start, y, width);
    return;
  case ROW_NARROW:
    place_texts_narrow (self, start, y, width);
    return;
  case ROW_STACKED:
    place_texts_stacked (self, start, y, width, MAX (whole - start - MARGIN_X, 0));
    return;
  }
}

static void
gui_tx_row_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GuiTxRowView *self = GUI_TX_ROW_VIEW (widget);
  RowLayout layout = row_view_layout (self, width);
  gboolean waiting = self->row != NULL && gui_tx_row_get_confirmations (self->row) < gui_tx_row_get_depth (self->row);
  int icon = MAX (natural_size (self->icon, GTK_ORIENTATION_HORIZONTAL), 32);
  int ring = MAX (natural_size (self->ring, GTK_ORIENTATION_HORIZONTAL), 16);
  int start = MARGIN_X + icon + GAP, y = (height - row_view_text_height (self, layout)) / 2;

  gtk_widget_set_child_visible (self->dot, layout == ROW_WIDE && waiting);
  gtk_widget_set_child_visible (self->status, layout != ROW_WIDE || waiting);
  place_child (self, self->icon, MARGIN_X, (height - icon) / 2, icon, icon);
  place_child (self, self->ring, width - MARGIN_X - ring, (height - ring) / 2, ring, ring);
  place_texts (self, layout, start, y);
}

static GtkSizeRequestMode
gui_tx_row_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
gui_tx_row_view_dispose (GObject *object)
{
  GuiTxRowView *self = GUI_TX_ROW_VIEW (object);
  GtkWidget *child;

  g_clear_handle_id (&self->renew_source, g_source_remove);
  if (self->row != NULL)
    g_signal_handlers_disconnect_by_func (self->row, row_view_update, self);
  g_clear_object (&self->row);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (gui_tx_row_view_parent_class)->dispose (object);
}

static void
gui_tx_row_view_class_init (GuiTxRowViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_tx_row_view_dispose;
  widget_class->map = gui_tx_row_view_map;
  widget_class->unmap = gui_tx_row_view_unmap;
  widget_class->measure = gui_tx_row_view_measure;
  widget_class->size_allocate = gui_tx_row_view_size_allocate;
  widget_class->get_request_mode = gui_tx_row_view_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "txrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
row_view_label (GuiTxRowView *self, GtkAccessibleRole role)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "accessible-role", role, NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  return label;
}

static GtkWidget *
row_view_small_label (GuiTxRowView *self, GtkAccessibleRole role)
{
  GtkWidget *label = row_view_label (self, role);

  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "caption");
  return label;
}

static void
gui_tx_row_view_init (GuiTxRowView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, "valign",
                             GTK_ALIGN_CENTER, NULL);
  gtk_widget_add_css_class (self->icon, "tx-icon");
  gtk_widget_set_parent (self->icon, widget);
  self->title = row_view_label (self, GTK_ACCESSIBLE_ROLE_LABEL);
  self->amount = gui_amount_label_new (0);
  g_object_set (self->amount, "can-shrink", TRUE, NULL);
  gui_amount_label_set_with_sign (GUI_AMOUNT_LABEL (self->amount), TRUE);
  gtk_widget_set_parent (self->amount, widget);
  self->time = row_view_small_label (self, GTK_ACCESSIBLE_ROLE_LABEL);
  self->dot = row_view_small_label (self, GTK_ACCESSIBLE_ROLE_PRESENTATION);
  gtk_label_set_text (GTK_LABEL (self->dot), "\u00a0· ");
  gtk_label_set_ellipsize (GTK_LABEL (self->dot), PANGO_ELLIPSIZE_NONE);
  self->status = row_view_small_label (self, GTK_ACCESSIBLE_ROLE_LABEL);
  self->ring = g_object_new (GUI_TYPE_CONFIRM_RING, NULL);
  gtk_widget_set_parent (self->ring, widget);
  g_signal_connect_object (gui_prefs_get_default (), "changed", G_CALLBACK (renew_cb), self, G_CONNECT_SWAPPED);
}

GtkWidget *
gui_tx_row_view_new (gboolean below_day)
{
  GuiTxRowView *self = g_object_new (GUI_TYPE_TX_ROW_VIEW, NULL);

  self->below_day = below_day;
  return GTK_WIDGET (self);
}

void
gui_tx_row_view_set_row (GuiTxRowView *self, GuiTxRow *row)
{
  g_return_if_fail (GUI_IS_TX_ROW_VIEW (self));
  g_return_if_fail (GUI_IS_TX_ROW (row));

  if (self->row != row) {
    if (self->row != NULL)
      g_signal_handlers_disconnect_by_func (self->row, row_view_update, self);
    g_set_object (&self->row, row);
    g_signal_connect_object (row, "changed", G_CALLBACK (row_view_update), self, G_CONNECT_SWAPPED);
  }
  row_view_update (self);
}
