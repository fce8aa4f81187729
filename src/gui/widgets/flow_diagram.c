#include "gui/widgets/flow_diagram.h"

#include "gui/format.h"
#include "gui/widgets/amount_label.h"

#include <glib/gi18n.h>

/* Each input or output has a row, however small its amount; those after MAX_SHOWN on one side are drawn as one. */
#define MAX_SHOWN 6
#define BAR_WIDTH 4
#define MIN_BAR 2.0
/* The height of all bars of one side together: that of the total. */
#define TOTAL_BAR 44.0
#define ROW_GAP 6
#define TEXT_GAP 10
#define MIN_WIDTH 260
#define NATURAL_WIDTH 520
/* Below this width there is no room for the unit after each amount; that of the total has one. */
#define UNIT_WIDTH 400
#define TEXT_PART 0.40
/* With more rows than this, name and amount of a row share a line where the name has this much room, in heights of a line. */
#define ROOMY_ROWS 3
#define NAME_LINES 6

typedef struct {
  GuiFlowKind kind;
  char *name;
  gint64 amount_sat;
  double y; /* of the middle */
  double bar;
} End;

typedef struct {
  GPtrArray *ends; /* of End */
  End total;
} Side;

struct _GuiFlowDiagram {
  GtkWidget parent_instance;

  Side in;
  Side out;
};

G_DEFINE_FINAL_TYPE (GuiFlowDiagram, gui_flow_diagram, GTK_TYPE_WIDGET)

static void
end_free (gpointer data)
{
  End *end = data;

  g_free (end->name);
  g_free (end);
}

static End *
side_end (const Side *side, guint index)
{
  return g_ptr_array_index (side->ends, index);
}

/* The markup of the name of END, and of its amount. */
static char *
end_name_markup (const End *end)
{
  return end->kind == GUI_FLOW_TOTAL ? g_markup_printf_escaped ("<small><b>%s</b></small>", end->name)
                                     : g_markup_printf_escaped ("<small>%s</small>", end->name);
}

static char *
end_amount_markup (const End *end, gboolean with_unit)
{
  GuiUnit unit = gui_prefs_get_unit (gui_prefs_get_default ());
  g_autofree char *amount = with_unit || end->kind == GUI_FLOW_TOTAL
                                ? gui_format_amount (end->amount_sat, unit, FALSE)
                                : gui_format_amount_bare (end->amount_sat, unit, FALSE);

  g_autofree char *wide = gui_amount_dup_for_small_type (amount);

  return g_markup_printf_escaped ("<span size=\"small\" font_features=\"tnum=1\" alpha=\"80%%\">%s</span>", wide);
}

static PangoLayout *
flow_layout (GuiFlowDiagram *self, const char *markup)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);

  pango_layout_set_markup (layout, markup, -1);
  return layout;
}

