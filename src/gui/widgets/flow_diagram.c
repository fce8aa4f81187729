#include "gui/widgets/flow_diagram.h"

#include "gui/format.h"
#include "gui/widgets/amount_label.h"
#include "gui/widgets/flow_side.h"

#define BAR_WIDTH 4
#define MIN_BAR 2.0
/* Across: the height of all bars of one side together. */
#define TOTAL_BAR 44.0
/* Downwards: the length of the flow, with the bars at its ends, and the gap between two outputs. */
#define DOWN_LENGTH 44
#define DOWN_GAP 6
#define SWATCH 8
#define ROW_GAP 6
#define TEXT_GAP 10
#define MIN_WIDTH 200
#define NATURAL_WIDTH 520
#define TEXT_PART 0.40
/* With more rows than this, name and amount of a row share a line where the name has this much room, in heights of a line. */
#define ROOMY_ROWS 3
#define NAME_LINES 6
/* Across, the longest amount leaves this much of the room for texts. */
#define LEAST_LINES 2

struct _GuiFlowDiagram {
  GtkWidget parent_instance;

  GuiFlowSide in;
  GuiFlowSide out;
};

G_DEFINE_FINAL_TYPE (GuiFlowDiagram, gui_flow_diagram, GTK_TYPE_WIDGET)

typedef enum { FLOW_ACROSS, FLOW_DENSE, FLOW_DOWN } FlowLayout;

/* Text */

static char *
end_name_markup (const GuiFlowEnd *end)
{
  return end->kind == GUI_FLOW_TOTAL ? g_markup_printf_escaped ("<small><b>%s</b></small>", end->name)
                                     : g_markup_printf_escaped ("<small>%s</small>", end->name);
}

static char *
end_amount_markup (const GuiFlowEnd *end)
{
  g_autofree char *amount = gui_format_amount (end->amount_sat, gui_prefs_get_unit (gui_prefs_get_default ()), FALSE);
  g_autofree char *wide = gui_amount_dup_for_small_type (amount);

  return g_markup_printf_escaped ("<span size=\"small\" font_features=\"tnum=1\" alpha=\"80%%\">%s</span>", wide);
}

static PangoLayout *
flow_layout_text (GuiFlowDiagram *self, const char *markup)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);

  pango_layout_set_markup (layout, markup, -1);
  return layout;
}

