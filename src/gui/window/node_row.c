#include "gui/window/node_row.h"

#include "gui/format.h"
#include "gui/widgets/css_class.h"

#include <glib/gi18n.h>

struct _GuiNodeRow {
  GtkWidget parent_instance;

  GuiSession *session;

  GtkWidget *button;
  GtkWidget *popover;
  GtkWidget *dot;
  GtkLabel *line;
  GtkProgressBar *bar;
  GtkLabel *facts;
  GtkLabel *warnings;
};

G_DEFINE_FINAL_TYPE (GuiNodeRow, gui_node_row, GTK_TYPE_WIDGET)

static gboolean
is_online (GuiNodeRow *self)
{
  return gui_client_get_online (GUI_CLIENT (gui_session_get_node (self->session)));
}

static void
set_dot (GuiNodeRow *self, const char *name)
{
  static const char *const names[] = { "starting", "syncing", "ready", "stopped" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    gui_set_css_class (self->dot, names[i], g_str_equal (name, names[i]));
}

static char *
dup_peers (guint n)
{
  if (n == 0)
    return g_strdup (_ ("no peers"));
  return g_strdup_printf (g_dngettext (NULL, "%u peer", "%u peers", n), n);
}

static char *
dup_ready_line (GuiNodeRow *self, const GuiNodeFigures *node)
{
  g_autofree char *height = gui_format_count (node->height);
  g_autofree char *peers = dup_peers (node->connections);

  if (gui_session_get_network (self->session) == BTC_NETWORK_REGTEST)
    return g_strdup_printf (_ ("Up to date · block %s"), height);
  return g_strdup_printf (_ ("Up to date · block %s · %s"), height, peers);
}

/* What the node is doing, its progress, and the remaining time. */
static char *
dup_work_line (const char *what, const GuiNodeProgress *progress)
{
  int percent = (int) (progress->fraction * 100);
  g_autofree char *left = gui_format_left (progress->eta_s);

  if (left != NULL)
    return g_strdup_printf ("%s · %d\u202f%% · %s", what, percent, left);
  return percent > 0 ? g_strdup_printf ("%s · %d\u202f%%", what, percent) : g_strdup (what);
}

/* Short, for the sidebar. */
static const char *
work_name (GuiNodeState state)
{
  switch (state) {
  case GUI_NODE_STARTING:
    return _ ("Starting");
  case GUI_NODE_LOADING:
    return _ ("Loading");
  case GUI_NODE_REINDEXING:
    return _ ("Reading blocks");
  case GUI_NODE_IMPORTING:
    return _ ("Importing");
  case GUI_NODE_CONNECTING:
  case GUI_NODE_VERIFYING:
    return _ ("Checking blocks");
  case GUI_NODE_SNAPSHOT:
    return _ ("Loading snapshot");
  case GUI_NODE_WORKING:
    return _ ("Busy");
  case GUI_NODE_SYNCING:
    return _ ("Syncing");
  case GUI_NODE_READY:
    return "";
  case GUI_NODE_STOPPING:
    return _ ("Stopping");
  }
  return "";
}

/* Up to date, or the work in progress. */
static char *
dup_step_line (GuiNodeRow *self, const GuiNodeFigures *node)
{
  switch (node->background) {
  case GUI_NODE_BACKGROUND_NONE:
    break;
  case GUI_NODE_BACKGROUND_INDEX:
    return dup_work_line (_ ("Building an index"), &node->background_progress);
  case GUI_NODE_BACKGROUND_VALIDATION:
    return dup_work_line (_ ("Checking history"), &node->background_progress);
  }
  return dup_ready_line (self, node);
}

static char *
dup_line (GuiNodeRow *self, const GuiNodeFigures *node, const char **dot)
{
  GuiWorkerState worker = gui_session_get_worker_state (self->session, GUI_WORKER_NODE);

  *dot = "starting";
  if (worker == GUI_WORKER_FAILED || worker == GUI_WORKER_LOST) {
    *dot = "stopped";
    if (!gui_session_is_local (self->session, GUI_WORKER_NODE))
      return g_strdup (_ ("Not connected"));
    return g_strdup (worker == GUI_WORKER_LOST ? _ ("Restarting") : _ ("Stopped"));
  }
  if (worker == GUI_WORKER_SILENT)
    return g_strdup (_ ("Not answering"));
  if (!is_online (self))
    return g_strdup (gui_session_is_local (self->session, GUI_WORKER_NODE) ? _ ("Starting") : _ ("Connecting"));
  if (node->state == GUI_NODE_READY && !node->alone) {
    *dot = "ready";
    return dup_step_line (self, node);
  }
  if (node->state == GUI_NODE_STOPPING)
    *dot = "stopped";
  else if (node->state != GUI_NODE_STARTING && node->state != GUI_NODE_LOADING)
    *dot = "syncing";
  if (node->alone)
    return g_strdup (_ ("No peers yet"));
  return dup_work_line (work_name (node->state), &node->progress);
}

/* The progress bar is visible while work is in progress: without peers there is none to follow. */
static void
update_bar (GuiNodeRow *self, const GuiNodeFigures *node)
{
  gboolean ready = node->state == GUI_NODE_READY;
  gboolean waits = ready ? node->background != GUI_NODE_BACKGROUND_NONE : node->state != GUI_NODE_STOPPING;

  gtk_widget_set_visible (GTK_WIDGET (self->bar), is_online (self) && waits && !node->alone);
  gtk_progress_bar_set_fraction (self->bar, ready ? node->background_progress.fraction : node->progress.fraction);
}

static void
update_facts (GuiNodeRow *self, const GuiNodeFigures *node)
{
  g_autofree char *height = gui_format_count (node->height);
  g_autofree char *header_height = gui_format_count (node->header_height);
  g_autofree char *time = gui_format_date_time (node->tip_time);
  g_autofree char *peers = dup_peers (node->connections);
  g_autofree char *facts = NULL;
  g_autofree char *warnings = g_strjoinv ("\n", node->warnings);

  /* Regtest needs no peers. */
  if (gui_session_get_network (self->session) == BTC_NETWORK_REGTEST)
    facts = g_strdup_printf (_ ("Block %s\nMade on %s"), height, time);
  else
    facts = g_strdup_printf (_ ("Block %s of %s known\nLast block: %s\nConnected to %s"), height, header_height, time,
                             peers);
  gtk_label_set_text (self->facts, facts);
  gtk_label_set_text (self->warnings, warnings);
  gtk_widget_set_visible (GTK_WIDGET (self->warnings), *warnings != '\0');
}

static void
node_row_update (GuiNodeRow *self)
{
  const GuiNodeFigures *node = gui_node_client_get_figures (gui_session_get_node (self->session));
  const char *dot;
  g_autofree char *line = dup_line (self, node, &dot);
  g_autofree char *name = g_strdup_printf (_ ("Node: %s"), line);

  set_dot (self, dot);
  gtk_label_set_text (self->line, line);
  update_bar (self, node);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  update_facts (self, node);
}

static void
gui_node_row_dispose (GObject *object)
{
  g_clear_object (&GUI_NODE_ROW (object)->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_NODE_ROW);

  G_OBJECT_CLASS (gui_node_row_parent_class)->dispose (object);
}

static void
gui_node_row_class_init (GuiNodeRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_node_row_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/window/node_row.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiNodeRow, button);
  gtk_widget_class_bind_template_child (widget_class, GuiNodeRow, popover);
  gtk_widget_class_bind_template_child (widget_class, GuiNodeRow, dot);
  gtk_widget_class_bind_template_child (widget_class, GuiNodeRow, line);
  gtk_widget_class_bind_template_child (widget_class, GuiNodeRow, bar);
  gtk_widget_class_bind_template_child (widget_class, GuiNodeRow, facts);
  gtk_widget_class_bind_template_child (widget_class, GuiNodeRow, warnings);
}

static void
gui_node_row_init (GuiNodeRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* GtkMenuButton centres its child; a row of the sidebar is aligned to the start. */
  for (GtkWidget *part = GTK_WIDGET (self->line); part != self->button; part = gtk_widget_get_parent (part))
    gtk_widget_set_halign (part, GTK_ALIGN_FILL);
}

void
gui_node_row_set_session (GuiNodeRow *self, GuiSession *session)
{
  g_return_if_fail (GUI_IS_NODE_ROW (self));
  g_return_if_fail (GUI_IS_SESSION (session));

  if (self->session != NULL) {
    g_signal_handlers_disconnect_by_data (self->session, self);
    g_signal_handlers_disconnect_by_data (gui_session_get_node (self->session), self);
  }
  g_set_object (&self->session, session);
  g_signal_connect_object (gui_session_get_node (session), "changed", G_CALLBACK (node_row_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "worker", G_CALLBACK (node_row_update), self, G_CONNECT_SWAPPED);
  node_row_update (self);
}