/* The height of one line of text, which grows with the font. */
static int
flow_line_height (GuiFlowDiagram *self)
{
  g_autoptr (PangoLayout) layout = flow_layout (self, "<small>Xg</small>");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

static int
markup_width (GuiFlowDiagram *self, const char *markup)
{
  g_autoptr (PangoLayout) layout = flow_layout (self, markup);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

/* The width of the widest amount. */
static int
flow_amount_width (GuiFlowDiagram *self)
{
  const Side *sides[] = { &self->in, &self->out };
  int widest = 0;

  for (guint s = 0; s < G_N_ELEMENTS (sides); s++) {
    g_autofree char *amount = end_amount_markup (&sides[s]->total, TRUE);

    widest = MAX (widest, markup_width (self, amount));
  }
  return widest;
}

/* Whether name and amount share a line where the diagram is WIDTH wide. */
static gboolean
flow_is_dense (GuiFlowDiagram *self, int width)
{
  return MAX (self->in.ends->len, self->out.ends->len) > ROOMY_ROWS
         && width * TEXT_PART >= flow_amount_width (self) + TEXT_GAP + NAME_LINES * flow_line_height (self);
}

/* The height of the text of a row where the diagram is WIDTH wide. */
static int
flow_text_height (GuiFlowDiagram *self, int width)
{
  return flow_line_height (self) * (flow_is_dense (self, width) ? 1 : 2);
}

/* A row has room for its text and for its bar. */
static double
end_height (const End *end, int text)
{
  return MAX (text, end->bar) + ROW_GAP;
}

static double
side_height (const Side *side, int text)
{
  double height = end_height (&side->total, text);

  for (guint i = 0; i < side->ends->len; i++)
    height += end_height (side_end (side, i), text);
  return height;
}

/* Distributes the rows over HEIGHT, with the total at the bottom. */
static void
side_place (Side *side, double height, int text)
{
  double at = (height - side_height (side, text)) / 2;

  for (guint i = 0; i < side->ends->len; i++) {
    End *end = side_end (side, i);

    end->y = at + end_height (end, text) / 2;
    at += end_height (end, text);
  }
  side->total.y = height - end_height (&side->total, text) / 2;
}

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
  g_autoptr (PangoLayout) layout = flow_layout (self, markup);
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

static gboolean
flow_has_units (GuiFlowDiagram *self)
{
  return gtk_widget_get_width (GTK_WIDGET (self)) >= UNIT_WIDTH;
}

static void
flow_draw_end (GuiFlowDiagram *self, GtkSnapshot *snapshot, const End *end, double x, double width, gboolean right)
{
  g_autofree char *name = end_name_markup (end), *amount = end_amount_markup (end, flow_has_units (self));

  int line = flow_line_height (self);

  if (flow_is_dense (self, gtk_widget_get_width (GTK_WIDGET (self)))) {
    double part = markup_width (self, amount) + TEXT_GAP;

    /* The amounts are at the outer edge, in a column. */
    flow_draw_line (self, snapshot, amount, x, end->y - line / 2.0, width, !right);
    flow_draw_line (self, snapshot, name, x + (right ? part : 0), end->y - line / 2.0, width - part, right);
    return;
  }
  flow_draw_line (self, snapshot, name, x, end->y - line, width, right);
  flow_draw_line (self, snapshot, amount, x, end->y, width, right);
}

static int
end_text_width (GuiFlowDiagram *self, const End *end)
{
  g_autofree char *name = end_name_markup (end), *amount = end_amount_markup (end, flow_has_units (self));
  int name_width = markup_width (self, name), amount_width = markup_width (self, amount);

  if (flow_is_dense (self, gtk_widget_get_width (GTK_WIDGET (self))))
    return name_width + TEXT_GAP + amount_width;
  return MAX (name_width, amount_width);
}

/* The width of the longest text of SIDE, up to LIMIT; the rest is for the flow. */
static double
flow_text_width (GuiFlowDiagram *self, const Side *side, double limit)
{
  int widest = end_text_width (self, &side->total);

  for (guint i = 0; i < side->ends->len; i++)
    widest = MAX (widest, end_text_width (self, side_end (side, i)));
  return MIN (limit, widest + 1);
}

static void
flow_draw_side (GuiFlowDiagram *self, cairo_t *cr, const Side *side, double bar_x, double hub_x, double hub_y)
{
  double at = hub_y - TOTAL_BAR / 2;

  for (guint i = 0; i < side->ends->len; i++) {
    const End *end = side_end (side, i);
    double part = end->bar;

    flow_set_color (cr, GTK_WIDGET (self), end->kind, 0.25);
    draw_band (cr, bar_x, end->y, end->bar, hub_x, at + part / 2, part);
    at += part;
    flow_set_color (cr, GTK_WIDGET (self), end->kind, 1);
    cairo_rectangle (cr, bar_x - BAR_WIDTH / 2.0, end->y - end->bar / 2, BAR_WIDTH, end->bar);
    cairo_fill (cr);
  }
}

static void
flow_draw_texts (GuiFlowDiagram *self, GtkSnapshot *snapshot, const Side *side, double x, double width, gboolean right)
{
  for (guint i = 0; i < side->ends->len; i++)
    flow_draw_end (self, snapshot, side_end (side, i), x, width, right);
  flow_draw_end (self, snapshot, &side->total, x, width, right);
}

static void
gui_flow_diagram_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GuiFlowDiagram *self = GUI_FLOW_DIAGRAM (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  /* The coins flow in the text direction. */
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  double in_text = flow_text_width (self, &self->in, width * TEXT_PART);
  double out_text = flow_text_width (self, &self->out, width * TEXT_PART);
  double in_x = rtl ? width - in_text - TEXT_GAP : in_text + TEXT_GAP;
  double out_x = rtl ? out_text + TEXT_GAP : width - out_text - TEXT_GAP, hub_x = (in_x + out_x) / 2;
  int text_height = flow_text_height (self, gtk_widget_get_width (widget));
  double hub_y = (height - end_height (&self->in.total, text_height)) / 2;
  cairo_t *cr;

  if (self->in.ends->len == 0 || self->out.ends->len == 0)
    return;
  side_place (&self->in, height, text_height);
  side_place (&self->out, height, text_height);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  flow_draw_side (self, cr, &self->in, in_x, hub_x, hub_y);
  flow_draw_side (self, cr, &self->out, out_x, hub_x, hub_y);
  cairo_destroy (cr);
  flow_draw_texts (self, snapshot, &self->in, rtl ? width - in_text : 0, in_text, !rtl);
  flow_draw_texts (self, snapshot, &self->out, rtl ? 0 : width - out_text, out_text, rtl);
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
    int text = flow_text_height (self, for_size < 0 ? NATURAL_WIDTH : for_size);

    *minimum = *natural = (int) MAX (side_height (&self->in, text), side_height (&self->out, text));
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
  GuiFlowDiagram *self = GUI_FLOW_DIAGRAM (object);

  g_ptr_array_unref (self->in.ends);
  g_ptr_array_unref (self->out.ends);
  g_free (self->in.total.name);
  g_free (self->out.total.name);
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
side_init (Side *side)
{
  side->ends = g_ptr_array_new_with_free_func (end_free);
  side->total = (End){ .kind = GUI_FLOW_TOTAL, .name = g_strdup (_ ("Total")) };
}

static void
gui_flow_diagram_init (GuiFlowDiagram *self)
{
  side_init (&self->in);
  side_init (&self->out);
  g_signal_connect_object (gui_prefs_get_default (), "changed", G_CALLBACK (gui_flow_diagram_finish), self,
                           G_CONNECT_SWAPPED);
}

void
gui_flow_diagram_clear (GuiFlowDiagram *self)
{
  g_return_if_fail (GUI_IS_FLOW_DIAGRAM (self));

  g_ptr_array_set_size (self->in.ends, 0);
  g_ptr_array_set_size (self->out.ends, 0);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
gui_flow_diagram_add (GuiFlowDiagram *self, GuiFlowKind kind, const char *name, gint64 amount_sat)
{
  Side *side;
  End *end;

  g_return_if_fail (GUI_IS_FLOW_DIAGRAM (self));
  g_return_if_fail (name != NULL);

  side = kind == GUI_FLOW_INPUT ? &self->in : &self->out;
  /* The fee, which is the last one, always has a row of its own. */
  if (side->ends->len == (side == &self->in ? MAX_SHOWN : MAX_SHOWN - 1) && kind != GUI_FLOW_FEE) {
    End *rest = side_end (side, side->ends->len - 1);

    g_free (rest->name);
    rest->name = g_strdup (_ ("Others"));
    rest->amount_sat += amount_sat;
    return;
  }
  end = g_new0 (End, 1);
  end->kind = kind;
  end->name = g_strdup (name);
  end->amount_sat = amount_sat;
  g_ptr_array_add (side->ends, end);
}

/* Sums the side up, and appends its description to TEXT. */
static void
side_finish (Side *side, GString *text)
{
  GuiUnit unit = gui_prefs_get_unit (gui_prefs_get_default ());
  gint64 sum_sat = 0;

  for (guint i = 0; i < side->ends->len; i++)
    sum_sat += side_end (side, i)->amount_sat;
  side->total.amount_sat = sum_sat;
  for (guint i = 0; i < side->ends->len; i++) {
    End *end = side_end (side, i);
    g_autofree char *amount = gui_format_amount (end->amount_sat, unit, FALSE);

    end->bar = sum_sat > 0 ? MAX (MIN_BAR, TOTAL_BAR * (double) end->amount_sat / (double) sum_sat) : MIN_BAR;
    g_string_append_printf (text, "%s%s %s", i > 0 ? ", " : "", end->name, amount);
  }
}

void
gui_flow_diagram_finish (GuiFlowDiagram *self)
{
  g_autoptr (GString) text = NULL;

  g_return_if_fail (GUI_IS_FLOW_DIAGRAM (self));

  text = g_string_new (NULL);
  side_finish (&self->in, text);
  g_string_append (text, " → ");
  side_finish (&self->out, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text->str, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
