#include "gui/activity/payment_page.h"
#include "gui/console/console_page.h"
#include "gui/network_text.h"
#include "gui/overview/overview_page.h"
#include "gui/playground/playground_page.h"
#include "gui/program_text.h"
#include "gui/processes/processes_page.h"
#include "gui/receive/receive_page.h"
#include "gui/widgets/focus.h"
#include "gui/widgets/names.h"
#include "gui/widgets/stack_pages.h"
#include "gui/window/right_page.h"
#include "gui/window/window_private.h"

#include <glib/gi18n.h>

static const struct {
  const char *name;
  const char *title;
  const char *icon;
  gboolean tool; /* below the separator */
} page_infos[] = {
  { "overview", N_ ("Overview"), "user-home-symbolic" },
  { "send", N_ ("Send"), "moneyrocket-outgoing-symbolic" },
  { "receive", N_ ("Receive"), "moneyrocket-incoming-symbolic" },
  { "activity", N_ ("Activity"), "document-open-recent-symbolic" },
  { "processes", N_ ("Processes"), "applications-system-symbolic", TRUE },
  { "console", N_ ("Console"), "utilities-terminal-symbolic", TRUE },
  { "playground", N_ ("Playground"), "applications-science-symbolic", TRUE },
};

static const char *
title_of (const char *page)
{
  for (gsize i = 0; i < G_N_ELEMENTS (page_infos); i++)
    if (g_str_equal (page, page_infos[i].name))
      return _ (page_infos[i].title);
  return "";
}

static void
update_header (GuiWindow *self)
{
  gboolean folded = adw_leaflet_get_folded (self->leaflet), below = folded || self->narrow;
  const char *network = gtk_label_get_text (self->network_tag), *node = gtk_label_get_text (self->node_tag);
  g_autofree char *both = g_strdup_printf ("%s%s%s", network, *network != '\0' && *node != '\0' ? " · " : "", node);

  /* The width of the sidebar does not depend on the texts in it. */
  adw_clamp_set_maximum_size (ADW_CLAMP (self->sidebar), folded ? G_MAXINT : SIDEBAR_WIDTH);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (self->sidebar), folded ? G_MAXINT : SIDEBAR_WIDTH);
  adw_header_bar_set_show_end_title_buttons (self->sidebar_header, folded);
  adw_header_bar_set_show_start_title_buttons (self->content_header, folded);
  gtk_widget_set_visible (self->back_button, folded || self->payment != NULL);
  adw_window_title_set_title (self->title, self->payment != NULL      ? _ ("Payment")
                                           : self->page_title != NULL ? self->page_title
                                                                      : title_of (self->page));
  gtk_widget_set_visible (GTK_WIDGET (self->network_tag), !below && *network != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->node_tag), !below && *node != '\0');
  adw_window_title_set_subtitle (self->title, below ? both : "");
  adw_window_title_set_subtitle (self->sidebar_title, folded ? both : "");
  gtk_window_set_title (GTK_WINDOW (self), adw_window_title_get_title (self->title));
}

static gboolean
header_tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  GuiWindow *self = data;

  self->header_tick = 0;
  if (self->built)
    update_header (self);
  return G_SOURCE_REMOVE;
}

/* The leaflet folds, and a page is mapped, while it is allocated, when a change of what is in it would not be laid out:
 * before the next frame. */
static void
schedule_header (GuiWindow *self)
{
  if (self->built && self->header_tick == 0)
    self->header_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), header_tick_cb, self, NULL);
}

static void
on_folded (GuiWindow *self)
{
  schedule_header (self);
}

void
gui_window_pages_set_title (GuiWindow *self, const char *title)
{
  g_free (self->page_title);
  self->page_title = g_strdup (title);
  schedule_header (self);
}

void
gui_window_pages_set_narrow (GuiWindow *self, gboolean narrow)
{
  if (self->narrow == narrow)
    return;
  self->narrow = narrow;
  schedule_header (self);
}

static GtkListBoxRow *
find_row (GuiWindow *self, const char *page)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->page_list, i)) != NULL; i++)
    if (g_strcmp0 (g_object_get_data (G_OBJECT (row), "page"), page) == 0)
      return row;
  return NULL;
}

void
gui_window_pages_take_focus (GuiWindow *self)
{
  if (!self->built)
    return;
  if (adw_leaflet_get_folded (self->leaflet) && adw_leaflet_get_visible_child (self->leaflet) == self->sidebar)
    gtk_widget_grab_focus (GTK_WIDGET (find_row (self, self->page)));
  else
    gui_focus_into (gtk_stack_get_visible_child (self->pages));
}

