#include "gui/widgets/wrap_box.h"

struct _GuiWrapBox {
  GtkWidget parent_instance;

  int spacing;
  double xalign;
  gboolean homogeneous;
};

static void gui_wrap_box_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GuiWrapBox,
                               gui_wrap_box,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, gui_wrap_box_buildable_init))

enum { PROP_SPACING = 1, PROP_XALIGN, PROP_HOMOGENEOUS, N_PROPS };

static GParamSpec *props[N_PROPS];

/* The children from FIRST to before END, in one line. */
typedef struct {
  GtkWidget *first;
  GtkWidget *end;
  int width; /* of the children and the spacing between them */
  int n_expanding;
} Line;

static GtkWidget *
visible_child (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static GtkWidget *
first_child (GuiWrapBox *self)
{
  return visible_child (gtk_widget_get_first_child (GTK_WIDGET (self)));
}

static GtkWidget *
next_child (GtkWidget *child)
{
  return visible_child (gtk_widget_get_next_sibling (child));
}

/* The largest minimal and natural widths of a child, and the natural widths of all in one line. */
static void
wrap_box_measure_widths (GuiWrapBox *self, int *minimum, int *natural, int *sum)
{
  int n = 0;

  *minimum = *natural = *sum = 0;
  for (GtkWidget *child = first_child (self); child != NULL; child = next_child (child)) {
    int child_minimum, child_natural;

    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, &child_natural, NULL, NULL);
    *minimum = MAX (*minimum, child_minimum);
    *natural = MAX (*natural, child_natural);
    *sum += child_natural;
    n++;
  }
  if (self->homogeneous)
    *sum = n * *natural;
  *sum += MAX (n - 1, 0) * self->spacing;
}

/* The width of CHILD in a box of WIDTH. */
static int
wrap_box_child_width (GuiWrapBox *self, GtkWidget *child, int width)
{
  int minimum, natural, sum;

  if (self->homogeneous)
    wrap_box_measure_widths (self, &minimum, &natural, &sum);
  else
    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return MIN (natural, width);
}

/* The line that begins with FIRST. */
static Line
wrap_box_line (GuiWrapBox *self, GtkWidget *first, int width)
{
  Line line = { .first = first };
  GtkWidget *child = first;

  for (; child != NULL; child = next_child (child)) {
    int end = line.width + (child != first ? self->spacing : 0) + wrap_box_child_width (self, child, width);

    if (child != first && end > width)
      break;
    line.width = end;
    line.n_expanding += gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL);
  }
  line.end = child;
  return line;
}

/* The width of CHILD in LINE, with its share of what is left of WIDTH. */
static int
line_child_width (GuiWrapBox *self, const Line *line, GtkWidget *child, int width)
{
  int own = wrap_box_child_width (self, child, width);

  return gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL)
             ? own + MAX (width - line->width, 0) / line->n_expanding
             : own;
}

static int
line_height (GuiWrapBox *self, const Line *line, int width)
{
  int height = 0;

  for (GtkWidget *child = line->first; child != line->end; child = next_child (child)) {
    int natural;

    gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, line_child_width (self, line, child, width), NULL, &natural,
                        NULL, NULL);
    height = MAX (height, natural);
  }
  return height;
}

static void
gui_wrap_box_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  GuiWrapBox *self = GUI_WRAP_BOX (widget);
  int least, widest, sum, height = 0;

  wrap_box_measure_widths (self, &least, &widest, &sum);
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = least;
    *natural = sum;
    return;
  }
  for_size = for_size < 0 ? sum : for_size;
  for (GtkWidget *first = first_child (self); first != NULL;) {
    Line line = wrap_box_line (self, first, for_size);

    height += line_height (self, &line, for_size) + (line.end != NULL ? self->spacing : 0);
    first = line.end;
  }
  *minimum = *natural = height;
}

static void
wrap_box_place_line (GuiWrapBox *self, const Line *line, int y, int width, int height)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  int x = line->n_expanding > 0 ? 0 : (int) ((width - line->width) * self->xalign);

  for (GtkWidget *child = line->first; child != line->end; child = next_child (child)) {
    int child_width = line_child_width (self, line, child, width);
    GtkAllocation at = { rtl ? width - x - child_width : x, y, child_width, height };

    gtk_widget_size_allocate (child, &at, -1);
    x += child_width + self->spacing;
  }
}

static void
gui_wrap_box_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GuiWrapBox *self = GUI_WRAP_BOX (widget);
  int y = 0;

  for (GtkWidget *first = first_child (self); first != NULL;) {
    Line line = wrap_box_line (self, first, width);
    gboolean alone = first == first_child (self) && line.end == NULL;
    int own = alone ? height : line_height (self, &line, width);

    wrap_box_place_line (self, &line, y, width, own);
    y += own + self->spacing;
    first = line.end;
  }
}

static GtkSizeRequestMode
gui_wrap_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
gui_wrap_box_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GuiWrapBox *self = GUI_WRAP_BOX (object);

  if (id == PROP_SPACING)
    g_value_set_int (value, self->spacing);
  else if (id == PROP_XALIGN)
    g_value_set_double (value, self->xalign);
  else if (id == PROP_HOMOGENEOUS)
    g_value_set_boolean (value, self->homogeneous);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gui_wrap_box_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GuiWrapBox *self = GUI_WRAP_BOX (object);

  if (id == PROP_SPACING)
    self->spacing = g_value_get_int (value);
  else if (id == PROP_XALIGN)
    self->xalign = g_value_get_double (value);
  else if (id == PROP_HOMOGENEOUS)
    self->homogeneous = g_value_get_boolean (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
gui_wrap_box_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (gui_wrap_box_parent_class)->dispose (object);
}

static void
gui_wrap_box_class_init (GuiWrapBoxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = gui_wrap_box_get_property;
  object_class->set_property = gui_wrap_box_set_property;
  object_class->dispose = gui_wrap_box_dispose;
  widget_class->measure = gui_wrap_box_measure;
  widget_class->size_allocate = gui_wrap_box_size_allocate;
  widget_class->get_request_mode = gui_wrap_box_get_request_mode;
  props[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_XALIGN] = g_param_spec_double ("xalign", NULL, NULL, 0, 1, 0, flags);
  props[PROP_HOMOGENEOUS] = g_param_spec_boolean ("homogeneous", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_css_name (widget_class, "wrapbox");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
gui_wrap_box_init (GuiWrapBox *self)
{
}

static GtkBuildableIface *parent_buildable;

static void
gui_wrap_box_add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  if (GTK_IS_WIDGET (child))
    gui_wrap_box_append (GUI_WRAP_BOX (buildable), GTK_WIDGET (child));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
gui_wrap_box_buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = gui_wrap_box_add_child;
}

GtkWidget *
gui_wrap_box_new (int spacing, double xalign)
{
  return g_object_new (GUI_TYPE_WRAP_BOX, "spacing", spacing, "xalign", xalign, NULL);
}

void
gui_wrap_box_append (GuiWrapBox *self, GtkWidget *child)
{
  g_return_if_fail (GUI_IS_WRAP_BOX (self));
  g_return_if_fail (GTK_IS_WIDGET (child));

  gtk_widget_insert_before (child, GTK_WIDGET (self), NULL);
}