/* The height of one line of text, which grows with the font. */
static int
flow_line_height (GuiFlowDiagram *self)
{
  g_autoptr (PangoLayout) layout = flow_layout_text (self, "<small>Xg</small>");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

static int
markup_width (GuiFlowDiagram *self, const char *markup)
{
  g_autoptr (PangoLayout) layout = flow_layout_text (self, markup);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

/* Draws one line of text between X and X + WIDTH, aligned to the left or right, in either text direction. */
static void
flow_draw_line (GuiFlowDiagram *self,
                GtkSnapshot *snapshot,
                const char *markup,
                double x,
                double y,
                double width,
                gboolean right)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autoptr (PangoLayout) layout = flow_layout_text (self, markup);
  PangoRectangle extents;
  GdkRGBA color;

  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_MIDDLE);
  pango_layout_get_pixel_extents (layout, NULL, &extents);
  x += (right ? width - extents.width : 0) - extents.x;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

/* Name and amount in one line around Y, the amount at the right or left edge. */
static void
flow_draw_both (GuiFlowDiagram *self,
                GtkSnapshot *snapshot,
                const GuiFlowEnd *end,
                double x,
                double y,
                double width,
                gboolean amount_right)
{
  g_autofree char *name = end_name_markup (end), *amount = end_amount_markup (end);
  double part = markup_width (self, amount) + TEXT_GAP, top = y - flow_line_height (self) / 2.0;

  flow_draw_line (self, snapshot, amount, x, top, width, amount_right);
  flow_draw_line (self, snapshot, name, x + (amount_right ? 0 : part), top, width - part, !amount_right);
}

/* Layout */

/* The layout where the diagram is WIDTH wide: the same for all amounts up to the sum. */
static FlowLayout
flow_choose_layout (GuiFlowDiagram *self, int width)
{
  g_autofree char *widest = end_amount_markup (&self->in.total);
  double room = width * TEXT_PART, amount = markup_width (self, widest) + TEXT_GAP;

  if (room < amount + LEAST_LINES * flow_line_height (self))
    return FLOW_DOWN;
  return MAX (self->in.ends->len, self->out.ends->len) > ROOMY_ROWS
                 && room >= amount + NAME_LINES * flow_line_height (self)
             ? FLOW_DENSE
             : FLOW_ACROSS;
}

/* The height of the text of a row. */
static int
flow_text_height (GuiFlowDiagram *self, FlowLayout layout)
{
  return flow_line_height (self) * (layout == FLOW_ACROSS ? 2 : 1);
}

static double
flow_bar (const GuiFlowEnd *end)
{
  return MAX (MIN_BAR, TOTAL_BAR * end->part);
}

/* A row has room for its text and, across, for its bar. */
static double
flow_row_height (const GuiFlowEnd *end, int text, FlowLayout layout)
{
  return MAX (text, layout == FLOW_DOWN ? 0 : flow_bar (end)) + ROW_GAP;
}

static double
flow_total_height (const GuiFlowSide *side, int text)
{
  return side->total.name != NULL ? text + ROW_GAP : 0;
}

/* The height of the rows of SIDE without the total. */
static double
flow_side_height (const GuiFlowSide *side, int text, FlowLayout layout)
{
  double height = 0;

  for (guint i = 0; i < side->ends->len; i++)
    height += flow_row_height (gui_flow_side_get_end (side, i), text, layout);
  return height;
}

static double
flow_height (GuiFlowDiagram *self, FlowLayout layout)
{
  int text = flow_text_height (self, layout);
  double in = flow_side_height (&self->in, text, layout), out = flow_side_height (&self->out, text, layout);
  double total = flow_total_height (&self->in, text);

  return layout == FLOW_DOWN ? in + total + ROW_GAP + DOWN_LENGTH + 2 * ROW_GAP + out : MAX (in, out) + total;
}

/* Bars and bands */

static void
flow_set_color (cairo_t *cr, GtkWidget *widget, GuiFlowKind kind, double alpha)
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

/* The bars of SIDE at BAR_X, and the bands from there to the hub at HUB_X, where they are in the order of the ends from
 * HUB_START on. */
static void
flow_draw_side (GuiFlowDiagram *self,
                cairo_t *cr,
                const GuiFlowSide *side,
                double bar_x,
                double hub_x,
                double hub_start)
{
  double at = hub_start;

  for (guint i = 0; i < side->ends->len; i++) {
    const GuiFlowEnd *end = gui_flow_side_get_end (side, i);

    flow_set_color (cr, GTK_WIDGET (self), end->kind, 0.25);
    draw_band (cr, bar_x, end->middle, end->bar, hub_x, at + end->bar / 2, end->bar);
    at += end->bar;
    flow_set_color (cr, GTK_WIDGET (self), end->kind, 1);
    cairo_rectangle (cr, bar_x - BAR_WIDTH / 2.0, end->middle - end->bar / 2, BAR_WIDTH, end->bar);
    cairo_fill (cr);
  }
}

/* Across */

/* Distributes the rows over HEIGHT. */
static void
across_place (GuiFlowSide *side, double height, int text, FlowLayout layout)
{
  double at = (height - flow_side_height (side, text, layout)) / 2;

  for (guint i = 0; i < side->ends->len; i++) {
    GuiFlowEnd *end = gui_flow_side_get_end (side, i);
    double own = flow_row_height (end, text, layout);

    end->bar = flow_bar (end);
    end->middle = at + own / 2;
    at += own;
  }
  side->total.middle = height + flow_total_height (side, text) / 2;
}

static void
across_draw_end (GuiFlowDiagram *self,
                 GtkSnapshot *snapshot,
                 const GuiFlowEnd *end,
                 double x,
                 double width,
                 gboolean right,
                 FlowLayout layout)
{
  g_autofree char *name = end_name_markup (end), *amount = end_amount_markup (end);

  if (layout == FLOW_DENSE) {
    /* The amounts are at the outer edge, in a column. */
    flow_draw_both (self, snapshot, end, x, end->middle, width, !right);
    return;
  }
  flow_draw_line (self, snapshot, name, x, end->middle - flow_line_height (self), width, right);
  flow_draw_line (self, snapshot, amount, x, end->middle, width, right);
}

static int
across_end_width (GuiFlowDiagram *self, const GuiFlowEnd *end, FlowLayout layout)
{
  g_autofree char *name = end_name_markup (end), *amount = end_amount_markup (end);
  int name_width = markup_width (self, name), amount_width = markup_width (self, amount);

  return layout == FLOW_DENSE ? name_width + TEXT_GAP + amount_width : MAX (name_width, amount_width);
}

/* The width of the longest text of SIDE, up to LIMIT; the rest is for the flow. */
static double
across_text_width (GuiFlowDiagram *self, const GuiFlowSide *side, double limit, FlowLayout layout)
{
  int widest = side->total.name != NULL ? across_end_width (self, &side->total, layout) : 0;

  for (guint i = 0; i < side->ends->len; i++)
    widest = MAX (widest, across_end_width (self, gui_flow_side_get_end (side, i), layout));
  return MIN (limit, widest + 1);
}

static void
across_draw_texts (GuiFlowDiagram *self,
                   GtkSnapshot *snapshot,
                   const GuiFlowSide *side,
                   double x,
                   double width,
                   gboolean right,
                   FlowLayout layout)
{
  for (guint i = 0; i < side->ends->len; i++)
    across_draw_end (self, snapshot, gui_flow_side_get_end (side, i), x, width, right, layout);
  if (side->total.name != NULL)
    across_draw_end (self, snapshot, &side->total, x, width, right, layout);
}

static void
flow_draw_across (GuiFlowDiagram *self, GtkSnapshot *snapshot, double width, double height, FlowLayout layout)
{
  /* The coins flow in the text direction. */
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  double in_text = across_text_width (self, &self->in, width * TEXT_PART, layout);
  double out_text = across_text_width (self, &self->out, width * TEXT_PART, layout);
  double in_x = rtl ? width - in_text - TEXT_GAP : in_text + TEXT_GAP;
  double out_x = rtl ? out_text + TEXT_GAP : width - out_text - TEXT_GAP;
  int text = flow_text_height (self, layout);
  double rows = height - flow_total_height (&self->in, text);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));

  across_place (&self->in, rows, text, layout);
  across_place (&self->out, rows, text, layout);
  flow_draw_side (self, cr, &self->in, in_x, (in_x + out_x) / 2, (rows - TOTAL_BAR) / 2);
  flow_draw_side (self, cr, &self->out, out_x, (in_x + out_x) / 2, (rows - TOTAL_BAR) / 2);
  cairo_destroy (cr);
  across_draw_texts (self, snapshot, &self->in, rtl ? width - in_text : 0, in_text, !rtl, layout);
  across_draw_texts (self, snapshot, &self->out, rtl ? 0 : width - out_text, out_text, rtl, layout);
}