/* Back on the page, the focus returns to the row that was opened. */
static void
close_payment (GuiWindow *self)
{
  GtkWidget *opener = self->opener;

  if (self->payment == NULL)
    return;
  gtk_stack_set_visible_child_name (self->pages, self->page);
  gtk_stack_remove (self->pages, self->payment);
  self->payment = NULL;
  g_clear_weak_pointer (&self->opener);
  update_header (self);
  if (opener == NULL || !gtk_widget_get_mapped (opener) || !gtk_widget_grab_focus (opener))
    gui_window_pages_take_focus (self);
}

gboolean
gui_window_pages_are_filled (GuiWindow *self)
{
  return self->built && gui_send_pages_are_filled (self->send);
}

/* The rows can be reached by keys without opening their pages: what looks selected is the page that is shown. */
static void
mark_row (GuiWindow *self, const char *page)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->page_list, i)) != NULL; i++) {
    gboolean shown = g_strcmp0 (g_object_get_data (G_OBJECT (row), "page"), page) == 0;

    if (shown)
      gtk_widget_set_state_flags (GTK_WIDGET (row), GTK_STATE_FLAG_SELECTED, FALSE);
    else
      gtk_widget_unset_state_flags (GTK_WIDGET (row), GTK_STATE_FLAG_SELECTED);
    gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_SELECTED, shown, -1);
  }
}

static void
show_page (GuiWindow *self, const char *page)
{
  if (gtk_stack_get_child_by_name (self->pages, page) == NULL)
    return;
  g_free (self->page);
  self->page = g_strdup (page);
  g_clear_pointer (&self->page_title, g_free);
  close_payment (self);
  gtk_stack_set_visible_child_name (self->pages, page);
  mark_row (self, page);
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  update_header (self);
}

/* In the wide layout the focus stays in the sidebar, where the arrow keys go on. */
static void
on_sidebar_row_activated (GuiWindow *self, GtkListBoxRow *row)
{
  g_autofree char *page = g_strdup (g_object_get_data (G_OBJECT (row), "page"));

  show_page (self, page);
  if (adw_leaflet_get_folded (self->leaflet))
    gui_window_pages_take_focus (self);
}

void
gui_window_pages_show (GuiWindow *self, const char *page)
{
  if (!self->built || gtk_stack_get_child_by_name (self->pages, page) == NULL)
    return;
  show_page (self, page);
  gui_window_pages_take_focus (self);
}

void
gui_window_pages_start_payment (GuiWindow *self)
{
  if (!self->built)
    return;
  show_page (self, "send");
  gui_send_page_start (gui_send_pages_get_current (self->send));
}

void
gui_window_pages_search (GuiWindow *self)
{
  if (!self->built)
    return;
  show_page (self, "activity");
  gui_activity_page_search (self->activity);
}

void
gui_window_pages_show_payment (GuiWindow *self, GVariant *txid)
{
  GuiWalletClient *wallet = gui_session_get_wallet (self->session);

  if (!self->built || wallet == NULL)
    return;
  close_payment (self);
  g_set_weak_pointer (&self->opener, gtk_root_get_focus (GTK_ROOT (self)));
  self->payment = gui_payment_page_new (wallet, txid);
  gtk_stack_add_child (self->pages, self->payment);
  gui_stack_hide_unmapped_page (self->payment);
  gtk_stack_set_visible_child (self->pages, self->payment);
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  update_header (self);
  gui_focus_into (self->payment);
}

void
gui_window_pages_close_payment (GuiWindow *self)
{
  if (self->built)
    close_payment (self);
}

/* Leaves the search field that has the focus. FALSE if none has. */
static gboolean
leave_search (GuiWindow *self)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));
  GtkWidget *search = focus != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_SEARCH_ENTRY) : NULL;

  if (search == NULL)
    return FALSE;
  gtk_editable_set_text (GTK_EDITABLE (search), "");
  if (!gtk_widget_child_focus (gtk_stack_get_visible_child (self->pages), GTK_DIR_TAB_FORWARD))
    gtk_widget_grab_focus (GTK_WIDGET (find_row (self, self->page)));
  return TRUE;
}

void
gui_window_pages_go_back (GuiWindow *self)
{
  if (!self->built || leave_search (self))
    return;
  if (self->payment != NULL) {
    close_payment (self);
  } else if (g_str_equal (self->page, "send") && gui_send_page_go_back (gui_send_pages_get_current (self->send))) {
    return;
  } else if (adw_leaflet_get_folded (self->leaflet)) {
    adw_leaflet_set_visible_child (self->leaflet, self->sidebar);
    gui_window_pages_take_focus (self);
  }
}

/* Before GtkSearchEntry, which keeps Escape to itself. */
static gboolean
escape_cb (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  return leave_search (data);
}

static void
watch_escape (GuiWindow *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_callback_action_new (escape_cb, self, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self->leaflet), controller);
}

