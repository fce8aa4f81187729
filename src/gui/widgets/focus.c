#include "gui/widgets/focus.h"

/* What scrolls, and texts that can only be selected, are passed over. */
#define MAX_PASSED_OVER 6

typedef struct {
  GtkWindow *window;
  GPtrArray *path; /* of GWeakRef: what had the focus last, and what it was in, outwards */
  guint repair_source;
} FocusKeeper;

static gboolean
is_worth_focus (GtkWidget *widget)
{
  return widget != NULL && !GTK_IS_LABEL (widget) && !GTK_IS_SCROLLED_WINDOW (widget);
}

void
gui_focus_into (GtkWidget *page)
{
  GtkRoot *root;
  GtkWidget *focus;

  g_return_if_fail (GTK_IS_WIDGET (page));

  root = gtk_widget_get_root (page);
  focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  if (root == NULL || (is_worth_focus (focus) && gtk_widget_is_ancestor (focus, page)))
    return;
  gtk_root_set_focus (root, NULL);
  for (guint i = 0; i < MAX_PASSED_OVER && !is_worth_focus (gtk_root_get_focus (root)); i++)
    if (!gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD))
      return;
}

static void
focus_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static void
focus_keeper_remember (FocusKeeper *self, GtkWidget *focus)
{
  g_ptr_array_set_size (self->path, 0);
  for (GtkWidget *widget = focus; widget != NULL; widget = gtk_widget_get_parent (widget)) {
    GWeakRef *ref = g_new (GWeakRef, 1);

    g_weak_ref_init (ref, widget);
    g_ptr_array_add (self->path, ref);
  }
}

/* Whether WIDGET, which had the focus, cannot have it any more. */
static gboolean
is_out_of_reach (GtkWidget *widget)
{
  return widget == NULL || !gtk_widget_get_mapped (widget) || !gtk_widget_is_sensitive (widget);
}

static gboolean
focus_keeper_needs_repair (FocusKeeper *self)
{
  g_autoptr (GtkWidget) last = self->path->len > 0 ? g_weak_ref_get (g_ptr_array_index (self->path, 0)) : NULL;
  GtkWidget *focus = gtk_window_get_focus (self->window);

  return focus == NULL ? self->path->len > 0 : !is_worth_focus (focus) && is_out_of_reach (last);
}

/* After the toolkit's own attempt, which ends at what scrolls, or at nothing. */
static gboolean
focus_keeper_repair_cb (gpointer data)
{
  FocusKeeper *self = data;
  g_autoptr (GPtrArray) path = NULL;

  self->repair_source = 0;
  if (!focus_keeper_needs_repair (self))
    return G_SOURCE_REMOVE;
  path = g_steal_pointer (&self->path);
  self->path = g_ptr_array_new_with_free_func (focus_ref_free);
  for (guint i = 0; i < path->len && !is_worth_focus (gtk_window_get_focus (self->window)); i++) {
    g_autoptr (GtkWidget) widget = g_weak_ref_get (g_ptr_array_index (path, i));

    if (!is_out_of_reach (widget) && (i > 0 || !gtk_widget_grab_focus (widget)))
      gui_focus_into (widget);
  }
  return G_SOURCE_REMOVE;
}

static void
focus_keeper_changed_cb (GtkWindow *window, GParamSpec *pspec, FocusKeeper *self)
{
  GtkWidget *focus = gtk_window_get_focus (window);

  if (focus_keeper_needs_repair (self) && self->repair_source == 0)
    self->repair_source = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, focus_keeper_repair_cb, self, NULL);
  else if (is_worth_focus (focus))
    focus_keeper_remember (self, focus);
}

static void
focus_keeper_free (gpointer data)
{
  FocusKeeper *self = data;

  g_clear_handle_id (&self->repair_source, g_source_remove);
  g_ptr_array_unref (self->path);
  g_free (self);
}

void
gui_focus_keep (GtkWindow *window)
{
  FocusKeeper *self;

  g_return_if_fail (GTK_IS_WINDOW (window));

  self = g_new0 (FocusKeeper, 1);
  self->window = window;
  self->path = g_ptr_array_new_with_free_func (focus_ref_free);
  g_signal_connect (window, "notify::focus-widget", G_CALLBACK (focus_keeper_changed_cb), self);
  g_object_set_data_full (G_OBJECT (window), "focus-keeper", self, focus_keeper_free);
}
