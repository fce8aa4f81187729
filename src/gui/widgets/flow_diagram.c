#include "gui/widgets/flow_diagram.h"

#include "gui/format.h"
#include "gui/widgets/amount_label.h"

#include <glib/gi18n.h>

/* Each input or output has a row, however small its amount; those after MAX_SHOWN on one side are drawn as one. */
#define ROW_HEIGHT 40
#define MAX_SHOWN 6
#define BAR_WIDTH 4
#define MIN_BAR 3.0
#define TEXT_GAP 10
#define MIN_WIDTH 280
#define NATURAL_WIDTH 520
/* Below this width there is no room for the unit after each amount. */
#define UNIT_WIDTH 400
#define TEXT_PART 0.38

typedef struct {
  GuiFlowKind kind;
  char *name;
  gint64 amount_sat;
  double y; /* of the middle */
  double bar;
} End;

struct _GuiFlowDiagram {
  GtkWidget parent_instance;

  GPtrArray *inputs;  /* of End */
  GPtrArray *outputs; /* of End */
};

G_DEFINE_FINAL_TYPE (GuiFlowDiagram, gui_flow_diagram, GTK_TYPE_WIDGET)

static void
end_free (gpointer data)
{
  End *end = data;

  g_free (end->name);
  g_free (end);
}

static guint
rows_shown (GPtrArray *ends)
{
  return MIN (ends->len, MAX_SHOWN);
}

static End *
flow_end (GPtrArray *ends, guint index)
{
  return g_ptr_array_index (ends, index);
}

/* Distributes the rows over the height; the height of each bar is its share of the sum. */
static void
flow_place_ends (GPtrArray *ends, double height)
{
  gint64 sum = 0;
  guint rows = rows_shown (ends);
  double step = height / MAX (1, rows);

  for (guint i = 0; i < ends->len; i++)
    sum += flow_end (ends, i)->amount_sat;
  for (guint i = 0; i < rows; i++) {
    End *end = flow_end (ends, i);

    end->y = step * (i + 0.5);
    end->bar = sum > 0 ? MAX (MIN_BAR, (step - 12) * MIN (1.0, (double) end->amount_sat / sum)) : MIN_BAR;
  }
}

static void
set_color (cairo_t *cr, GtkWidget *widget, GuiFlowKind kind, double alpha)
{
  static const char *const names[] = { "theme_fg_color", "accent_color", "success_color", "warning_color" };
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  GdkRGBA color;

  if (!gtk_style_context_lookup_color (context, names[kind], &color))
    gtk_style_context_get_color (context, &color);
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, alpha);
}

static void
draw_band (cairo_t *cr, double left, double left_y, double left_bar, double right, double right_y, double right_bar)
{
  double middle = (left + right) / 2;

  cairo_move_to (cr, left, left_y - left_bar / 2);
  cairo_curve_to (cr, middle, left_y - left_bar / 2, middle, right_y - right_bar / 2, right, right_y - right_bar / 2);
  cairo_line_to (cr, right, right_y + right_bar / 2);
  cairo_curve_to (cr, middle, right_y + right_bar / 2, middle, left_y + left_bar / 2, left, left_y + left_bar / 2);
  cairo_close_path (cr);
  cairo_fill (cr);
}

/* Draws one line of text between X and X + WIDTH, aligned to the left or right, in either text direction. Returns its
 * height. */
static int
flow_draw_line (GuiFlowDiagram *self,
                GtkSnapshot *snapshot,
                const char *markup,
                double x,
                double y,
                double width,
                gboolean right)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, NULL);
  PangoRectangle extents;
  GdkRGBA color;

  pango_layout_set_markup (layout, markup, -1);
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_MIDDLE);
  pango_layout_get_pixel_extents (layout, NULL, &extents);
  if (snapshot == NULL)
    return extents.height;
  x += (right ? width - extents.width : 0) - extents.x;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
  return extents.height;
}

static void
flow_draw_end (GuiFlowDiagram *self, GtkSnapshot *snapshot, const End *end, double x, double width, gboolean right)
{
  g_autofree char *amount
      = gui_amount_label_dup_text (end->amount_sat, gtk_widget_get_width (GTK_WIDGET (self)) >= UNIT_WIDTH);
  g_autofree char *name_markup = g_markup_printf_escaped ("<small>%s</small>", end->name);
  g_autofree char *amount_markup
      = g_markup_printf_escaped ("<span size=\"small\" font_features=\"tnum=1\" alpha=\"75%%\">%s</span>", amount);
  int height = flow_draw_line (self, NULL, name_markup, 0, 0, width, right);

  flow_draw_line (self, snapshot, name_markup, x, end->y - height, width, right);
  flow_draw_line (self, snapshot, amount_markup, x, end->y, width, right);
}

