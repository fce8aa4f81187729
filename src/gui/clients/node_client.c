#include "gui/clients/node_client.h"

#include "bus-generated.h"
#include "gui/clients/bounds.h"

#define MAX_INDEXES 20

struct _GuiNodeClient {
  GuiClient parent_instance;

  GuiNodeFigures figures;
};

G_DEFINE_FINAL_TYPE (GuiNodeClient, gui_node_client, GUI_TYPE_CLIENT)

static GuiNodeState
state_from_name (const char *name)
{
  static const struct {
    const char *name;
    GuiNodeState state;
  } states[] = {
    { "starting", GUI_NODE_STARTING },   { "loading", GUI_NODE_LOADING },       { "reindexing", GUI_NODE_REINDEXING },
    { "importing", GUI_NODE_IMPORTING }, { "connecting", GUI_NODE_CONNECTING }, { "snapshot", GUI_NODE_SNAPSHOT },
    { "verifying", GUI_NODE_VERIFYING }, { "syncing", GUI_NODE_SYNCING },       { "ready", GUI_NODE_READY },
    { "stopping", GUI_NODE_STOPPING },   { "stopped", GUI_NODE_STOPPING },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_strcmp0 (name, states[i].name) == 0)
      return states[i].state;
  return name == NULL ? GUI_NODE_STARTING : GUI_NODE_WORKING;
}

/* RECORD was not received, or is empty: its values are unknown or absent. */
static gboolean
node_is_empty (GVariant *record)
{
  return record == NULL || g_variant_n_children (record) == 0;
}

/* Reads the height and the time of RECORD, a tip. FALSE if one is missing or invalid. */
static gboolean
node_take_tip (GVariant *record, guint32 *height, gint64 *time)
{
  if (node_is_empty (record))
    return TRUE;
  return g_variant_lookup (record, "height", "u", height) && g_variant_lookup (record, "time", "x", time)
         && gui_bounds_height (*height) && gui_bounds_time (*time);
}

static gboolean
node_take_tips (GuiNodeFigures *figures, BusNode1 *node)
{
  gint64 header_time;

  return node_take_tip (bus_node1_get_tip (node), &figures->height, &figures->tip_time)
         && node_take_tip (bus_node1_get_header_tip (node), &figures->header_height, &header_time);
}

static gboolean
node_take_progress (GuiNodeProgress *progress, GVariant *record)
{
  if (node_is_empty (record))
    return TRUE;
  g_variant_lookup (record, "rate", "d", &progress->rate);
  g_variant_lookup (record, "eta", "t", &progress->eta_s);
  progress->eta_s = gui_bounds_eta (progress->eta_s);
  return g_variant_lookup (record, "fraction", "d", &progress->fraction) && gui_bounds_fraction (&progress->fraction)
         && gui_bounds_rate (&progress->rate);
}

static gboolean
node_take_state (GuiNodeFigures *figures, BusNode1 *node)
{
  gboolean play = g_strcmp0 (bus_node1_get_network (node), "regtest") == 0;

  figures->state = state_from_name (bus_node1_get_state (node));
  figures->connections = bus_node1_get_connections (node);
  if (figures->state == GUI_NODE_SYNCING && figures->connections == 0 && play)
    figures->state = GUI_NODE_READY;
  figures->alone
      = !play && figures->connections == 0 && (figures->state == GUI_NODE_SYNCING || figures->state == GUI_NODE_READY);
  if (!node_take_progress (&figures->progress, bus_node1_get_progress (node)))
    return FALSE;
  /* The node reports 1 in this state; the height relative to that of the headers is more useful. */
  if (figures->state == GUI_NODE_SYNCING && figures->progress.fraction >= 1 && figures->header_height > 0)
    figures->progress.fraction = MIN (1.0, (double) figures->height / figures->header_height);
  return TRUE;
}

static gboolean
node_take_validation (GuiNodeFigures *figures, GVariant *validation)
{
  if (node_is_empty (validation))
    return TRUE;
  figures->background = GUI_NODE_BACKGROUND_VALIDATION;
  return node_take_progress (&figures->background_progress, validation);
}

