#include "node/service/template1.h"

#include "bitcoin/primitives/merkle.h"
#include "bitcoin/primitives/amount.h"
#include "bus-generated.h"
#include "dbus/bytes.h"
#include "dbus/calls.h"
#include "dbus/errors.h"
#include "dbus/export.h"
#include "dbus/names.h"
#include "dbus/options.h"
#include "node/service/miner_replies.h"
#include "node/service/miner_waits.h"

struct _NodeTemplates {
  grefcount references;
  NodeMiner *miner;
  GDBusConnection *connection; /* NULL: it is closed */
  GPtrArray *list;             /* Template */
};

/* Reference counted: its calls may outlive it. */
typedef struct {
  grefcount references;
  NodeTemplates *templates;
  NodeTemplate *made;
  NodeMiningOptions options;
  BusBlockTemplate1 *skeleton;
  char *path;
  GCancellable *waiting; /* of WaitNext; NULL: it is not waiting */
} Template;

static void
templates_unref (NodeTemplates *templates)
{
  if (!g_ref_count_dec (&templates->references))
    return;
  node_miner_unref (templates->miner);
  g_free (templates);
}

static NodeTemplates *
templates_ref (NodeTemplates *templates)
{
  g_ref_count_inc (&templates->references);
  return templates;
}

static void
template_unref (Template *self)
{
  if (!g_ref_count_dec (&self->references))
    return;
  node_template_unref (self->made);
  templates_unref (self->templates);
  g_object_unref (self->skeleton);
  g_free (self->path);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Template, template_unref)

static Template *
template_ref (Template *self)
{
  g_ref_count_inc (&self->references);
  return self;
}

/* Of the list: the client has released it, or is gone. */
static void
template_release (gpointer data)
{
  Template *self = data;

  if (self->waiting != NULL)
    g_cancellable_cancel (self->waiting);
  bus_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_signal_handlers_disconnect_by_data (self->skeleton, self);
  node_miner_give_back (self->templates->miner, self->made);
  template_unref (self);
}

/* ---- properties ---- */

static GVariant *
template_outputs (const BtcTx *coinbase)
{
  GVariantBuilder list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aay"));

  /* The first output is the placeholder. */
  for (guint32 i = 1; i < coinbase->n_out; i++) {
    g_autoptr (GByteArray) out = g_byte_array_new ();

    btc_write_u64 (out, (guint64) coinbase->out[i].value_sat);
    btc_write_compact (out, coinbase->out[i].script.len);
    btc_write_data (out, coinbase->out[i].script.data, coinbase->out[i].script.len);
    g_variant_builder_add_value (&list, bus_bytes_new (out->data, out->len));
  }
  return g_variant_builder_end (&list);
}

static GVariant *
template_coinbase (const NodeTemplate *made)
{
  const BtcTx *coinbase = &made->block->txs[0];
  g_autoptr (GByteArray) prefix = g_byte_array_new ();
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);
  static const guint8 zeros[32];

  node_template_write_coinbase_script (made, prefix);
  g_variant_dict_insert (&dict, "version", "u", coinbase->version);
  g_variant_dict_insert (&dict, "sequence", "u", coinbase->in[0].sequence);
  g_variant_dict_insert_value (&dict, "script_sig_prefix", bus_bytes_new (prefix->data, prefix->len));
  if (coinbase->has_witness)
    g_variant_dict_insert_value (&dict, "witness", bus_bytes_new (zeros, sizeof zeros)); /* see template.c of mining */
  g_variant_dict_insert (&dict, "reward", "x", coinbase->out[0].value_sat);
  g_variant_dict_insert_value (&dict, "required_outputs", template_outputs (coinbase));
  g_variant_dict_insert (&dict, "lock_time", "u", coinbase->locktime);
  return g_variant_dict_end (&dict);
}

static GVariant *
template_path (const NodeTemplate *made)
{
  g_autoptr (GByteArray) path = g_byte_array_new ();
  GVariantBuilder list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aay"));

  btc_block_coinbase_path (made->block, path);
  for (guint i = 0; i < path->len; i += 32)
    g_variant_builder_add_value (&list, bus_bytes_new (path->data + i, 32));
  return g_variant_builder_end (&list);
}

