#include "gui/activity/payment_list.h"

#include "gui/activity/payment_row.h"

#define BOTTOM 24 /* below the last row */
/* The height of a row is known once one has been measured; rows that are measured may need more. */
#define MAX_PASSES 3
/* Rows that are fetched before and after the visible ones. */
#define ROWS_AHEAD 20

struct _GuiPaymentList {
  GtkWidget parent_instance;

  GuiHistoryModel *model;
  GtkAdjustment *adjustments[2]; /* by GtkOrientation */
  guint policies[2];
  gboolean configuring; /* the adjustment is being changed by the list itself */

  GPtrArray *rows;  /* of GuiPaymentRow: the visible ones and the focused one, by position */
  GPtrArray *spare; /* hidden ones */
  guint current;    /* the position that has the focus, or had it last */

  int width; /* for which the heights were measured */
  int row_height;
  int heading_height;

  /* What stays in place: the row ANCHOR is ANCHOR_Y above the upper edge. */
  guint anchor;
  double anchor_y;
  gboolean at_end; /* or the end of the list */
};

enum { PROP_HADJUSTMENT = 1, PROP_VADJUSTMENT, PROP_HSCROLL_POLICY, PROP_VSCROLL_POLICY };

static guint activate_signal;

G_DEFINE_FINAL_TYPE_WITH_CODE (GuiPaymentList,
                               gui_payment_list,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

/* Positions and heights */

static guint
list_length (GuiPaymentList *self)
{
  return self->model != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->model)) : 0;
}

/* The vertical offset of the row POSITION, in pixels; with POSITION the number of rows, the height of the whole list. */
static double
list_y_of (GuiPaymentList *self, guint position)
{
  return (double) position * self->row_height
         + (double) gui_history_model_count_days (self->model, position) * self->heading_height;
}

static double
list_height_of (GuiPaymentList *self, guint position)
{
  return self->row_height + (gui_history_model_starts_day (self->model, position) ? self->heading_height : 0);
}

/* The row at Y; the last one below the end. There must be one. */
static guint
list_row_at (GuiPaymentList *self, double y)
{
  guint first = 0, end = list_length (self);

  while (end - first > 1) {
    guint middle = first + (end - first) / 2;

    if (list_y_of (self, middle) <= y)
      first = middle;
    else
      end = middle;
  }
  return first;
}

static GtkAdjustment *
list_place (GuiPaymentList *self)
{
  return self->adjustments[GTK_ORIENTATION_VERTICAL];
}

/* Rows */

static GuiPaymentRow *
list_row (GuiPaymentList *self, guint i)
{
  return g_ptr_array_index (self->rows, i);
}

static gboolean
row_has_focus (GuiPaymentList *self, GuiPaymentRow *row)
{
  return gtk_widget_get_focus_child (GTK_WIDGET (self)) == GTK_WIDGET (row);
}

static void
row_clicked_cb (GuiPaymentRow *row, GuiPaymentList *self)
{
  self->current = gui_payment_row_get_position (row);
  g_signal_emit (self, activate_signal, 0, self->current);
}

static GuiPaymentRow *
take_spare_row (GuiPaymentList *self)
{
  GtkWidget *row;

  if (self->spare->len > 0) {
    row = g_ptr_array_steal_index (self->spare, self->spare->len - 1);
    gtk_widget_set_visible (row, TRUE);
  } else {
    row = gui_payment_row_new ();
    gtk_widget_set_parent (row, GTK_WIDGET (self));
    g_signal_connect (row, "clicked", G_CALLBACK (row_clicked_cb), self);
  }
  return GUI_PAYMENT_ROW (row);
}

static void
release_row (GuiPaymentList *self, guint i)
{
  GtkWidget *row = g_ptr_array_steal_index (self->rows, i);

  gtk_widget_set_visible (row, FALSE);
  g_ptr_array_add (self->spare, row);
}

