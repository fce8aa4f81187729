#include "gui/clients/node_client.h"

#include "bus-generated.h"
#include "dbus/errors.h"
#include "dbus/names.h"
#include "gui/clients/operation.h"

#include <glib/gi18n.h>

struct _GuiNodeClient {
  GObject parent_instance;

  BusNode1 *proxy;
  GCancellable *cancellable; /* of the attachment */

  GuiNodeState state;
  guint32 height;
  guint32 header_height;
  gint64 tip_time;
  GuiNodeProgress progress;
  GuiNodeAside aside;
  GuiNodeProgress aside_progress;
  guint32 aside_height;
  guint connections;
  char **warnings;
};

G_DEFINE_FINAL_TYPE (GuiNodeClient, gui_node_client, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

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
take_progress (GuiNodeClient *self)
{
  self->progress = (GuiNodeProgress){ .fraction = CLAMP (bus_node1_get_progress (self->proxy), 0.0, 1.0),
                                      .rate = bus_node1_get_rate (self->proxy),
                                      .eta_s = bus_node1_get_eta (self->proxy) };
  /* What the node reports is 1 here; the blocks that are known but not checked say more. */
  if (self->state == GUI_NODE_SYNCING && self->progress.fraction >= 1 && self->header_height > 0)
    self->progress.fraction = MIN (1.0, (double) self->height / self->header_height);
}

static void
take_aside (GuiNodeClient *self)
{
  GVariant *validation = bus_node1_get_validation (self->proxy), *indexes = bus_node1_get_indexes (self->proxy);
  GuiNodeProgress progress;
  gboolean validating = FALSE, built;
  guint32 height;
  GVariantIter iter;

  self->aside = GUI_NODE_ASIDE_NONE;
  if (validation != NULL)
    g_variant_get (validation, "(bddt)", &validating, &progress.fraction, &progress.rate, &progress.eta_s);
  if (validating) {
    self->aside = GUI_NODE_ASIDE_VALIDATION;
    self->aside_progress = progress;
    self->aside_height = 0;
  }
  if (indexes == NULL)
    return;
  g_variant_iter_init (&iter, indexes);
  while (g_variant_iter_next (&iter, "(&sbuddt)", NULL, &built, &height, &progress.fraction, &progress.rate,
                              &progress.eta_s)) {
    if (built || (self->aside != GUI_NODE_ASIDE_NONE && progress.fraction >= self->aside_progress.fraction))
      continue;
    self->aside = GUI_NODE_ASIDE_INDEX;
    self->aside_progress = progress;
    self->aside_height = height;
  }
}

static void
take_figures (GuiNodeClient *self)
{
  GVariant *tip = bus_node1_get_tip (self->proxy);
  GVariant *header_tip = bus_node1_get_header_tip (self->proxy);
  const char *const *warnings = bus_node1_get_warnings (self->proxy);
  guint64 time = 0;

  self->state = state_from_name (bus_node1_get_state (self->proxy));
  if (tip != NULL) {
    g_variant_get (tip, "(tu@ayt)", NULL, &self->height, NULL, &time);
    self->tip_time = (gint64) time;
  }
  if (header_tip != NULL)
    g_variant_get (header_tip, "(u@ayt)", &self->header_height, NULL, NULL);
  self->connections = bus_node1_get_connections (self->proxy);
  if (self->state == GUI_NODE_SYNCING && self->connections == 0
      && g_strcmp0 (bus_node1_get_network (self->proxy), "regtest") == 0)
    self->state = GUI_NODE_READY;
  take_progress (self);
  take_aside (self);
  g_strfreev (self->warnings);
  self->warnings = warnings != NULL ? g_strdupv ((char **) warnings) : g_new0 (char *, 1);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
properties_changed_cb (GDBusProxy *proxy, GVariant *changed, GStrv invalidated, GuiNodeClient *self)
{
  take_figures (self);
}

static void
tip_changed_cb (BusNode1 *proxy, guint64 sequence, guint height, GVariant *hash, guint64 time, GuiNodeClient *self)
{
  self->height = height;
  self->header_height = MAX (self->header_height, height);
  self->tip_time = (gint64) time;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
proxy_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiNodeClient) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BusNode1) proxy = bus_node1_proxy_new_finish (result, &error);

  if (proxy == NULL)
    return;
  g_set_object (&self->proxy, proxy);
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (proxy), BUS_CALL_TIMEOUT_MS);
  g_signal_connect_object (proxy, "g-properties-changed", G_CALLBACK (properties_changed_cb), self, 0);
  g_signal_connect_object (proxy, "tip-changed", G_CALLBACK (tip_changed_cb), self, 0);
  take_figures (self);
}

