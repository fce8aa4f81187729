#include "gui/window/node_row.h"

#include "gui/format.h"

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

static void
set_dot (GuiNodeRow *self, const char *name)
{
  static const char *const names[] = { "starting", "syncing", "ready", "stopped" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_equal (name, names[i]))
      gtk_widget_add_css_class (self->dot, names[i]);
    else
      gtk_widget_remove_css_class (self->dot, names[i]);
  }
}

static char *
dup_peers (GuiNodeRow *self)
{
  guint n = gui_node_client_get_connections (gui_session_get_node (self->session));

  if (n == 0)
    return g_strdup (_ ("no peers"));
  return g_strdup_printf (g_dngettext (NULL, "%u peer", "%u peers", n), n);
}

static char *
dup_ready_line (GuiNodeRow *self)
{
  g_autofree char *height = gui_format_count (gui_node_client_get_height (gui_session_get_node (self->session)));
  g_autofree char *peers = dup_peers (self);

  if (gui_session_get_network (self->session) == BTC_NETWORK_REGTEST)
    return g_strdup_printf (_ ("In step · block %s"), height);
  return g_strdup_printf (_ ("In step · block %s · %s"), height, peers);
}

static char *
dup_sync_line (GuiNodeRow *self)
{
  GuiNodeClient *node = gui_session_get_node (self->session);
  int percent = (int) (gui_node_client_get_progress (node) * 100);
  guint64 eta = gui_node_client_get_eta (node);

  if (gui_node_client_get_connections (node) == 0)
    return g_strdup (_ ("Looking for peers"));
  if (eta > 0) {
    g_autofree char *left = gui_format_duration (eta);

    return g_strdup_printf (_ ("Syncing · %d\u202f%% · %s left"), percent, left);
  }
  return g_strdup_printf (_ ("Syncing · %d\u202f%%"), percent);
}

/* What the node does, and how far it is. */
static char *
dup_work_line (GuiNodeRow *self, const char *what)
{
  int percent = (int) (gui_node_client_get_progress (gui_session_get_node (self->session)) * 100);

  return percent > 0 ? g_strdup_printf ("%s · %d\u202f%%", what, percent) : g_strdup (what);
}

static char *
dup_line (GuiNodeRow *self, const char **dot)
{
  GuiNodeClient *node = gui_session_get_node (self->session);
  GuiWorkerState worker = gui_session_get_worker_state (self->session, GUI_WORKER_NODE);

  *dot = "starting";
  if (worker == GUI_WORKER_FAILED || worker == GUI_WORKER_LOST) {
    *dot = "stopped";
    return g_strdup (worker == GUI_WORKER_LOST ? _ ("Restarting") : _ ("Stopped"));
  }
  if (!gui_node_client_get_online (node))
    return g_strdup (_ ("Starting"));
  switch (gui_node_client_get_state (node)) {
  case GUI_NODE_STARTING:
    return g_strdup (_ ("Starting"));
  case GUI_NODE_LOADING:
    return dup_work_line (self, _ ("Loading the chain"));
  case GUI_NODE_REINDEXING:
    *dot = "syncing";
    return dup_work_line (self, _ ("Reading all blocks again"));
  case GUI_NODE_IMPORTING:
    *dot = "syncing";
    return dup_work_line (self, _ ("Importing blocks"));
  case GUI_NODE_VERIFYING:
    return dup_work_line (self, _ ("Checking stored blocks"));
  case GUI_NODE_SYNCING:
    *dot = "syncing";
    return dup_sync_line (self);
  case GUI_NODE_READY:
    *dot = "ready";
    return dup_ready_line (self);
  case GUI_NODE_STOPPING:
    *dot = "stopped";
    return g_strdup (_ ("Stopping"));
  }
  return g_strdup ("");
}

static void
update_facts (GuiNodeRow *self)
{
  GuiNodeClient *node = gui_session_get_node (self->session);
  g_autofree char *height = gui_format_count (gui_node_client_get_height (node));
  g_autofree char *header_height = gui_format_count (gui_node_client_get_header_height (node));
  g_autofree char *time = gui_format_date_time (gui_node_client_get_tip_time (node));
  g_autofree char *peers = dup_peers (self);
  g_autofree char *facts = NULL;
  g_autofree char *warnings = g_strjoinv ("\n", (char **) gui_node_client_get_warnings (node));

  /* The playground has no peers, and needs none. */
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
update (GuiNodeRow *self)
{
  GuiNodeClient *node = gui_session_get_node (self->session);
  GuiNodeState state = gui_node_client_get_state (node);
  const char *dot;
  g_autofree char *line = dup_line (self, &dot);
  g_autofree char *name = g_strdup_printf (_ ("Node: %s"), line);
  gboolean working = gui_node_client_get_online (node) && state != GUI_NODE_READY && state != GUI_NODE_STOPPING;

  set_dot (self, dot);
  gtk_label_set_text (self->line, line);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), working);
  gtk_progress_bar_set_fraction (self->bar, gui_node_client_get_progress (node));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  update_facts (self);
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
  /* A menu button keeps what it holds in its middle; a row of the sidebar begins at its start. */
  for (GtkWidget *part = GTK_WIDGET (self->line); part != self->button; part = gtk_widget_get_parent (part))
    gtk_widget_set_halign (part, GTK_ALIGN_FILL);
}

void
gui_node_row_set_session (GuiNodeRow *self, GuiSession *session)
{
  g_return_if_fail (GUI_IS_NODE_ROW (self));
  g_return_if_fail (GUI_IS_SESSION (session));

  g_set_object (&self->session, session);
  g_signal_connect_object (gui_session_get_node (session), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "worker", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
