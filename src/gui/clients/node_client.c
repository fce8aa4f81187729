#include "gui/clients/node_client.h"

#include "bus-generated.h"

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

static void
take_tips (GuiNodeFigures *figures, BusNode1 *node)
{
  GVariant *tip = bus_node1_get_tip (node), *header_tip = bus_node1_get_header_tip (node);
  guint64 time = 0;

  if (tip != NULL) {
    g_variant_get (tip, "(tu@ayt)", NULL, &figures->height, NULL, &time);
    figures->tip_time = (gint64) time;
  }
  if (header_tip != NULL)
    g_variant_get (header_tip, "(u@ayt)", &figures->header_height, NULL, NULL);
}

static void
take_state (GuiNodeFigures *figures, BusNode1 *node)
{
  figures->state = state_from_name (bus_node1_get_state (node));
  figures->connections = bus_node1_get_connections (node);
  if (figures->state == GUI_NODE_SYNCING && figures->connections == 0
      && g_strcmp0 (bus_node1_get_network (node), "regtest") == 0)
    figures->state = GUI_NODE_READY;
  figures->progress = (GuiNodeProgress){ .fraction = CLAMP (bus_node1_get_progress (node), 0.0, 1.0),
                                         .rate = bus_node1_get_rate (node),
                                         .eta_s = bus_node1_get_eta (node) };
  /* What the node reports is 1 here; the blocks that are known but not checked say more. */
  if (figures->state == GUI_NODE_SYNCING && figures->progress.fraction >= 1 && figures->header_height > 0)
    figures->progress.fraction = MIN (1.0, (double) figures->height / figures->header_height);
}

static void
take_aside (GuiNodeFigures *figures, BusNode1 *node)
{
  GVariant *validation = bus_node1_get_validation (node), *indexes = bus_node1_get_indexes (node);
  GuiNodeProgress progress;
  gboolean validating = FALSE, built;
  guint32 height;
  GVariantIter iter;

  figures->aside = GUI_NODE_ASIDE_NONE;
  if (validation != NULL)
    g_variant_get (validation, "(bddt)", &validating, &progress.fraction, &progress.rate, &progress.eta_s);
  if (validating) {
    figures->aside = GUI_NODE_ASIDE_VALIDATION;
    figures->aside_progress = progress;
    figures->aside_height = 0;
  }
  if (indexes == NULL)
    return;
  g_variant_iter_init (&iter, indexes);
  while (g_variant_iter_next (&iter, "(&sbuddt)", NULL, &built, &height, &progress.fraction, &progress.rate,
                              &progress.eta_s)) {
    if (built || (figures->aside != GUI_NODE_ASIDE_NONE && progress.fraction >= figures->aside_progress.fraction))
      continue;
    figures->aside = GUI_NODE_ASIDE_INDEX;
    figures->aside_progress = progress;
    figures->aside_height = height;
  }
}

static void
take_figures (GuiClient *client, gpointer proxy)
{
  GuiNodeFigures *figures = &GUI_NODE_CLIENT (client)->figures;
  const char *const *warnings = bus_node1_get_warnings (proxy);

  take_tips (figures, proxy);
  take_state (figures, proxy);
  take_aside (figures, proxy);
  g_strfreev (figures->warnings);
  figures->warnings = warnings != NULL ? g_strdupv ((char **) warnings) : g_new0 (char *, 1);
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
  client_class->take_figures = take_figures;
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