static void
template_set_properties (Template *self)
{
  guint8 header80[BTC_HEADER_SIZE];

  btc_header_serialize (&self->made->block->header, header80);
  bus_block_template1_set_height (self->skeleton, self->made->height);
  bus_block_template1_set_header (self->skeleton, bus_bytes_new (header80, sizeof header80));
  bus_block_template1_set_coinbase (self->skeleton, template_coinbase (self->made));
  bus_block_template1_set_merkle_path (self->skeleton, template_path (self->made));
}

/* ---- methods ---- */

static gboolean
template_on_get_block (BusBlockTemplate1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  const Template *self = data;

  bus_block_template1_complete_get_block (
      object, invocation, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, self->made->block->bytes, TRUE));
  return TRUE;
}

static gboolean
template_on_get_fees (BusBlockTemplate1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  const Template *self = data;
  guint n = self->made->block->n_txs - 1;

  bus_block_template1_complete_get_fees (
      object, invocation,
      g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, self->made->fees_sat + 1, n, sizeof (gint64)),
      g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, self->made->sigop_cost + 1, n, sizeof (guint32)));
  return TRUE;
}

typedef struct {
  Template *self;
  GDBusMethodInvocation *invocation;
} TemplateCall;

static TemplateCall *
template_call_new (Template *self, GDBusMethodInvocation *invocation)
{
  TemplateCall *call = g_new (TemplateCall, 1);

  *call = (TemplateCall){ template_ref (self), invocation };
  return call;
}

static void
template_call_free (TemplateCall *call)
{
  template_unref (call->self);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TemplateCall, template_call_free)

static void
template_on_submitted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TemplateCall) call = data;
  g_autoptr (GError) error = NULL;
  g_autofree NodeMinerOutcome *outcome = node_miner_outcome_finish (result, &error);

  if (outcome == NULL)
    bus_error_reply (call->invocation, error);
  else
    bus_block_template1_complete_submit_solution (call->self->skeleton, call->invocation, outcome->reason == NULL,
                                                  outcome->reason != NULL ? outcome->reason : "",
                                                  outcome->verdict.debug);
}

static gboolean
template_on_submit_solution (BusBlockTemplate1 *object,
                             GDBusMethodInvocation *invocation,
                             guint version,
                             guint time,
                             guint nonce,
                             GVariant *coinbase,
                             GVariant *options,
                             gpointer data)
{
  Template *self = data;
  gsize len;
  const guint8 *raw = g_variant_get_fixed_array (coinbase, &len, 1);
  g_autoptr (BtcTx) tx = btc_tx_new (raw, len, TRUE);
  g_autoptr (BtcBlock) block = NULL;

  if (tx == NULL) {
    node_miner_refuse (invocation, "the coinbase is malformed");
    return TRUE;
  }
  block = node_template_solve (self->made, version, time, nonce, tx);
  if (block == NULL) {
    node_miner_refuse (invocation, "the block is too long with this coinbase");
    return TRUE;
  }
  node_miner_submit_async (self->templates->miner, block, bus_calls_get_cancellable (invocation), template_on_submitted,
                           template_call_new (self, invocation));
  return TRUE;
}

static void
template_on_next (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TemplateCall) call = data;
  Template *self = call->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeTemplate) made = node_miner_wait_next_finish (result, &error);
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);
  const char *path = NULL;

  g_clear_object (&self->waiting);
  if (made != NULL)
    path = node_templates_add (self->templates, made, &self->options, &error);
  else
    node_miner_give_back (self->templates->miner, NULL);
  if (path != NULL)
    g_variant_dict_insert (&dict, "template", "o", path);
  if (error == NULL) {
    bus_block_template1_complete_wait_next (self->skeleton, call->invocation, g_variant_dict_end (&dict));
    return;
  }
  g_variant_dict_clear (&dict);
  bus_error_reply (call->invocation, error);
}