/* Downwards: the inputs, the flow, and the outputs, each with the colour of its band. */

/* Distributes the bars of SIDE over WIDTH, with GAP between two. */
static void
down_place (GuiFlowSide *side, double width, double gap, double length)
{
  double at = (width - length - gap * (side->ends->len - 1)) / 2;

  for (guint i = 0; i < side->ends->len; i++) {
    GuiFlowEnd *end = gui_flow_side_get_end (side, i);

    end->bar = MAX (MIN_BAR, length * end->part);
    end->middle = at + end->bar / 2;
    at += end->bar + gap;
  }
}

static double
down_draw_row (GuiFlowDiagram *self, GtkSnapshot *snapshot, const GuiFlowEnd *end, double y, double width)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  gboolean output = end->kind != GUI_FLOW_INPUT && end->kind != GUI_FLOW_TOTAL;
  double start = output ? SWATCH + TEXT_GAP : 0, height = flow_line_height (self) + ROW_GAP, middle = y + height / 2;

  if (output) {
    double x = rtl ? width - SWATCH : 0;
    cairo_t *cr = gtk_snapshot_append_cairo (
        snapshot, &GRAPHENE_RECT_INIT ((float) x, (float) (middle - SWATCH / 2.0), SWATCH, SWATCH));

    flow_set_color (cr, GTK_WIDGET (self), end->kind, 1);
    cairo_paint (cr);
    cairo_destroy (cr);
  }
  flow_draw_both (self, snapshot, end, rtl ? 0 : start, middle, width - start, !rtl);
  return y + height;
}

