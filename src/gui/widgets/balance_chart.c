#include "gui/widgets/balance_chart.h"

#include "gui/format.h"
#include "gui/prefs.h"
#include "gui/widgets/amount_label.h"

#include <glib/gi18n.h>

#define MIN_WIDTH 200
#define LINE_HEIGHT 110 /* between the texts */
#define LINE 2.0
#define DAY ((gint64) 86400)
#define TEXT_GAP 6 /* between the texts and the line, and between two texts */

struct _GuiBalanceChart {
  GtkWidget parent_instance;

  GArray *points; /* of GuiBalancePoint */
  GuiBalanceSeries series;
};

G_DEFINE_FINAL_TYPE (GuiBalanceChart, gui_balance_chart, GTK_TYPE_WIDGET)

static const GuiBalancePoint *
balance_chart_point (GuiBalanceChart *self, guint index)
{
  return &g_array_index (self->points, GuiBalancePoint, index);
}

static gboolean
is_rtl (GuiBalanceChart *self)
{
  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
}

static PangoLayout *
balance_chart_layout (GuiBalanceChart *self, const char *text)
{
  g_autofree char *markup = g_markup_printf_escaped ("<span size=\"small\" font_features=\"tnum=1\">%s</span>", text);
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);

  pango_layout_set_markup (layout, markup, -1);
  return layout;
}

/* Time follows the text direction. */
static double
x_of (GuiBalanceChart *self, gint64 time)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double part = (double) (time - self->series.from) / (double) (self->series.until - self->series.from);

  part = CLAMP (part, 0, 1);
  return width * (is_rtl (self) ? 1 - part : part);
}

/* The height of the texts above and below the line, with the gap. */
static int
text_room (GuiBalanceChart *self)
{
  g_autoptr (PangoLayout) layout = balance_chart_layout (self, "0");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return height + TEXT_GAP;
}

static double
y_of (GuiBalanceChart *self, gint64 sat)
{
  int room = text_room (self), height = gtk_widget_get_height (GTK_WIDGET (self)) - 2 * room;

  return room + height * (1 - (double) sat / (double) MAX (1, self->series.highest_sat));
}

static void
balance_chart_trace (GuiBalanceChart *self, cairo_t *cr)
{
  for (guint i = 0; i < self->points->len; i++) {
    const GuiBalancePoint *point = balance_chart_point (self, i);

    if (i > 0)
      cairo_line_to (cr, x_of (self, point->time), y_of (self, balance_chart_point (self, i - 1)->sat));
    cairo_line_to (cr, x_of (self, point->time), y_of (self, point->sat));
  }
  cairo_line_to (cr, x_of (self, self->series.until),
                 y_of (self, balance_chart_point (self, self->points->len - 1)->sat));
}

static void
balance_chart_draw_line (GuiBalanceChart *self, cairo_t *cr)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self));
  double zero = y_of (self, 0);
  GdkRGBA color, text;

  gtk_style_context_get_color (context, &text);
  if (!gtk_style_context_lookup_color (context, "accent_color", &color))
    color = text;
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, 0.15);
  cairo_move_to (cr, x_of (self, balance_chart_point (self, 0)->time), zero);
  balance_chart_trace (self, cr);
  cairo_line_to (cr, x_of (self, self->series.until), zero);
  cairo_close_path (cr);
  cairo_fill (cr);
  cairo_set_source_rgba (cr, text.red, text.green, text.blue, 0.3);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, 0, zero + 0.5);
  cairo_line_to (cr, gtk_widget_get_width (GTK_WIDGET (self)), zero + 0.5);
  cairo_stroke (cr);
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, LINE);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  balance_chart_trace (self, cr);
  cairo_stroke (cr);
}

static char *
dup_start (GuiBalanceChart *self)
{
  gint64 from = self->series.from;

  return self->series.until - from < 2 * DAY ? gui_format_date_time (from) : gui_format_date (from);
}