static void
show_row (GuiPaymentList *self, GuiPaymentRow *row, guint position)
{
  g_autoptr (GuiTxRow) tx = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  gui_payment_row_show (row, position, tx);
  gui_payment_row_set_heading (row, gui_history_model_starts_day (self->model, position));
  gtk_accessible_update_relation (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_RELATION_POS_IN_SET, (int) position + 1,
                                  GTK_ACCESSIBLE_RELATION_SET_SIZE, (int) list_length (self), -1);
}

/* Makes the rows for the positions FIRST to END - 1, in this order also for a screen reader. */
static void
fill_rows (GuiPaymentList *self, guint first, guint end)
{
  guint i = 0;

  for (guint position = first; position < end; position++) {
    GuiPaymentRow *row;

    while (i < self->rows->len && gui_payment_row_get_position (list_row (self, i)) < position)
      i++;
    if (i < self->rows->len && gui_payment_row_get_position (list_row (self, i)) == position)
      continue;
    row = take_spare_row (self);
    show_row (self, row, position);
    gtk_widget_insert_after (GTK_WIDGET (row), GTK_WIDGET (self), i > 0 ? self->rows->pdata[i - 1] : NULL);
    g_ptr_array_insert (self->rows, (gint) i, row);
  }
}

/* The focused row is kept where it is. */
static void
update_rows (GuiPaymentList *self)
{
  double top = gtk_adjustment_get_value (list_place (self)),
         bottom = top + gtk_adjustment_get_page_size (list_place (self));
  guint n = list_length (self), first = n > 0 ? list_row_at (self, top) : 0, end = first;
  double y = n > 0 ? list_y_of (self, first) : 0;

  for (; end < n && (y < bottom || end == first); end++)
    y += list_height_of (self, end);
  for (guint i = self->rows->len; i > 0; i--) {
    guint position = gui_payment_row_get_position (list_row (self, i - 1));

    if (position >= n || ((position < first || position >= end) && !row_has_focus (self, list_row (self, i - 1))))
      release_row (self, i - 1);
  }
  fill_rows (self, first, end);
  if (self->model != NULL)
    gui_history_model_look_at (self->model, first > ROWS_AHEAD ? first - ROWS_AHEAD : 0, end - first + 2 * ROWS_AHEAD);
}

/* Whether the heights have changed. */
static gboolean
measure_rows (GuiPaymentList *self, int width)
{
  int row_height = self->row_height, heading_height = self->heading_height;

  for (guint i = 0; i < self->rows->len; i++) {
    self->row_height = MAX (self->row_height, gui_payment_row_measure_payment (list_row (self, i), width));
    self->heading_height = MAX (self->heading_height, gui_payment_row_measure_heading (list_row (self, i), width));
  }
  return row_height != self->row_height || heading_height != self->heading_height;
}

/* Scrolling */

static void
remember_anchor (GuiPaymentList *self)
{
  GtkAdjustment *place = list_place (self);
  double value = gtk_adjustment_get_value (place);

  self->anchor = list_length (self) > 0 ? list_row_at (self, value) : 0;
  self->anchor_y = list_length (self) > 0 ? value - list_y_of (self, self->anchor) : 0;
  self->at_end = value > 0 && value >= gtk_adjustment_get_upper (place) - gtk_adjustment_get_page_size (place) - 1;
}

static void
configure_place (GuiPaymentList *self, int height)
{
  guint n = list_length (self);
  double total = n > 0 ? list_y_of (self, n) + BOTTOM : 0, value;

  total = MAX (total, height);
  value = self->at_end ? total - height : n > 0 ? list_y_of (self, MIN (self->anchor, n - 1)) + self->anchor_y : 0;
  value = CLAMP (value, 0, total - height);
  self->configuring = TRUE;
  gtk_adjustment_configure (list_place (self), value, 0, total, self->row_height, height * 0.9, height);
  self->configuring = FALSE;
}

