#include "gui/activity/activity_page.h"

#include "gui/format.h"
#include "gui/models/history_model.h"
#include "gui/models/tx_row.h"
#include "gui/widgets/stack_pages.h"
#include "gui/widgets/tx_row_view.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define PAGE_SIZE 256
/* GtkListView creates many more rows than are visible, all in one main loop iteration: so the model grows only when the
 * view is scrolled near its end. */
#define ROWS_AT_ONCE 20

struct _GuiActivityPage {
  GtkWidget parent_instance;

  GuiSession *session;
  GuiHistoryModel *history;
  GtkSliceListModel *shown; /* its first payments */
  guint more_source;

  GtkWidget *box;
  GtkEditable *search;
  GtkToggleButton *chip_all;
  GtkToggleButton *chip_received;
  GtkToggleButton *chip_sent;
  GtkToggleButton *chip_mined;
  GtkStack *stack;
  GtkListView *list;
};

G_DEFINE_FINAL_TYPE (GuiActivityPage, gui_activity_page, GTK_TYPE_WIDGET)

static const char *
chosen_kind (GuiActivityPage *self)
{
  if (gtk_toggle_button_get_active (self->chip_received))
    return "receive";
  if (gtk_toggle_button_get_active (self->chip_sent))
    return "send";
  if (gtk_toggle_button_get_active (self->chip_mined))
    return "generate";
  return "";
}

static void
update_stack (GuiActivityPage *self)
{
  gboolean filtered = *gtk_editable_get_text (self->search) != '\0' || *chosen_kind (self) != '\0';

  if (g_list_model_get_n_items (G_LIST_MODEL (self->history)) > 0)
    gtk_stack_set_visible_child_name (self->stack, "list");
  else if (gui_history_model_is_loaded (self->history))
    gtk_stack_set_visible_child_name (self->stack, filtered ? "nothing" : "empty");
}

static gboolean
is_near_end (GuiActivityPage *self)
{
  GtkAdjustment *place = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->list));
  double ahead = gtk_adjustment_get_upper (place) - gtk_adjustment_get_value (place);

  return ahead < 3 * gtk_adjustment_get_page_size (place);
}

static gboolean
show_more (gpointer data)
{
  GuiActivityPage *self = data;

  self->more_source = 0;
  gtk_slice_list_model_set_size (self->shown, gtk_slice_list_model_get_size (self->shown) + ROWS_AT_ONCE);
  return G_SOURCE_REMOVE;
}

/* Deferred: this may be called while the list lays out its rows. */
static void
on_place_changed (GuiActivityPage *self)
{
  gboolean more = gtk_slice_list_model_get_size (self->shown) < g_list_model_get_n_items (G_LIST_MODEL (self->history));

  if (more && self->more_source == 0 && gtk_widget_get_mapped (GTK_WIDGET (self->list)) && is_near_end (self))
    self->more_source = g_idle_add (show_more, self);
}

static void
on_filter_changed (GuiActivityPage *self)
{
  g_autofree char *words = g_strstrip (g_strdup (gtk_editable_get_text (self->search)));

  gtk_slice_list_model_set_size (self->shown, ROWS_AT_ONCE);
  gui_history_model_set_filter (self->history, words, chosen_kind (self));
}

static void
on_activity_row_activated (GuiActivityPage *self, guint position)
{
  GuiTxRow *row = gui_history_model_peek (self->history, position);

  if (row != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.payment", "@ay", gui_tx_row_get_txid (row));
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, GuiActivityPage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *heading = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "day-heading");
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), gui_tx_row_view_new ());
  gtk_list_item_set_child (item, box);
}

/* GtkListView does not set accessible names for its rows. */
static void
name_row (GtkWidget *list_row, GuiTxRow *row)
{
  g_autofree char *name
      = gui_tx_row_is_placeholder (row) ? g_strdup (_ ("Loading")) : gui_tx_row_view_dup_description (row);

  if (list_row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (list_row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* The first payment of a day has a heading with the day. */
static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, GuiActivityPage *self)
{
  GuiTxRow *row = gtk_list_item_get_item (item);
  guint position = gtk_list_item_get_position (item);
  GtkWidget *heading = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GuiTxRow *before = position > 0 ? gui_history_model_peek (self->history, position - 1) : NULL;
  gboolean first;

  gui_tx_row_view_set_row (GUI_TX_ROW_VIEW (gtk_widget_get_next_sibling (heading)), row);
  name_row (gtk_widget_get_parent (gtk_list_item_get_child (item)), row);
  first = !gui_tx_row_is_placeholder (row)
          && (position == 0
              || (before != NULL && !gui_same_day (gui_tx_row_get_time (before), gui_tx_row_get_time (row))));
  gtk_widget_set_visible (heading, first);
  if (first) {
    g_autofree char *day = gui_format_day (gui_tx_row_get_time (row));

    gtk_label_set_text (GTK_LABEL (heading), day);
  }
}

static void
activity_wallet_changed_cb (GuiActivityPage *self)
{
  gtk_slice_list_model_set_size (self->shown, ROWS_AT_ONCE);
  gui_history_model_set_wallet (self->history, gui_session_get_wallet (self->session));
}

void
gui_activity_page_search (GuiActivityPage *self)
{
  g_return_if_fail (GUI_IS_ACTIVITY_PAGE (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
gui_activity_page_dispose (GObject *object)
{
  GuiActivityPage *self = GUI_ACTIVITY_PAGE (object);

  g_clear_handle_id (&self->more_source, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_ACTIVITY_PAGE);
  g_clear_object (&self->shown);
  g_clear_object (&self->history);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (gui_activity_page_parent_class)->dispose (object);
}

static void
gui_activity_page_class_init (GuiActivityPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_activity_page_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/activity/activity_page.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, box);
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, search);
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, chip_all);
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, chip_received);
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, chip_sent);
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, chip_mined);
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, stack);
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, list);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activity_row_activated);
}

static void
gui_activity_page_init (GuiActivityPage *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSelectionModel) selection = NULL;
  GtkAdjustment *place;

  self->history = gui_history_model_new (PAGE_SIZE);
  self->shown = gtk_slice_list_model_new (g_object_ref (G_LIST_MODEL (self->history)), 0, ROWS_AT_ONCE);
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_stack_hide_unmapped (self->stack);
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->shown))));
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, selection);
  place = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->list));
  g_signal_connect_object (place, "changed", G_CALLBACK (on_place_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (place, "value-changed", G_CALLBACK (on_place_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->history, "loaded", G_CALLBACK (update_stack), self, G_CONNECT_SWAPPED);
  update_stack (self);
}

GtkWidget *
gui_activity_page_new (GuiSession *session)
{
  GuiActivityPage *self = g_object_new (GUI_TYPE_ACTIVITY_PAGE, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "wallet-changed", G_CALLBACK (activity_wallet_changed_cb), self, G_CONNECT_SWAPPED);
  activity_wallet_changed_cb (self);
  return GTK_WIDGET (self);
}