void
gui_node_client_attach (GuiNodeClient *self, GDBusConnection *connection)
{
  g_return_if_fail (GUI_IS_NODE_CLIENT (self));
  g_return_if_fail (G_IS_DBUS_CONNECTION (connection));

  gui_node_client_detach (self);
  self->cancellable = g_cancellable_new ();
  bus_node1_proxy_new (connection, G_DBUS_PROXY_FLAGS_NONE, NULL, BUS_PATH_NODE, self->cancellable, proxy_cb,
                       g_object_ref (self));
}

void
gui_node_client_detach (GuiNodeClient *self)
{
  g_return_if_fail (GUI_IS_NODE_CLIENT (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->proxy == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->proxy, self);
  g_clear_object (&self->proxy);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
gui_node_client_dispose (GObject *object)
{
  gui_node_client_detach (GUI_NODE_CLIENT (object));
  G_OBJECT_CLASS (gui_node_client_parent_class)->dispose (object);
}

static void
gui_node_client_finalize (GObject *object)
{
  g_strfreev (GUI_NODE_CLIENT (object)->warnings);
  G_OBJECT_CLASS (gui_node_client_parent_class)->finalize (object);
}

static void
gui_node_client_class_init (GuiNodeClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gui_node_client_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_node_client_finalize;

  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", GUI_TYPE_NODE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gui_node_client_init (GuiNodeClient *self)
{
  self->warnings = g_new0 (char *, 1);
}

GuiNodeClient *
gui_node_client_new (void)
{
  return g_object_new (GUI_TYPE_NODE_CLIENT, NULL);
}

gboolean
gui_node_client_get_online (GuiNodeClient *self)
{
  g_return_val_if_fail (GUI_IS_NODE_CLIENT (self), FALSE);
  return self->proxy != NULL;
}

GuiNodeState
gui_node_client_get_state (GuiNodeClient *self)
{
  g_return_val_if_fail (GUI_IS_NODE_CLIENT (self), GUI_NODE_STARTING);
  return self->state;
}

guint32
gui_node_client_get_height (GuiNodeClient *self)
{
  g_return_val_if_fail (GUI_IS_NODE_CLIENT (self), 0);
  return self->height;
}

guint32
gui_node_client_get_header_height (GuiNodeClient *self)
{
  g_return_val_if_fail (GUI_IS_NODE_CLIENT (self), 0);
  return self->header_height;
}

gint64
gui_node_client_get_tip_time (GuiNodeClient *self)
{
  g_return_val_if_fail (GUI_IS_NODE_CLIENT (self), 0);
  return self->tip_time;
}

GuiNodeProgress
gui_node_client_get_progress (GuiNodeClient *self)
{
  g_return_val_if_fail (GUI_IS_NODE_CLIENT (self), (GuiNodeProgress){ 0 });
  return self->progress;
}

GuiNodeAside
gui_node_client_get_aside (GuiNodeClient *self, GuiNodeProgress *progress, guint32 *height)
{
  g_return_val_if_fail (GUI_IS_NODE_CLIENT (self), GUI_NODE_ASIDE_NONE);
  g_return_val_if_fail (progress != NULL && height != NULL, GUI_NODE_ASIDE_NONE);

  *progress = self->aside_progress;
  *height = self->aside_height;
  return self->aside;
}

guint
gui_node_client_get_connections (GuiNodeClient *self)
{
  g_return_val_if_fail (GUI_IS_NODE_CLIENT (self), 0);
  return self->connections;
}

const char *const *
gui_node_client_get_warnings (GuiNodeClient *self)
{
  g_return_val_if_fail (GUI_IS_NODE_CLIENT (self), NULL);
  return (const char *const *) self->warnings;
}

static void
generate_finished_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GVariant) outcome = NULL;
  GError *error = NULL;

  outcome = gui_operation_wait_finish (result, &error);
  if (outcome == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
generate_started_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autofree char *path = NULL;
  GError *error = NULL;

  if (!bus_node1_call_generate_finish (BUS_NODE1 (source), &path, result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  gui_operation_wait_async (g_dbus_proxy_get_connection (G_DBUS_PROXY (source)), path, g_task_get_cancellable (task),
                            generate_finished_cb, g_object_ref (task));
}

void
gui_node_client_generate_async (GuiNodeClient *self,
                                guint blocks,
                                const char *address,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (GUI_IS_NODE_CLIENT (self));
  g_return_if_fail (address != NULL);

  task = g_task_new (self, cancellable, callback, data);
  if (self->proxy == NULL) {
    g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_NODE_UNAVAILABLE, "the node is not running");
    return;
  }
  bus_node1_call_generate (self->proxy, blocks, address, g_variant_new ("a{sv}", NULL), G_DBUS_CALL_FLAGS_NONE, -1,
                           cancellable, generate_started_cb, g_object_ref (task));
}

gboolean
gui_node_client_generate_finish (GuiNodeClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