static void
add_page (GuiWindow *self, gsize index, GtkWidget *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *label = gtk_label_new (_ (page_infos[index].title));
  GtkWidget *icon = gui_new_decoration (page_infos[index].icon);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (page_infos[index].title), -1);
  g_object_set_data (G_OBJECT (row), "page", (gpointer) page_infos[index].name);
  gtk_list_box_append (self->page_list, row);
  gtk_stack_add_named (self->pages, page, page_infos[index].name);
  gui_stack_hide_unmapped_page (page);
}

/* The main network has no tag, nor has a node that the application has started. */
static void
show_network_tag (GuiWindow *self)
{
  BtcNetwork network = gui_session_get_network (self->session);
  g_autofree char *node = gui_program_dup_name (gui_session_get_program (self->session, GUI_WORKER_NODE));

  gtk_label_set_text (self->network_tag, network != BTC_NETWORK_MAIN ? gui_network_title (network) : "");
  gtk_label_set_text (self->node_tag, node);
}

static gboolean
is_tool_row (GtkListBoxRow *row)
{
  const char *page = row != NULL ? g_object_get_data (G_OBJECT (row), "page") : NULL;

  for (gsize i = 0; page != NULL && i < G_N_ELEMENTS (page_infos); i++)
    if (g_str_equal (page, page_infos[i].name))
      return page_infos[i].tool;
  return FALSE;
}

static void
page_header_cb (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  gboolean first = is_tool_row (row) && !is_tool_row (before);

  gtk_list_box_row_set_header (row, first ? gtk_separator_new (GTK_ORIENTATION_HORIZONTAL) : NULL);
}

/* It mines, to an address of the wallet. */
static GtkWidget *
new_playground (GuiWindow *self)
{
  GtkWidget *page
      = gui_right_page_new (self->session, GUI_WORKER_WALLET, BUS_ROLE_SPEND, gui_playground_page_new (self->session));

  return gui_right_page_new (self->session, GUI_WORKER_NODE, BUS_ROLE_OPERATE, page);
}

void
gui_window_pages_build (GuiWindow *self)
{
  GtkWidget *send, *activity;

  if (self->built)
    return;
  send = gui_send_pages_new (self->session);
  activity = gui_activity_page_new (self->session);
  self->send = GUI_SEND_PAGES (send);
  self->activity = GUI_ACTIVITY_PAGE (activity);
  add_page (self, 0, gui_overview_page_new (self->session));
  add_page (self, 1, gui_right_page_new (self->session, GUI_WORKER_WALLET, BUS_ROLE_SPEND, send));
  add_page (
      self, 2,
      gui_right_page_new (self->session, GUI_WORKER_WALLET, BUS_ROLE_SPEND, gui_receive_page_new (self->session)));
  add_page (self, 3, activity);
  add_page (self, 4, gui_processes_page_new (self->session));
  add_page (self, 5, gui_console_page_new (self->session));
  if (gui_session_get_network (self->session) == BTC_NETWORK_REGTEST)
    add_page (self, 6, new_playground (self));
  gui_wallet_switcher_set_session (self->wallet_switcher, self->session);
  gui_node_row_set_session (self->node_row, self->session);
  show_network_tag (self);
  self->built = TRUE;
  show_page (self, "overview");
}

void
gui_window_pages_clear (GuiWindow *self)
{
  GtkWidget *page;
  GtkListBoxRow *row;

  if (!self->built)
    return;
  self->built = FALSE;
  self->payment = NULL;
  self->send = NULL;
  self->activity = NULL;
  g_clear_weak_pointer (&self->opener);
  g_clear_pointer (&self->page, g_free);
  g_clear_pointer (&self->page_title, g_free);
  while ((page = gtk_widget_get_first_child (GTK_WIDGET (self->pages))) != NULL)
    gtk_stack_remove (self->pages, page);
  while ((row = gtk_list_box_get_row_at_index (self->page_list, 0)) != NULL)
    gtk_list_box_remove (self->page_list, GTK_WIDGET (row));
}

void
gui_window_pages_init (GuiWindow *self)
{
  gtk_list_box_set_header_func (self->page_list, page_header_cb, NULL, NULL);
  watch_escape (self);
}

void
gui_window_pages_class_init (GtkWidgetClass *widget_class)
{
  g_type_ensure (GUI_TYPE_WALLET_SWITCHER);
  g_type_ensure (GUI_TYPE_NODE_ROW);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, content);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, sidebar_header);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, content_header);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, wallet_switcher);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, page_list);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, node_row);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, title);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, sidebar_title);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, network_tag);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, node_tag);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, pages);
  gtk_widget_class_bind_template_callback (widget_class, on_folded);
  gtk_widget_class_bind_template_callback (widget_class, on_sidebar_row_activated);
}
