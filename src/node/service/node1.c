#include "node/service/node1.h"

#include "dbus/bytes.h"
#include "dbus/export.h"
#include "dbus/names.h"
#include "node/service/records.h"

struct _NodeNode1 {
  const NodeContext *context;
  BusNode1 *skeleton;
};

static void
update_tip_property (NodeNode1 *self, NodeTip *tip)
{
  const NodeBlock *block = tip->block;

  bus_node1_set_tip (self->skeleton, node_record_tip (tip));
  g_dbus_interface_skeleton_flush (
      G_DBUS_INTERFACE_SKELETON (self->skeleton)); /* before the signal that announces it */
  bus_node1_emit_tip_changed (self->skeleton, tip->sequence, block->height, bus_bytes_new (block->hash32, 32),
                              block->header.time);
}

/* The best header, as last reported by the chain thread. */
typedef struct {
  NodeChain *chain;
  BusNode1 *skeleton;
  GVariant *record; /* NULL: not known */
} Headers;

static void
update_header_tip_property (gpointer data, const GError *error)
{
  const Headers *headers = data;

  if (error == NULL && headers->record != NULL)
    bus_node1_set_header_tip (headers->skeleton, headers->record);
}

static void
headers_free (gpointer data)
{
  Headers *headers = data;

  g_clear_pointer (&headers->record, g_variant_unref);
  g_object_unref (headers->skeleton);
  g_free (headers);
}

static CommonJobState
read_headers (gpointer data, GCancellable *cancellable)
{
  Headers *headers = data;
  const NodeBlock *best = node_chain_best_header (headers->chain);

  if (best != NULL)
    headers->record = g_variant_ref_sink (node_record_header_tip (best));
  return COMMON_JOB_DONE;
}

static void
request_headers (NodeNode1 *self)
{
  CommonJob job = { .name = "header tip",
                    .job_class = NODE_JOB_QUERIES,
                    .func = read_headers,
                    .done = update_header_tip_property,
                    .free_data = headers_free };
  Headers *headers = g_new0 (Headers, 1);

  headers->chain = self->context->chain;
  headers->skeleton = g_object_ref (self->skeleton);
  job.data = headers;
  if (!common_jobs_post (node_chain_jobs (headers->chain), &job, NULL))
    headers_free (headers);
}

static void
node1_on_tip_changed (gpointer data, NodeTip *tip)
{
  update_tip_property (data, tip);
  request_headers (data);
}

static void
node1_on_status_changed (gpointer data, const NodeStatus *status)
{
  NodeNode1 *self = data;

  bus_node1_set_state (self->skeleton, node_state_name (status->state));
  bus_node1_set_progress (self->skeleton, node_record_progress (&status->progress));
  bus_node1_set_validation (self->skeleton, node_record_progress (status->validating ? &status->validation : NULL));
}

static void
on_indexes_changed (gpointer data)
{
  NodeNode1 *self = data;
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < NODE_N_INDEXES; i++) {
    NodeIndex *index = node_indexes_get (self->context->indexes, i);
    NodeIndexState state;

    if (index == NULL)
      continue;
    state = node_index_get_state (index);
    g_variant_builder_add_value (&builder, node_record_index (&state));
  }
  bus_node1_set_indexes (self->skeleton, g_variant_builder_end (&builder));
}

static void
on_warnings_changed (gpointer data)
{
  NodeNode1 *self = data;
  g_auto (GStrv) warnings = node_monitor_dup_warnings (self->context->monitor);

  bus_node1_set_warnings (self->skeleton, (const char *const *) warnings);
}

static void
update_all_properties (NodeNode1 *self)
{
  NodeStatus status = node_monitor_get_status (self->context->monitor);
  g_autoptr (NodeTip) tip = node_chain_ref_tip (self->context->chain);

  bus_node1_set_network (self->skeleton, self->context->params->network->name);
  bus_node1_set_header_tip (self->skeleton, node_record_header_tip (NULL));
  node1_on_status_changed (self, &status);
  on_warnings_changed (self);
  on_indexes_changed (self);
  if (tip != NULL)
    node1_on_tip_changed (self, tip);
  else
    bus_node1_set_tip (self->skeleton, node_record_tip (NULL));
}

NodeNode1 *
node_node1_new (const NodeContext *context, GDBusConnection *connection, GError **error)
{
  static const NodeMonitorListener listener = { .status_changed = node1_on_status_changed,
                                                .tip_changed = node1_on_tip_changed,
                                                .warnings_changed = on_warnings_changed,
                                                .indexes_changed = on_indexes_changed };
  g_autoptr (NodeNode1) self = g_new0 (NodeNode1, 1);

  self->context = context;
  self->skeleton = bus_node1_skeleton_new ();
  node_node1_connect_methods (self->skeleton, context);
  update_all_properties (self);
  node_monitor_add_listener (context->monitor, &listener, self);
  if (!bus_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), connection, BUS_PATH_NODE, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
node_node1_free (NodeNode1 *self)
{
  if (self == NULL)
    return;
  node_monitor_remove_listener (self->context->monitor, self);
  bus_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_clear_object (&self->skeleton);
  g_free (self);
}
