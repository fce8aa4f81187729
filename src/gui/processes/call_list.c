#include "gui/processes/call_list.h"

#include "gui/processes/call_row.h"

/* The height of a row is known once one has been measured; rows that are measured may need more. */
#define MAX_PASSES 3

struct _GuiCallList {
  GtkWidget parent_instance;

  GuiCallModel *model;
  GtkAdjustment *adjustments[2]; /* by GtkOrientation */
  guint policies[2];
  gboolean configuring; /* the adjustment is being changed by the list itself */

  GPtrArray *rows; /* GuiCallRow: for the visible positions from FIRST on; those at the end may be hidden */
  guint first;
  int width;       /* for which the height was measured */
  int row_height;  /* 0: not measured */
  guint64 current; /* the call that has the focus, or had it last; 0: none */
  guint64 anchor;  /* the call at the upper edge, which stays there; 0: the latest is always shown */
  double anchor_y; /* how much of it is above the edge */
};

enum { PROP_HADJUSTMENT = 1, PROP_VADJUSTMENT, PROP_HSCROLL_POLICY, PROP_VSCROLL_POLICY };

static guint activate_signal;

G_DEFINE_FINAL_TYPE_WITH_CODE (GuiCallList,
                               gui_call_list,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static guint
call_list_length (GuiCallList *self)
{
  return self->model != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->model)) : 0;
}

static GtkAdjustment *
call_list_place (GuiCallList *self)
{
  return self->adjustments[GTK_ORIENTATION_VERTICAL];
}

static gboolean
call_list_has_focus (GuiCallList *self)
{
  return gtk_widget_get_focus_child (GTK_WIDGET (self)) != NULL;
}

static void
call_list_clicked_cb (GuiCallRow *row, GuiCallList *self)
{
  g_autoptr (GuiCall) call = g_object_ref (gui_call_row_get_call (row));

  g_signal_emit (self, activate_signal, 0, call);
}

static GuiCallRow *
call_list_take_row (GuiCallList *self, guint slot)
{
  GtkWidget *row;

  if (slot < self->rows->len)
    return self->rows->pdata[slot];
  row = gui_call_row_new ();
  gtk_widget_set_parent (row, GTK_WIDGET (self));
  g_signal_connect (row, "clicked", G_CALLBACK (call_list_clicked_cb), self);
  g_ptr_array_add (self->rows, row);
  return GUI_CALL_ROW (row);
}

/* Shows the calls of the visible positions. */
static void
call_list_fill (GuiCallList *self)
{
  double value = gtk_adjustment_get_value (call_list_place (self));
  double page = gtk_adjustment_get_page_size (call_list_place (self));
  guint n = call_list_length (self), height = MAX (self->row_height, 1);
  guint n_rows = self->row_height > 0 ? (guint) (page / height) + 2 : 1;

  self->first = self->row_height > 0 ? (guint) (value / height) : 0;
  for (guint slot = 0; slot < MAX (n_rows, self->rows->len); slot++) {
    gboolean visible = slot < n_rows && self->first + slot < n;

    if (visible) {
      g_autoptr (GuiCall) call = g_list_model_get_item (G_LIST_MODEL (self->model), self->first + slot);

      gui_call_row_show (call_list_take_row (self, slot), call);
    }
    if (slot < self->rows->len)
      gtk_widget_set_visible (self->rows->pdata[slot], visible);
  }
}

/* The focus stays with its call, as long as that is visible. */
static void
call_list_move_focus (GuiCallList *self)
{
  guint position = call_list_has_focus (self) ? gui_call_model_find (self->model, self->current) : 0;
  guint slot = position - self->first;

  if (!call_list_has_focus (self) || position < self->first || slot >= self->rows->len)
    return;
  if (gtk_widget_get_focus_child (GTK_WIDGET (self)) != self->rows->pdata[slot]
      && gtk_widget_get_visible (self->rows->pdata[slot])
      && gui_call_get_number (gui_call_row_get_call (self->rows->pdata[slot])) == self->current)
    gtk_widget_grab_focus (self->rows->pdata[slot]);
}