static double
down_draw_rows (GuiFlowDiagram *self, GtkSnapshot *snapshot, const GuiFlowSide *side, double y, double width)
{
  for (guint i = 0; i < side->ends->len; i++)
    y = down_draw_row (self, snapshot, gui_flow_side_get_end (side, i), y, width);
  return side->total.name != NULL ? down_draw_row (self, snapshot, &side->total, y, width) : y;
}

static void
flow_draw_down (GuiFlowDiagram *self, GtkSnapshot *snapshot, double width)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  double length = width - DOWN_GAP * (self->out.ends->len - 1), y;
  /* The flow is drawn from left to right, and turned. */
  cairo_matrix_t turn;
  cairo_t *cr;

  y = down_draw_rows (self, snapshot, &self->in, 0, width) + ROW_GAP;
  down_place (&self->in, width, 0, length);
  down_place (&self->out, width, DOWN_GAP, length);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, (float) y, (float) width, DOWN_LENGTH));
  cairo_matrix_init (&turn, 0, 1, rtl ? -1 : 1, 0, rtl ? width : 0, y);
  cairo_transform (cr, &turn);
  flow_draw_side (self, cr, &self->in, BAR_WIDTH / 2.0, DOWN_LENGTH / 2.0, (width - length) / 2);
  flow_draw_side (self, cr, &self->out, DOWN_LENGTH - BAR_WIDTH / 2.0, DOWN_LENGTH / 2.0, (width - length) / 2);
  cairo_destroy (cr);
  down_draw_rows (self, snapshot, &self->out, y + DOWN_LENGTH + ROW_GAP, width);
}

/* The widget */

static void
gui_flow_diagram_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GuiFlowDiagram *self = GUI_FLOW_DIAGRAM (widget);
  int width = gtk_widget_get_width (widget);
  FlowLayout layout;

  if (self->in.ends->len == 0 || self->out.ends->len == 0)
    return;
  layout = flow_choose_layout (self, width);
  if (layout == FLOW_DOWN)
    flow_draw_down (self, snapshot, width);
  else
    flow_draw_across (self, snapshot, width, gtk_widget_get_height (widget), layout);
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
    FlowLayout layout = flow_choose_layout (self, for_size < 0 ? NATURAL_WIDTH : for_size);

    *minimum = *natural = (int) flow_height (self, layout);
  }
}

static GtkSizeRequestMode
gui_flow_diagram_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
gui_flow_diagram_finalize (GObject *object)
{
  gui_flow_side_finalize (&GUI_FLOW_DIAGRAM (object)->in);
  gui_flow_side_finalize (&GUI_FLOW_DIAGRAM (object)->out);
  G_OBJECT_CLASS (gui_flow_diagram_parent_class)->finalize (object);
}

static void
gui_flow_diagram_class_init (GuiFlowDiagramClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gui_flow_diagram_finalize;
  GTK_WIDGET_CLASS (klass)->snapshot = gui_flow_diagram_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = gui_flow_diagram_measure;
  GTK_WIDGET_CLASS (klass)->get_request_mode = gui_flow_diagram_get_request_mode;

  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "flowdiagram");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
gui_flow_diagram_init (GuiFlowDiagram *self)
{
  gui_flow_side_init (&self->in);
  gui_flow_side_init (&self->out);
  g_signal_connect_object (gui_prefs_get_default (), "changed", G_CALLBACK (gui_flow_diagram_finish), self,
                           G_CONNECT_SWAPPED);
}

void
gui_flow_diagram_clear (GuiFlowDiagram *self)
{
  g_return_if_fail (GUI_IS_FLOW_DIAGRAM (self));

  gui_flow_side_clear (&self->in);
  gui_flow_side_clear (&self->out);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
gui_flow_diagram_add (GuiFlowDiagram *self, GuiFlowKind kind, const char *name, gint64 amount_sat)
{
  g_return_if_fail (GUI_IS_FLOW_DIAGRAM (self));
  g_return_if_fail (name != NULL);

  gui_flow_side_add (kind == GUI_FLOW_INPUT ? &self->in : &self->out, kind, name, amount_sat);
}

void
gui_flow_diagram_finish (GuiFlowDiagram *self)
{
  g_autoptr (GString) text = NULL;

  g_return_if_fail (GUI_IS_FLOW_DIAGRAM (self));

  text = g_string_new (NULL);
  gui_flow_side_finish (&self->in, text);
  g_string_append (text, " → ");
  gui_flow_side_finish (&self->out, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text->str, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