static void
list_scrolled_cb (GtkAdjustment *place, GuiPaymentList *self)
{
  if (self->configuring || self->row_height == 0)
    return;
  remember_anchor (self);
  update_rows (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
scroll_to (GuiPaymentList *self, guint position)
{
  double y = list_y_of (self, position), height = list_height_of (self, position);

  if (position + 1 == list_length (self))
    height += BOTTOM;
  gtk_adjustment_clamp_page (list_place (self), y, y + height);
}

static void
move_to (GuiPaymentList *self, guint position)
{
  self->current = position;
  scroll_to (self, position);
  update_rows (self);
  for (guint i = 0; i < self->rows->len; i++)
    if (gui_payment_row_get_position (list_row (self, i)) == position)
      gtk_widget_grab_focus (self->rows->pdata[i]);
  /* The row that had the focus may be far away. */
  update_rows (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* ARGS: the direction, -1 or 1, and whether to the end of the page or of the list. */
static gboolean
move_cb (GtkWidget *widget, GVariant *args, gpointer data)
{
  GuiPaymentList *self = GUI_PAYMENT_LIST (widget);
  guint n = self->row_height > 0 ? list_length (self) : 0, step;
  gboolean to_end;
  int direction;

  if (n == 0)
    return FALSE;
  g_variant_get (args, "(ib)", &direction, &to_end);
  step = to_end ? n : (guint) MAX (gtk_adjustment_get_page_size (list_place (self)) / self->row_height - 1, 1);
  if (direction < 0)
    move_to (self, self->current > step ? self->current - step : 0);
  else
    move_to (self, n - 1 - self->current > step ? self->current + step : n - 1);
  return TRUE;
}

static gboolean
gui_payment_list_focus (GtkWidget *widget, GtkDirectionType direction)
{
  GuiPaymentList *self = GUI_PAYMENT_LIST (widget);
  guint n = self->row_height > 0 ? list_length (self) : 0;
  gboolean inside = gtk_widget_get_focus_child (widget) != NULL;

  if (n == 0 || (inside && direction != GTK_DIR_UP && direction != GTK_DIR_DOWN))
    return FALSE;
  if (inside && (direction == GTK_DIR_UP ? self->current == 0 : self->current + 1 >= n))
    return FALSE;
  if (inside)
    move_to (self, direction == GTK_DIR_UP ? self->current - 1 : self->current + 1);
  else
    move_to (self, MIN (self->current, n - 1));
  return TRUE;
}

static gboolean
gui_payment_list_grab_focus (GtkWidget *widget)
{
  GuiPaymentList *self = GUI_PAYMENT_LIST (widget);
  guint n = self->row_height > 0 ? list_length (self) : 0;

  if (n > 0)
    move_to (self, MIN (self->current, n - 1));
  return n > 0;
}

static void
gui_payment_list_set_focus_child (GtkWidget *widget, GtkWidget *child)
{
  GTK_WIDGET_CLASS (gui_payment_list_parent_class)->set_focus_child (widget, child);
  if (child != NULL)
    GUI_PAYMENT_LIST (widget)->current = gui_payment_row_get_position (GUI_PAYMENT_ROW (child));
}

/* The model */

static guint
shifted (guint position, guint from, guint removed, guint added)
{
  return position >= from + removed ? position - removed + added : position;
}

static void
list_changed_cb (GListModel *model, guint from, guint removed, guint added, GuiPaymentList *self)
{
  /* At the start, new payments are shown; otherwise what is visible stays. */
  if (self->anchor > 0 || self->anchor_y > 0)
    self->anchor = shifted (self->anchor, from, removed, added);
  if (self->current > 0 || gtk_widget_get_focus_child (GTK_WIDGET (self)) != NULL)
    self->current = shifted (self->current, from, removed, added);
  self->current = MIN (self->current, MAX (list_length (self), 1) - 1);
  for (guint i = self->rows->len; i > 0; i--) {
    GuiPaymentRow *row = list_row (self, i - 1);
    guint position = shifted (gui_payment_row_get_position (row), from, removed, added);

    gui_payment_row_set_position (row, position);
    if (position >= list_length (self))
      release_row (self, i - 1);
    else if (position >= from)
      show_row (self, row, position);
  }
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/* More rows are known now to begin a day. */
static void
list_loaded_cb (GuiPaymentList *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    gui_payment_row_set_heading (
        list_row (self, i),
        gui_history_model_starts_day (self->model, gui_payment_row_get_position (list_row (self, i))));
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* Layout */

static void
gui_payment_list_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  GuiPaymentList *self = GUI_PAYMENT_LIST (widget);

  *minimum = *natural = 0;
  for (guint i = 0; orientation == GTK_ORIENTATION_HORIZONTAL && i < self->rows->len; i++) {
    int row_minimum, row_natural;

    gtk_widget_measure (self->rows->pdata[i], orientation, -1, &row_minimum, &row_natural, NULL, NULL);
    *minimum = MAX (*minimum, row_minimum);
    *natural = MAX (*natural, row_natural);
  }
  if (orientation == GTK_ORIENTATION_VERTICAL && list_length (self) > 0)
    *natural = (int) MIN (list_y_of (self, list_length (self)) + BOTTOM, G_MAXINT);
}

static void
allocate_row (GuiPaymentList *self, GuiPaymentRow *row, int width)
{
  guint position = gui_payment_row_get_position (row);
  double y = list_y_of (self, position) - gtk_adjustment_get_value (list_place (self));
  GtkAllocation at = { 0, (int) CLAMP (y, -1e6, 1e6), width, (int) list_height_of (self, position) };

  gtk_widget_measure (GTK_WIDGET (row), GTK_ORIENTATION_VERTICAL, width, NULL, NULL, NULL, NULL);
  gtk_widget_size_allocate (GTK_WIDGET (row), &at, -1);
}

static void
gui_payment_list_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GuiPaymentList *self = GUI_PAYMENT_LIST (widget);

  gtk_adjustment_configure (self->adjustments[GTK_ORIENTATION_HORIZONTAL], 0, 0, width, 0, width, width);
  if (width != self->width)
    self->row_height = self->heading_height = 0;
  self->width = width;
  if (self->rows->len == 0 && list_length (self) > 0)
    fill_rows (self, MIN (self->anchor, list_length (self) - 1), MIN (self->anchor, list_length (self) - 1) + 1);
  measure_rows (self, width);
  for (guint pass = 0; pass < MAX_PASSES; pass++) {
    configure_place (self, height);
    update_rows (self);
    if (!measure_rows (self, width))
      break;
  }
  for (guint i = 0; i < self->rows->len; i++)
    allocate_row (self, list_row (self, i), width);
}

static void
gui_payment_list_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (gui_payment_list_parent_class)->css_changed (widget, change);
  GUI_PAYMENT_LIST (widget)->width = -1;
}

/* GtkScrollable */

static void
set_adjustment (GuiPaymentList *self, GtkOrientation orientation, GtkAdjustment *adjustment)
{
  if (adjustment == NULL)
    adjustment = gtk_adjustment_new (0, 0, 0, 0, 0, 0);
  if (self->adjustments[orientation] != NULL)
    g_signal_handlers_disconnect_by_func (self->adjustments[orientation], list_scrolled_cb, self);
  g_object_ref_sink (adjustment);
  g_set_object (&self->adjustments[orientation], adjustment);
  g_object_unref (adjustment);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (list_scrolled_cb), self, 0);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
gui_payment_list_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GuiPaymentList *self = GUI_PAYMENT_LIST (object);

  if (id == PROP_HADJUSTMENT || id == PROP_VADJUSTMENT)
    set_adjustment (self, id == PROP_HADJUSTMENT ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL,
                    g_value_get_object (value));
  else if (id == PROP_HSCROLL_POLICY || id == PROP_VSCROLL_POLICY)
    self->policies[id == PROP_HSCROLL_POLICY ? 0 : 1] = (guint) g_value_get_enum (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gui_payment_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GuiPaymentList *self = GUI_PAYMENT_LIST (object);

  if (id == PROP_HADJUSTMENT || id == PROP_VADJUSTMENT)
    g_value_set_object (value, self->adjustments[id == PROP_HADJUSTMENT ? 0 : 1]);
  else if (id == PROP_HSCROLL_POLICY || id == PROP_VSCROLL_POLICY)
    g_value_set_enum (value, (int) self->policies[id == PROP_HSCROLL_POLICY ? 0 : 1]);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gui_payment_list_dispose (GObject *object)
{
  GuiPaymentList *self = GUI_PAYMENT_LIST (object);
  GtkWidget *child;

  g_ptr_array_set_size (self->rows, 0);
  g_ptr_array_set_size (self->spare, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  g_clear_object (&self->adjustments[0]);
  g_clear_object (&self->adjustments[1]);

  G_OBJECT_CLASS (gui_payment_list_parent_class)->dispose (object);
}

static void
gui_payment_list_finalize (GObject *object)
{
  g_ptr_array_unref (GUI_PAYMENT_LIST (object)->rows);
  g_ptr_array_unref (GUI_PAYMENT_LIST (object)->spare);
  G_OBJECT_CLASS (gui_payment_list_parent_class)->finalize (object);
}

static void
bind_key (GtkWidgetClass *klass, guint key, guint keypad_key, int direction, gboolean to_end)
{
  gtk_widget_class_add_binding (klass, key, 0, move_cb, "(ib)", direction, to_end);
  gtk_widget_class_add_binding (klass, keypad_key, 0, move_cb, "(ib)", direction, to_end);
}

static void
gui_payment_list_class_init (GuiPaymentListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = gui_payment_list_set_property;
  object_class->get_property = gui_payment_list_get_property;
  object_class->dispose = gui_payment_list_dispose;
  object_class->finalize = gui_payment_list_finalize;
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");
  activate_signal = g_signal_new ("activate", GUI_TYPE_PAYMENT_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_UINT);

  widget_class->focus = gui_payment_list_focus;
  widget_class->grab_focus = gui_payment_list_grab_focus;
  widget_class->set_focus_child = gui_payment_list_set_focus_child;
  widget_class->measure = gui_payment_list_measure;
  widget_class->size_allocate = gui_payment_list_size_allocate;
  widget_class->css_changed = gui_payment_list_css_changed;
  gtk_widget_class_set_css_name (widget_class, "paymentlist");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
  bind_key (widget_class, GDK_KEY_Page_Up, GDK_KEY_KP_Page_Up, -1, FALSE);
  bind_key (widget_class, GDK_KEY_Page_Down, GDK_KEY_KP_Page_Down, 1, FALSE);
  bind_key (widget_class, GDK_KEY_Home, GDK_KEY_KP_Home, -1, TRUE);
  bind_key (widget_class, GDK_KEY_End, GDK_KEY_KP_End, 1, TRUE);
}

static void
gui_payment_list_init (GuiPaymentList *self)
{
  self->rows = g_ptr_array_new ();
  self->spare = g_ptr_array_new ();
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, NULL);
  set_adjustment (self, GTK_ORIENTATION_VERTICAL, NULL);
}

void
gui_payment_list_set_model (GuiPaymentList *self, GuiHistoryModel *model)
{
  g_return_if_fail (GUI_IS_PAYMENT_LIST (self));
  g_return_if_fail (self->model == NULL);

  self->model = g_object_ref (model);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (list_changed_cb), self, 0);
  g_signal_connect_object (model, "loaded", G_CALLBACK (list_loaded_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
gui_payment_list_scroll_to_start (GuiPaymentList *self)
{
  g_return_if_fail (GUI_IS_PAYMENT_LIST (self));

  self->current = 0;
  self->anchor = 0;
  self->anchor_y = 0;
  self->at_end = FALSE;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}