/* TEXT at the start or end in the text direction, at Y. */
static void
balance_chart_draw_text (GuiBalanceChart *self, GtkSnapshot *snapshot, const char *text, gboolean at_end, double y)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autoptr (PangoLayout) layout = balance_chart_layout (self, text);
  double x = 0;
  GdkRGBA color;
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  if (at_end != is_rtl (self))
    x = gtk_widget_get_width (widget) - width;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  color.alpha *= 0.75f;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

static void
gui_balance_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GuiBalanceChart *self = GUI_BALANCE_CHART (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  g_autofree char *highest = gui_amount_label_dup_text (self->series.highest_sat, TRUE);
  g_autofree char *start = NULL;
  double below = height - text_room (self) + TEXT_GAP;
  cairo_t *cr;

  if (self->points->len == 0)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  balance_chart_draw_line (self, cr);
  cairo_destroy (cr);
  start = dup_start (self);
  balance_chart_draw_text (self, snapshot, highest, FALSE, 0);
  balance_chart_draw_text (self, snapshot, start, FALSE, below);
  balance_chart_draw_text (self, snapshot, _ ("Now"), TRUE, below);
}

static void
gui_balance_chart_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  GuiBalanceChart *self = GUI_BALANCE_CHART (widget);

  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : LINE_HEIGHT + 2 * text_room (self);
}

/* The balance at the time under the pointer. */
static gboolean
gui_balance_chart_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  GuiBalanceChart *self = GUI_BALANCE_CHART (widget);
  g_autofree char *amount = NULL, *date = NULL, *text = NULL;
  double part = (double) x / MAX (1, gtk_widget_get_width (widget));
  gint64 length = self->series.until - self->series.from;
  gint64 time = self->series.from + (gint64) ((double) length * (is_rtl (self) ? 1 - part : part));
  guint i = 0;

  if (self->points->len == 0 || keyboard)
    return FALSE;
  while (i + 1 < self->points->len && balance_chart_point (self, i + 1)->time <= time)
    i++;
  amount = gui_amount_label_dup_text (
      balance_chart_point (self, i)->time <= time ? balance_chart_point (self, i)->sat : 0, TRUE);
  date = gui_format_date_time (time);
  text = g_strdup_printf ("%s\n%s", date, amount);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
balance_chart_describe (GuiBalanceChart *self)
{
  g_autofree char *start = NULL, *first = NULL, *last = NULL, *highest = NULL, *text = NULL;

  if (self->points->len == 0)
    return;
  start = dup_start (self);
  first = gui_amount_label_dup_text (balance_chart_point (self, 0)->sat, TRUE);
  last = gui_amount_label_dup_text (balance_chart_point (self, self->points->len - 1)->sat, TRUE);
  highest = gui_amount_label_dup_text (self->series.highest_sat, TRUE);
  /* Translators: a date and three amounts. */
  text = g_strdup_printf (_ ("Balance since %s: %s at first, %s at most, %s now"), start, first, highest, last);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
gui_balance_chart_finalize (GObject *object)
{
  g_array_unref (GUI_BALANCE_CHART (object)->points);
  G_OBJECT_CLASS (gui_balance_chart_parent_class)->finalize (object);
}

static void
gui_balance_chart_class_init (GuiBalanceChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gui_balance_chart_finalize;
  widget_class->snapshot = gui_balance_chart_snapshot;
  widget_class->measure = gui_balance_chart_measure;
  widget_class->query_tooltip = gui_balance_chart_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "balancechart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
gui_balance_chart_init (GuiBalanceChart *self)
{
  self->points = g_array_new (FALSE, FALSE, sizeof (GuiBalancePoint));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect_object (gui_prefs_get_default (), "changed", G_CALLBACK (balance_chart_describe), self,
                           G_CONNECT_SWAPPED);
}

void
gui_balance_chart_set_points (GuiBalanceChart *self, const GArray *points, gint64 since, gint64 now)
{
  g_return_if_fail (GUI_IS_BALANCE_CHART (self));
  g_return_if_fail (points != NULL);

  g_array_set_size (self->points, 0);
  g_array_append_vals (self->points, points->data, points->len);
  gui_balance_series_measure (points, since, now, &self->series);
  balance_chart_describe (self);
}