static gboolean
node_take_index (GuiNodeFigures *figures, GVariant *index)
{
  GuiNodeProgress progress = { 0 };
  gboolean synced;
  guint32 height = 0;

  g_variant_lookup (index, "height", "u", &height);
  if (!g_variant_lookup (index, "synced", "b", &synced) || !gui_bounds_height (height))
    return FALSE;
  if (synced)
    return TRUE;
  if (!node_take_progress (&progress, index))
    return FALSE;
  if (figures->background != GUI_NODE_BACKGROUND_NONE && progress.fraction >= figures->background_progress.fraction)
    return TRUE;
  figures->background = GUI_NODE_BACKGROUND_INDEX;
  figures->background_progress = progress;
  figures->background_height = height;
  return TRUE;
}

static gboolean
node_take_indexes (GuiNodeFigures *figures, GVariant *indexes)
{
  gsize n = indexes != NULL ? g_variant_n_children (indexes) : 0;

  if (n > MAX_INDEXES)
    return FALSE;
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) index = g_variant_get_child_value (indexes, i);

    if (!node_take_index (figures, index))
      return FALSE;
  }
  return TRUE;
}

/* Reads into FIGURES, which do not own anything yet. NULL, or the name of an invalid property. */
static const char *
node_read_figures (GuiNodeFigures *figures, BusNode1 *node)
{
  if (!node_take_tips (figures, node))
    return "Node1.Tip";
  if (!node_take_state (figures, node))
    return "Node1.Progress";
  if (!node_take_validation (figures, bus_node1_get_validation (node)))
    return "Node1.Validation";
  return node_take_indexes (figures, bus_node1_get_indexes (node)) ? NULL : "Node1.Indexes";
}

/* A copy of WARNINGS, each as one line; NULL if there are too many. */
static char **
node_dup_warnings (const char *const *warnings)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; warnings != NULL && warnings[i] != NULL; i++) {
    g_autofree char *line = gui_bounds_dup_line (warnings[i], GUI_BOUNDS_MAX_SENTENCE);

    if (i == GUI_BOUNDS_MAX_WARNINGS)
      return NULL;
    g_strv_builder_add (builder, line);
  }
  return g_strv_builder_end (builder);
}

static const char *
node_take_figures (GuiClient *client, gpointer proxy)
{
  GuiNodeClient *self = GUI_NODE_CLIENT (client);
  GuiNodeFigures figures = { 0 };
  const char *wrong = node_read_figures (&figures, proxy);

  if (wrong != NULL)
    return wrong;
  figures.warnings = node_dup_warnings (bus_node1_get_warnings (proxy));
  if (figures.warnings == NULL)
    return "Node1.Warnings";
  g_strfreev (self->figures.warnings);
  self->figures = figures;
  return NULL;
}

static void
gui_node_client_finalize (GObject *object)
{
  g_strfreev (GUI_NODE_CLIENT (object)->figures.warnings);
  G_OBJECT_CLASS (gui_node_client_parent_class)->finalize (object);
}

static void
gui_node_client_class_init (GuiNodeClientClass *klass)
{
  GuiClientClass *client_class = GUI_CLIENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gui_node_client_finalize;
  client_class->proxy_type = BUS_TYPE_NODE1_PROXY;
  client_class->interface = "org.moneyrocket.Node1";
  client_class->absent = BUS_ERROR_NODE_UNAVAILABLE;
  client_class->absent_text = "the node is not running";
  client_class->take_figures = node_take_figures;
}

static void
gui_node_client_init (GuiNodeClient *self)
{
  self->figures.warnings = g_new0 (char *, 1);
}

GuiNodeClient *
gui_node_client_new (void)
{
  return g_object_new (GUI_TYPE_NODE_CLIENT, NULL);
}

const GuiNodeFigures *
gui_node_client_get_figures (GuiNodeClient *self)
{
  g_return_val_if_fail (GUI_IS_NODE_CLIENT (self), NULL);
  return &self->figures;
}

void
gui_node_client_generate_async (GuiNodeClient *self,
                                guint blocks,
                                const char *address,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data)
{
  g_return_if_fail (address != NULL);

  gui_client_run_async (GUI_CLIENT (self), "Generate", g_variant_new ("(usa{sv})", blocks, address, NULL), cancellable,
                        callback, data);
}

gboolean
gui_node_client_generate_finish (GuiNodeClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) outcome = gui_client_call_finish (GUI_CLIENT (self), result, error);

  return outcome != NULL;
}
