#include "gui/processes/process_map.h"

/* Between two boxes. */
#define GAP 36
/* For the line that goes around the box in the middle: below a row, beside a column. */
#define BYPASS 22
#define DASH 4

struct _GuiProcessMap {
  GtkWidget parent_instance;

  GtkWidget *boxes[GUI_N_PROCESSES];
  gboolean running[GUI_N_PROCESSES];
};

G_DEFINE_FINAL_TYPE (GuiProcessMap, gui_process_map, GTK_TYPE_WIDGET)

static int
process_map_box_width (GuiProcessMap *self)
{
  int width = 0;

  for (guint i = 0; i < GUI_N_PROCESSES; i++) {
    int minimum;

    gtk_widget_measure (self->boxes[i], GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
    width = MAX (width, minimum);
  }
  return width;
}

static int
process_map_row_width (GuiProcessMap *self)
{
  return GUI_N_PROCESSES * process_map_box_width (self) + (GUI_N_PROCESSES - 1) * GAP;
}

static int
process_map_box_height (GuiProcessMap *self, int width)
{
  int height = 0;

  for (guint i = 0; i < GUI_N_PROCESSES; i++) {
    int natural;

    gtk_widget_measure (self->boxes[i], GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
    height = MAX (height, natural);
  }
  return height;
}

static gboolean
process_map_is_row (GuiProcessMap *self, int width)
{
  return width >= process_map_row_width (self);
}

static void
gui_process_map_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  GuiProcessMap *self = GUI_PROCESS_MAP (widget);
  int row = process_map_row_width (self), width = for_size < 0 ? row : for_size;

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = process_map_box_width (self) + BYPASS;
    *natural = row;
  } else if (process_map_is_row (self, width)) {
    *minimum = *natural
        = process_map_box_height (self, (width - (GUI_N_PROCESSES - 1) * GAP) / GUI_N_PROCESSES) + BYPASS;
  } else {
    *minimum = *natural
        = GUI_N_PROCESSES * process_map_box_height (self, width - BYPASS) + (GUI_N_PROCESSES - 1) * GAP / 2;
  }
}

static GtkSizeRequestMode
gui_process_map_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
gui_process_map_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GuiProcessMap *self = GUI_PROCESS_MAP (widget);
  gboolean row = process_map_is_row (self, width), rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int gaps = (GUI_N_PROCESSES - 1) * (row ? GAP : GAP / 2);
  int box_width = row ? (width - gaps) / GUI_N_PROCESSES : width - BYPASS;
  int box_height = row ? height - BYPASS : (height - gaps) / GUI_N_PROCESSES;

  for (int i = 0; i < GUI_N_PROCESSES; i++) {
    int place = row && rtl ? GUI_N_PROCESSES - 1 - i : i;
    GtkAllocation at = { row   ? place * (box_width + GAP)
                         : rtl ? BYPASS
                               : 0,
                         row ? 0 : i * (box_height + GAP / 2), box_width, box_height };

    gtk_widget_size_allocate (self->boxes[i], &at, -1);
  }
}

/* A line over N points, none of which is behind a box: those are translucent in the dark style. */
static void
process_map_draw (GuiProcessMap *self, cairo_t *cr, GuiProcess a, GuiProcess b, const double (*points)[2], guint n)
{
  static const double dashes[] = { DASH, DASH };
  gboolean connected = self->running[a] && self->running[b];
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  color.alpha *= connected ? 0.6f : 0.35f;
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, 2);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_dash (cr, dashes, connected ? 0 : G_N_ELEMENTS (dashes), 0);
  cairo_move_to (cr, points[0][0], points[0][1]);
  for (guint i = 1; i < n; i++)
    cairo_line_to (cr, points[i][0], points[i][1]);
  cairo_stroke (cr);
}

static graphene_rect_t
process_map_get_place (GuiProcessMap *self, GuiProcess process)
{
  graphene_rect_t place = GRAPHENE_RECT_INIT (0, 0, 0, 0);

  if (!gtk_widget_compute_bounds (self->boxes[process], GTK_WIDGET (self), &place))
    place = GRAPHENE_RECT_INIT (0, 0, 0, 0);
  return place;
}

