#include "gui/console/console_suggestions.h"

#include "gui/console/console_run.h"

#include <glib/gi18n.h>

#define MAX_ROWS 40 /* of one program */
#define MAX_HEIGHT 220
#define WIDTH 320

struct _GuiConsoleSuggestions {
  GtkPopover parent_instance;

  GuiSession *session;
  GtkListBox *list;
  guint n_rows;
};

G_DEFINE_FINAL_TYPE (GuiConsoleSuggestions, gui_console_suggestions, GTK_TYPE_POPOVER)

enum { SIGNAL_CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

static const char *
suggestion_of_row (GtkListBoxRow *row)
{
  return row != NULL ? g_object_get_data (G_OBJECT (row), "method") : NULL;
}

static int
suggestions_compare (GtkListBoxRow *a, GtkListBoxRow *b, gpointer data)
{
  return g_strcmp0 (suggestion_of_row (a), suggestion_of_row (b));
}

static void
suggestions_row_cb (GuiConsoleSuggestions *self, GtkListBoxRow *row)
{
  g_autofree char *name = g_strdup (suggestion_of_row (row));

  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, name);
}

static void
gui_console_suggestions_dispose (GObject *object)
{
  g_clear_object (&GUI_CONSOLE_SUGGESTIONS (object)->session);
  G_OBJECT_CLASS (gui_console_suggestions_parent_class)->dispose (object);
}

static void
gui_console_suggestions_class_init (GuiConsoleSuggestionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gui_console_suggestions_dispose;
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", GUI_TYPE_CONSOLE_SUGGESTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
gui_console_suggestions_init (GuiConsoleSuggestions *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_widget_set_focusable (GTK_WIDGET (self->list), FALSE);
  gtk_list_box_set_sort_func (self->list, suggestions_compare, NULL, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Methods"), -1);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (suggestions_row_cb), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), MAX_HEIGHT);
  gtk_widget_set_size_request (scroller, WIDTH, -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->list));
  gtk_popover_set_child (GTK_POPOVER (self), scroller);
  gtk_popover_set_autohide (GTK_POPOVER (self), FALSE);
  gtk_popover_set_has_arrow (GTK_POPOVER (self), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self), GTK_POS_TOP);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_START);
  gtk_widget_add_css_class (GTK_WIDGET (self), "console-suggestions");
}

void
gui_console_suggestions_set_session (GuiConsoleSuggestions *self, GuiSession *session)
{
  g_set_object (&self->session, session);
}

static GtkWidget *
suggestion_new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
suggestions_add (GuiConsoleSuggestions *self, const GuiRpcMethod *method, GuiWorker worker)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *usage = suggestion_new_label (method->usage, "monospace");
  GtkWidget *place = suggestion_new_label (worker == GUI_WORKER_NODE ? _ ("node") : _ ("wallet"), "dim-label");

  gtk_widget_set_hexpand (usage, TRUE);
  gtk_box_append (GTK_BOX (box), usage);
  gtk_box_append (GTK_BOX (box), place);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_focusable (row, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, method->usage, -1);
  g_object_set_data_full (G_OBJECT (row), "method", g_strdup (method->name), g_free);
  gtk_list_box_append (self->list, row);
  self->n_rows++;
}

static void
suggestions_add_all (GuiConsoleSuggestions *self, const char *prefix, GuiWorker worker)
{
  const GPtrArray *methods = gui_rpc_client_get_methods (gui_session_get_rpc (self->session, worker));
  guint last = self->n_rows + MAX_ROWS;
  GuiWorker owner;

  for (guint i = 0; i < methods->len && self->n_rows < last; i++) {
    const GuiRpcMethod *method = g_ptr_array_index (methods, i);

    if (!method->hidden && g_str_has_prefix (method->name, prefix)
        && gui_console_run_find (self->session, method->name, &owner) && owner == worker)
      suggestions_add (self, method, worker);
  }
}

void
gui_console_suggestions_show (GuiConsoleSuggestions *self, const char *prefix)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  self->n_rows = 0;
  for (GuiWorker i = 0; prefix != NULL && i < GUI_N_WORKERS; i++)
    suggestions_add_all (self, prefix, i);
  row = gtk_list_box_get_row_at_index (self->list, 0);
  if (row == NULL || (self->n_rows == 1 && g_str_equal (suggestion_of_row (row), prefix)))
    gtk_popover_popdown (GTK_POPOVER (self));
  else
    gtk_popover_popup (GTK_POPOVER (self));
}

gboolean
gui_console_suggestions_are_shown (GuiConsoleSuggestions *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self));
}

/* The list has no focus, which would scroll it. */
static void
suggestions_scroll_to (GuiConsoleSuggestions *self, GtkListBoxRow *row)
{
  GtkWidget *scroller = gtk_widget_get_ancestor (GTK_WIDGET (self->list), GTK_TYPE_SCROLLED_WINDOW);
  graphene_rect_t bounds;

  if (gtk_widget_compute_bounds (GTK_WIDGET (row), GTK_WIDGET (self->list), &bounds))
    gtk_adjustment_clamp_page (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller)), bounds.origin.y,
                               bounds.origin.y + bounds.size.height);
}

void
gui_console_suggestions_move (GuiConsoleSuggestions *self, gboolean forward)
{
  GtkListBoxRow *selected = gtk_list_box_get_selected_row (self->list);
  int last = (int) self->n_rows - 1, index;

  if (selected == NULL)
    index = forward ? 0 : last;
  else
    index = CLAMP (gtk_list_box_row_get_index (selected) + (forward ? 1 : -1), 0, last);
  selected = gtk_list_box_get_row_at_index (self->list, index);
  if (selected == NULL)
    return;
  gtk_list_box_select_row (self->list, selected);
  suggestions_scroll_to (self, selected);
}

const char *
gui_console_suggestions_get_selected (GuiConsoleSuggestions *self)
{
  return gui_console_suggestions_are_shown (self) ? suggestion_of_row (gtk_list_box_get_selected_row (self->list))
                                                  : NULL;
}

const char *
gui_console_suggestions_get_best (GuiConsoleSuggestions *self)
{
  const char *selected = gui_console_suggestions_get_selected (self);

  if (selected != NULL || !gui_console_suggestions_are_shown (self))
    return selected;
  return suggestion_of_row (gtk_list_box_get_row_at_index (self->list, 0));
}