/* The width of the longest text, up to LIMIT; the rest is for the flow. */
static double
text_width (GuiFlowDiagram *self, double limit)
{
  gboolean with_unit = gtk_widget_get_width (GTK_WIDGET (self)) >= UNIT_WIDTH;
  GPtrArray *sides[] = { self->inputs, self->outputs };
  int widest = 0;

  for (guint i = 0; i < 2 * MAX_SHOWN; i++) {
    GPtrArray *ends = sides[i % 2];
    g_autofree char *amount = NULL, *markup = NULL;
    g_autoptr (PangoLayout) layout = NULL;
    int width;

    if (i / 2 >= rows_shown (ends))
      continue;
    amount = gui_amount_label_dup_text (flow_end (ends, i / 2)->amount_sat, with_unit);
    markup = g_markup_printf_escaped ("<span size=\"small\" font_features=\"tnum=1\">%s\n%s</span>",
                                      flow_end (ends, i / 2)->name, amount);
    layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
    pango_layout_set_markup (layout, markup, -1);
    pango_layout_get_pixel_size (layout, &width, NULL);
    widest = MAX (widest, width);
  }
  return MIN (limit, widest + 1);
}

static void
draw_side (GuiFlowDiagram *self, cairo_t *cr, GPtrArray *ends, double bar_x, double hub_x, double hub_y, double hub)
{
  double total = 0, at;

  for (guint i = 0; i < rows_shown (ends); i++)
    total += flow_end (ends, i)->bar;
  at = hub_y - hub / 2;
  for (guint i = 0; i < rows_shown (ends); i++) {
    End *end = flow_end (ends, i);
    double part = hub * end->bar / total;

    set_color (cr, GTK_WIDGET (self), end->kind, 0.25);
    draw_band (cr, bar_x, end->y, end->bar, hub_x, at + part / 2, part);
    at += part;
    set_color (cr, GTK_WIDGET (self), end->kind, 1);
    cairo_rectangle (cr, bar_x - BAR_WIDTH / 2.0, end->y - end->bar / 2, BAR_WIDTH, end->bar);
    cairo_fill (cr);
  }
}

static void
gui_flow_diagram_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GuiFlowDiagram *self = GUI_FLOW_DIAGRAM (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  /* The coins flow in the text direction. */
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  double text = text_width (self, width * TEXT_PART);
  double in_x = rtl ? width - text - TEXT_GAP : text + TEXT_GAP, out_x = width - in_x;
  double hub = MIN (height * 0.5, ROW_HEIGHT);
  cairo_t *cr;

  if (self->inputs->len == 0 || self->outputs->len == 0)
    return;
  flow_place_ends (self->inputs, height);
  flow_place_ends (self->outputs, height);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  draw_side (self, cr, self->inputs, in_x, width / 2, height / 2, hub);
  draw_side (self, cr, self->outputs, out_x, width / 2, height / 2, hub);
  cairo_destroy (cr);
  for (guint i = 0; i < rows_shown (self->inputs); i++)
    flow_draw_end (self, snapshot, flow_end (self->inputs, i), rtl ? width - text : 0, text, !rtl);
  for (guint i = 0; i < rows_shown (self->outputs); i++)
    flow_draw_end (self, snapshot, flow_end (self->outputs, i), rtl ? 0 : width - text, text, rtl);
}

static void
gui_flow_diagram_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  GuiFlowDiagram *self = GUI_FLOW_DIAGRAM (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = MIN_WIDTH;
    *natural = NATURAL_WIDTH;
  } else {
    *minimum = ROW_HEIGHT * (int) MAX (2, MAX (rows_shown (self->inputs), rows_shown (self->outputs)));
    *natural = *minimum;
  }
}

static void
gui_flow_diagram_finalize (GObject *object)
{
  GuiFlowDiagram *self = GUI_FLOW_DIAGRAM (object);

  g_ptr_array_unref (self->inputs);
  g_ptr_array_unref (self->outputs);
  G_OBJECT_CLASS (gui_flow_diagram_parent_class)->finalize (object);
}

static void
gui_flow_diagram_class_init (GuiFlowDiagramClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gui_flow_diagram_finalize;
  GTK_WIDGET_CLASS (klass)->snapshot = gui_flow_diagram_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = gui_flow_diagram_measure;

  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "flowdiagram");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
gui_flow_diagram_init (GuiFlowDiagram *self)
{
  self->inputs = g_ptr_array_new_with_free_func (end_free);
  self->outputs = g_ptr_array_new_with_free_func (end_free);
  g_signal_connect_object (gui_prefs_get_default (), "changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}

void
gui_flow_diagram_clear (GuiFlowDiagram *self)
{
  g_return_if_fail (GUI_IS_FLOW_DIAGRAM (self));

  g_ptr_array_set_size (self->inputs, 0);
  g_ptr_array_set_size (self->outputs, 0);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
gui_flow_diagram_add (GuiFlowDiagram *self, GuiFlowKind kind, const char *name, gint64 amount_sat)
{
  GPtrArray *ends;
  End *end;

  g_return_if_fail (GUI_IS_FLOW_DIAGRAM (self));
  g_return_if_fail (name != NULL);

  ends = kind == GUI_FLOW_INPUT ? self->inputs : self->outputs;
  if (ends->len == MAX_SHOWN) {
    End *rest = flow_end (ends, MAX_SHOWN - 1);

    g_free (rest->name);
    rest->name = g_strdup (_ ("Others"));
    rest->amount_sat += amount_sat;
    return;
  }
  end = g_new0 (End, 1);
  end->kind = kind;
  end->name = g_strdup (name);
  end->amount_sat = amount_sat;
  g_ptr_array_add (ends, end);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
gui_flow_diagram_describe (GuiFlowDiagram *self, const char *description)
{
  g_return_if_fail (GUI_IS_FLOW_DIAGRAM (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
}