static gboolean
template_on_wait_next (BusBlockTemplate1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  Template *self = data;
  g_autoptr (GError) error = NULL;
  gint64 threshold = 0;
  guint timeout_ms = 0;

  if (!bus_options_check (invocation, options, "timeout", "u", "fee_threshold", "x", NULL)
      || !node_miner_read_timeout (invocation, options, &timeout_ms))
    return TRUE;
  if (g_variant_lookup (options, "fee_threshold", "x", &threshold) && (threshold < 1 || threshold > BTC_MAX_MONEY)) {
    node_miner_refuse (invocation, "\"fee_threshold\" is 1 to 2,100,000,000,000,000 satoshi");
    return TRUE;
  }
  if (self->waiting != NULL)
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_BUSY, "another call waits for the next template of this one");
  if (error != NULL || !node_miner_take (self->templates->miner, &error)) {
    bus_error_reply (invocation, error);
    return TRUE;
  }
  self->waiting = g_object_ref (bus_calls_get_cancellable (invocation));
  node_miner_wait_next_async (self->templates->miner, self->made, &self->options, threshold, timeout_ms, self->waiting,
                              template_on_next, template_call_new (self, invocation));
  return TRUE;
}

static gboolean
template_on_interrupt_wait (BusBlockTemplate1 *object,
                            GDBusMethodInvocation *invocation,
                            GVariant *options,
                            gpointer data)
{
  Template *self = data;

  if (self->waiting != NULL)
    g_cancellable_cancel (self->waiting);
  bus_block_template1_complete_interrupt_wait (object, invocation);
  return TRUE;
}

static gboolean
template_on_destroy (BusBlockTemplate1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  Template *self = data;

  bus_block_template1_complete_destroy (object, invocation);
  g_ptr_array_remove (self->templates->list, self);
  return TRUE;
}

static void
template_connect (Template *self)
{
  g_signal_connect (self->skeleton, "handle-get-block", G_CALLBACK (template_on_get_block), self);
  g_signal_connect (self->skeleton, "handle-get-fees", G_CALLBACK (template_on_get_fees), self);
  g_signal_connect (self->skeleton, "handle-submit-solution", G_CALLBACK (template_on_submit_solution), self);
  g_signal_connect (self->skeleton, "handle-wait-next", G_CALLBACK (template_on_wait_next), self);
  g_signal_connect (self->skeleton, "handle-interrupt-wait", G_CALLBACK (template_on_interrupt_wait), self);
  g_signal_connect (self->skeleton, "handle-destroy", G_CALLBACK (template_on_destroy), self);
}

/* ---- all of a connection ---- */

NodeTemplates *
node_templates_new (NodeMiner *miner, GDBusConnection *connection)
{
  NodeTemplates *templates = g_new0 (NodeTemplates, 1);

  g_ref_count_init (&templates->references);
  templates->miner = node_miner_ref (miner);
  templates->connection = g_object_ref (connection);
  templates->list = g_ptr_array_new_with_free_func (template_release);
  return templates;
}

void
node_templates_free (NodeTemplates *templates)
{
  if (templates == NULL)
    return;
  g_clear_object (&templates->connection);
  g_clear_pointer (&templates->list, g_ptr_array_unref);
  templates_unref (templates);
}

const char *
node_templates_add (NodeTemplates *templates, NodeTemplate *made, const NodeMiningOptions *options, GError **error)
{
  static guint64 last_number = 0;
  Template *self;

  if (templates->connection == NULL || !node_miner_add_bytes (templates->miner, made, error)) {
    if (templates->connection == NULL)
      g_set_error_literal (error, BUS_ERROR, BUS_ERROR_CANCELLED, "the connection is closed");
    node_miner_give_back (templates->miner, NULL);
    return NULL;
  }
  self = g_new0 (Template, 1);
  g_ref_count_init (&self->references);
  self->templates = templates_ref (templates);
  self->made = node_template_ref (made);
  self->options = *options;
  self->skeleton = bus_block_template1_skeleton_new ();
  self->path = g_strdup_printf (BUS_PATH_TEMPLATES "/%" G_GUINT64_FORMAT, ++last_number);
  template_connect (self);
  template_set_properties (self);
  g_ptr_array_add (templates->list, self);
  if (bus_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), templates->connection, self->path, error))
    return self->path;
  g_ptr_array_remove (templates->list, self);
  return NULL;
}

void
node_templates_interrupt (NodeTemplates *templates)
{
  for (guint i = 0; i < templates->list->len; i++) {
    const Template *self = templates->list->pdata[i];

    if (self->waiting != NULL)
      g_cancellable_cancel (self->waiting);
  }
}