static void
process_map_draw_row (GuiProcessMap *self, cairo_t *cr, const graphene_rect_t *places, double height)
{
  double first = places[0].origin.x + places[0].size.width / 2, last = places[2].origin.x + places[2].size.width / 2;
  double bottom = places[0].origin.y + places[0].size.height;
  const double around[][2] = { { first, bottom }, { first, height - 2 }, { last, height - 2 }, { last, bottom } };

  for (guint i = 0; i + 1 < GUI_N_PROCESSES; i++) {
    const graphene_rect_t *left = places[i].origin.x < places[i + 1].origin.x ? &places[i] : &places[i + 1];
    const graphene_rect_t *right = left == &places[i] ? &places[i + 1] : &places[i];
    double y = left->origin.y + left->size.height / 2;
    const double line[][2] = { { left->origin.x + left->size.width, y }, { right->origin.x, y } };

    process_map_draw (self, cr, i, i + 1, line, G_N_ELEMENTS (line));
  }
  process_map_draw (self, cr, 0, 2, around, G_N_ELEMENTS (around));
}

static void
process_map_draw_column (GuiProcessMap *self, cairo_t *cr, const graphene_rect_t *places, double width)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  double first = places[0].origin.y + places[0].size.height / 2, last = places[2].origin.y + places[2].size.height / 2;
  double side = rtl ? places[0].origin.x : places[0].origin.x + places[0].size.width, edge = rtl ? 2 : width - 2;
  const double around[][2] = { { side, first }, { edge, first }, { edge, last }, { side, last } };

  for (guint i = 0; i + 1 < GUI_N_PROCESSES; i++) {
    double x = places[i].origin.x + places[i].size.width / 2;
    const double line[][2] = { { x, places[i].origin.y + places[i].size.height }, { x, places[i + 1].origin.y } };

    process_map_draw (self, cr, i, i + 1, line, G_N_ELEMENTS (line));
  }
  process_map_draw (self, cr, 0, 2, around, G_N_ELEMENTS (around));
}

static void
gui_process_map_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GuiProcessMap *self = GUI_PROCESS_MAP (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  graphene_rect_t places[GUI_N_PROCESSES];
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));

  for (guint i = 0; i < GUI_N_PROCESSES; i++)
    places[i] = process_map_get_place (self, i);
  if (process_map_is_row (self, width))
    process_map_draw_row (self, cr, places, height);
  else
    process_map_draw_column (self, cr, places, width);
  cairo_destroy (cr);
  GTK_WIDGET_CLASS (gui_process_map_parent_class)->snapshot (widget, snapshot);
}

static void
gui_process_map_dispose (GObject *object)
{
  for (guint i = 0; i < GUI_N_PROCESSES; i++)
    g_clear_pointer (&GUI_PROCESS_MAP (object)->boxes[i], gtk_widget_unparent);
  G_OBJECT_CLASS (gui_process_map_parent_class)->dispose (object);
}

static void
gui_process_map_class_init (GuiProcessMapClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_process_map_dispose;
  widget_class->measure = gui_process_map_measure;
  widget_class->get_request_mode = gui_process_map_get_request_mode;
  widget_class->size_allocate = gui_process_map_size_allocate;
  widget_class->snapshot = gui_process_map_snapshot;
  gtk_widget_class_set_css_name (widget_class, "processmap");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
gui_process_map_init (GuiProcessMap *self)
{
  for (guint i = 0; i < GUI_N_PROCESSES; i++) {
    self->boxes[i] = gui_process_box_new (i);
    gtk_widget_set_parent (self->boxes[i], GTK_WIDGET (self));
  }
}

void
gui_process_map_show (GuiProcessMap *self,
                      GuiProcess process,
                      GuiWorkerState state,
                      gboolean local,
                      const GuiProcessStatus *status)
{
  g_return_if_fail (GUI_IS_PROCESS_MAP (self));
  g_return_if_fail (process < GUI_N_PROCESSES);

  self->running[process] = state == GUI_WORKER_RUNNING || state == GUI_WORKER_WRONG || state == GUI_WORKER_SILENT;
  gui_process_box_show (GUI_PROCESS_BOX (self->boxes[process]), state, local, status);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