static void
call_list_remember_anchor (GuiCallList *self)
{
  double value = gtk_adjustment_get_value (call_list_place (self));
  guint position = self->row_height > 0 ? (guint) (value / self->row_height) : 0;
  g_autoptr (GuiCall) call = self->model != NULL ? g_list_model_get_item (G_LIST_MODEL (self->model), position) : NULL;

  self->anchor = 0;
  if (call == NULL || (value <= 0 && !call_list_has_focus (self)))
    return;
  self->anchor = gui_call_get_number (call);
  self->anchor_y = value - (double) position * self->row_height;
}

static void
call_list_configure (GuiCallList *self, int height)
{
  double total = MAX ((double) call_list_length (self) * self->row_height, height), value = 0;

  if (self->anchor > 0)
    value = (double) gui_call_model_find (self->model, self->anchor) * self->row_height + self->anchor_y;
  self->configuring = TRUE;
  gtk_adjustment_configure (call_list_place (self), CLAMP (value, 0, total - height), 0, total, self->row_height,
                            height * 0.9, height);
  self->configuring = FALSE;
}

static void
call_list_scrolled_cb (GtkAdjustment *place, GuiCallList *self)
{
  if (self->configuring || self->row_height == 0)
    return;
  call_list_remember_anchor (self);
  call_list_fill (self);
  call_list_move_focus (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
call_list_changed_cb (GuiCallList *self)
{
  if (self->row_height > 0) {
    call_list_configure (self, (int) gtk_adjustment_get_page_size (call_list_place (self)));
    call_list_fill (self);
    call_list_move_focus (self);
  }
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/* Moves the focus to POSITION, which is made visible. */
static void
call_list_move_to (GuiCallList *self, guint position)
{
  g_autoptr (GuiCall) call = g_list_model_get_item (G_LIST_MODEL (self->model), position);
  double y = (double) position * self->row_height;

  if (call == NULL)
    return;
  self->current = gui_call_get_number (call);
  gtk_adjustment_clamp_page (call_list_place (self), y, y + self->row_height);
  call_list_fill (self);
  if (position >= self->first && position - self->first < self->rows->len)
    gtk_widget_grab_focus (self->rows->pdata[position - self->first]);
  call_list_remember_anchor (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* The position of the focus, also if its call is gone. There must be a row. */
static guint
call_list_get_current (GuiCallList *self)
{
  guint position = self->current > 0 ? gui_call_model_find (self->model, self->current) : 0;

  return MIN (position, call_list_length (self) - 1);
}

/* ARGS: the direction, -1 or 1, and whether to the end of the page or of the list. */
static gboolean
call_list_move_cb (GtkWidget *widget, GVariant *args, gpointer data)
{
  GuiCallList *self = GUI_CALL_LIST (widget);
  guint n = self->row_height > 0 ? call_list_length (self) : 0, step, current;
  gboolean to_end;
  int direction;

  if (n == 0)
    return FALSE;
  g_variant_get (args, "(ib)", &direction, &to_end);
  current = call_list_get_current (self);
  step = to_end ? n : (guint) MAX (gtk_adjustment_get_page_size (call_list_place (self)) / self->row_height - 1, 1);
  if (direction < 0)
    call_list_move_to (self, current > step ? current - step : 0);
  else
    call_list_move_to (self, n - 1 - current > step ? current + step : n - 1);
  return TRUE;
}

static gboolean
gui_call_list_focus (GtkWidget *widget, GtkDirectionType direction)
{
  GuiCallList *self = GUI_CALL_LIST (widget);
  guint n = self->row_height > 0 ? call_list_length (self) : 0, current;
  gboolean inside = call_list_has_focus (self);

  if (n == 0 || (inside && direction != GTK_DIR_UP && direction != GTK_DIR_DOWN))
    return FALSE;
  current = call_list_get_current (self);
  if (!inside)
    call_list_move_to (self, gui_call_model_find (self->model, self->current) < n ? current : self->first);
  else if (direction == GTK_DIR_UP ? current == 0 : current + 1 >= n)
    return FALSE;
  else
    call_list_move_to (self, direction == GTK_DIR_UP ? current - 1 : current + 1);
  return TRUE;
}

static gboolean
gui_call_list_grab_focus (GtkWidget *widget)
{
  GuiCallList *self = GUI_CALL_LIST (widget);
  guint n = self->row_height > 0 ? call_list_length (self) : 0;

  if (n > 0)
    call_list_move_to (self, call_list_get_current (self));
  return n > 0;
}

static void
gui_call_list_set_focus_child (GtkWidget *widget, GtkWidget *child)
{
  GuiCallList *self = GUI_CALL_LIST (widget);

  GTK_WIDGET_CLASS (gui_call_list_parent_class)->set_focus_child (widget, child);
  if (child != NULL)
    self->current = gui_call_get_number (gui_call_row_get_call (GUI_CALL_ROW (child)));
  call_list_remember_anchor (self);
}

/* Layout */

static void
gui_call_list_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  GuiCallList *self = GUI_CALL_LIST (widget);

  *minimum = *natural = 0;
  for (guint i = 0; orientation == GTK_ORIENTATION_HORIZONTAL && i < self->rows->len; i++) {
    int row_minimum, row_natural;

    gtk_widget_measure (self->rows->pdata[i], orientation, -1, &row_minimum, &row_natural, NULL, NULL);
    *minimum = MAX (*minimum, row_minimum);
    *natural = MAX (*natural, row_natural);
  }
  if (orientation == GTK_ORIENTATION_VERTICAL)
    *natural = (int) call_list_length (self) * self->row_height;
}

/* Whether the height has changed. All rows are as high as the highest so far. */
static gboolean
call_list_measure_rows (GuiCallList *self, int width)
{
  int row_height = self->row_height;

  for (guint i = 0; i < self->rows->len; i++) {
    int natural;

    if (!gtk_widget_get_visible (self->rows->pdata[i]))
      continue;
    gtk_widget_measure (self->rows->pdata[i], GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
    self->row_height = MAX (self->row_height, natural);
  }
  return row_height != self->row_height;
}

static void
gui_call_list_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GuiCallList *self = GUI_CALL_LIST (widget);
  double value;

  gtk_adjustment_configure (self->adjustments[GTK_ORIENTATION_HORIZONTAL], 0, 0, width, 0, width, width);
  if (width != self->width)
    self->row_height = 0;
  self->width = width;
  for (guint pass = 0; pass < MAX_PASSES; pass++) {
    call_list_configure (self, height);
    call_list_fill (self);
    if (!call_list_measure_rows (self, width))
      break;
  }
  value = gtk_adjustment_get_value (call_list_place (self));
  for (guint i = 0; i < self->rows->len; i++) {
    double y = (double) (self->first + i) * self->row_height - value;
    GtkAllocation at = { 0, (int) y, width, self->row_height };

    if (gtk_widget_get_visible (self->rows->pdata[i]))
      gtk_widget_size_allocate (self->rows->pdata[i], &at, -1);
  }
}

static void
gui_call_list_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (gui_call_list_parent_class)->css_changed (widget, change);
  GUI_CALL_LIST (widget)->width = -1;
}

/* GtkScrollable */

static void
call_list_set_adjustment (GuiCallList *self, GtkOrientation orientation, GtkAdjustment *adjustment)
{
  if (adjustment == NULL)
    adjustment = gtk_adjustment_new (0, 0, 0, 0, 0, 0);
  if (self->adjustments[orientation] != NULL)
    g_signal_handlers_disconnect_by_func (self->adjustments[orientation], call_list_scrolled_cb, self);
  g_object_ref_sink (adjustment);
  g_set_object (&self->adjustments[orientation], adjustment);
  g_object_unref (adjustment);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (call_list_scrolled_cb), self, 0);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
gui_call_list_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GuiCallList *self = GUI_CALL_LIST (object);

  if (id == PROP_HADJUSTMENT || id == PROP_VADJUSTMENT)
    call_list_set_adjustment (self, id == PROP_HADJUSTMENT ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL,
                              g_value_get_object (value));
  else if (id == PROP_HSCROLL_POLICY || id == PROP_VSCROLL_POLICY)
    self->policies[id == PROP_HSCROLL_POLICY ? 0 : 1] = (guint) g_value_get_enum (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gui_call_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GuiCallList *self = GUI_CALL_LIST (object);

  if (id == PROP_HADJUSTMENT || id == PROP_VADJUSTMENT)
    g_value_set_object (value, self->adjustments[id == PROP_HADJUSTMENT ? 0 : 1]);
  else if (id == PROP_HSCROLL_POLICY || id == PROP_VSCROLL_POLICY)
    g_value_set_enum (value, (int) self->policies[id == PROP_HSCROLL_POLICY ? 0 : 1]);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gui_call_list_dispose (GObject *object)
{
  GuiCallList *self = GUI_CALL_LIST (object);
  GtkWidget *child;

  g_ptr_array_set_size (self->rows, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  g_clear_object (&self->adjustments[0]);
  g_clear_object (&self->adjustments[1]);

  G_OBJECT_CLASS (gui_call_list_parent_class)->dispose (object);
}

static void
gui_call_list_finalize (GObject *object)
{
  g_ptr_array_unref (GUI_CALL_LIST (object)->rows);
  G_OBJECT_CLASS (gui_call_list_parent_class)->finalize (object);
}

static void
call_list_bind_key (GtkWidgetClass *klass, guint key, guint keypad_key, int direction, gboolean to_end)
{
  gtk_widget_class_add_binding (klass, key, 0, call_list_move_cb, "(ib)", direction, to_end);
  gtk_widget_class_add_binding (klass, keypad_key, 0, call_list_move_cb, "(ib)", direction, to_end);
}

static void
gui_call_list_class_init (GuiCallListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = gui_call_list_set_property;
  object_class->get_property = gui_call_list_get_property;
  object_class->dispose = gui_call_list_dispose;
  object_class->finalize = gui_call_list_finalize;
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");
  activate_signal = g_signal_new ("activate", GUI_TYPE_CALL_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                  1, GUI_TYPE_CALL);

  widget_class->focus = gui_call_list_focus;
  widget_class->grab_focus = gui_call_list_grab_focus;
  widget_class->set_focus_child = gui_call_list_set_focus_child;
  widget_class->measure = gui_call_list_measure;
  widget_class->size_allocate = gui_call_list_size_allocate;
  widget_class->css_changed = gui_call_list_css_changed;
  gtk_widget_class_set_css_name (widget_class, "calllist");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
  call_list_bind_key (widget_class, GDK_KEY_Page_Up, GDK_KEY_KP_Page_Up, -1, FALSE);
  call_list_bind_key (widget_class, GDK_KEY_Page_Down, GDK_KEY_KP_Page_Down, 1, FALSE);
  call_list_bind_key (widget_class, GDK_KEY_Home, GDK_KEY_KP_Home, -1, TRUE);
  call_list_bind_key (widget_class, GDK_KEY_End, GDK_KEY_KP_End, 1, TRUE);
}

static void
gui_call_list_init (GuiCallList *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  call_list_set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, NULL);
  call_list_set_adjustment (self, GTK_ORIENTATION_VERTICAL, NULL);
}

void
gui_call_list_set_model (GuiCallList *self, GuiCallModel *model)
{
  g_return_if_fail (GUI_IS_CALL_LIST (self));
  g_return_if_fail (self->model == NULL);

  self->model = g_object_ref (model);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (call_list_changed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
