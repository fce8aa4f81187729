#include "node/service/mining1.h"

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
#include "node/service/template1.h"

#define MAX_IDS 500

/* Reference counted: its calls may outlive it. */
struct _NodeMining1 {
  grefcount references;
  const NodeContext *context;
  BusMining1 *skeleton;
  NodeMiner *miner;
  NodeTemplates *templates; /* NULL: the connection is closed */
  GPtrArray *waiting;       /* GCancellable, borrowed: of the calls that Interrupt ends */
};

/* A call in progress. */
typedef struct {
  NodeMining1 *self;
  GDBusMethodInvocation *invocation;
  GCancellable *cancellable;
  NodeMiningOptions options; /* of CreateTemplate */
} MiningCall;

static void
mining1_unref (NodeMining1 *self)
{
  if (!g_ref_count_dec (&self->references))
    return;
  g_object_unref (self->skeleton);
  node_miner_unref (self->miner);
  g_ptr_array_unref (self->waiting);
  g_free (self);
}

static MiningCall *
mining_call_new (NodeMining1 *self, GDBusMethodInvocation *invocation)
{
  MiningCall *call = g_new0 (MiningCall, 1);

  g_ref_count_inc (&self->references);
  call->self = self;
  call->invocation = invocation;
  call->cancellable = g_object_ref (bus_calls_get_cancellable (invocation));
  return call;
}

static void
mining_call_free (MiningCall *call)
{
  g_object_unref (call->cancellable);
  mining1_unref (call->self);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MiningCall, mining_call_free)

static void
mining_call_wait (MiningCall *call)
{
  g_ptr_array_add (call->self->waiting, call->cancellable);
}

static void
mining_call_end_wait (MiningCall *call)
{
  g_ptr_array_remove_fast (call->self->waiting, call->cancellable);
}

static void
mining1_interrupt (NodeMining1 *self)
{
  g_ptr_array_foreach (self->waiting, (GFunc) (void (*) (void)) g_cancellable_cancel, NULL);
}

/* ---- the tip ---- */

static gboolean
mining1_on_get_tip (BusMining1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  const NodeMining1 *self = data;
  g_autoptr (NodeTip) tip = node_chain_ref_tip (self->context->chain);
  g_autoptr (GError) error = NULL;

  if (tip != NULL) {
    bus_mining1_complete_get_tip (object, invocation, tip->block->height, bus_bytes_new (tip->block->hash32, 32));
    return TRUE;
  }
  error = g_error_new_literal (BUS_ERROR, BUS_ERROR_NOT_READY, "the chain is being loaded or closed");
  bus_error_reply (invocation, error);
  return TRUE;
}

static void
mining1_on_tip (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MiningCall) call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeTip) tip = node_miner_wait_tip_finish (result, &error);

  mining_call_end_wait (call);
  if (tip == NULL)
    bus_error_reply (call->invocation, error);
  else
    bus_mining1_complete_wait_tip (call->self->skeleton, call->invocation, tip->block->height,
                                   bus_bytes_new (tip->block->hash32, 32));
}

static gboolean
mining1_on_wait_tip (BusMining1 *object,
                     GDBusMethodInvocation *invocation,
                     GVariant *current,
                     GVariant *options,
                     gpointer data)
{
  NodeMining1 *self = data;
  gsize len;
  const guint8 *hash = g_variant_get_fixed_array (current, &len, 1);
  guint timeout_ms = 0;
  MiningCall *call;

  if (!bus_options_check (invocation, options, "timeout", "u", NULL)
      || !node_miner_read_timeout (invocation, options, &timeout_ms))
    return TRUE;
  if (len != 32) {
    node_miner_refuse (invocation, "a hash has 32 bytes");
    return TRUE;
  }
  call = mining_call_new (self, invocation);
  mining_call_wait (call);
  node_miner_wait_tip_async (self->miner, hash, timeout_ms, call->cancellable, mining1_on_tip, call);
  return TRUE;
}

/* ---- templates ---- */

static void
mining1_on_template (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MiningCall) call = data;
  NodeMining1 *self = call->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeTemplate) made = node_miner_make_finish (result, &error);
  const char *path = NULL;

  if (made != NULL && self->templates == NULL)
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_CANCELLED, "the connection is closed");
  if (error != NULL)
    node_miner_give_back (self->miner, NULL);
  else
    path = node_templates_add (self->templates, made, &call->options, &error);
  if (path != NULL)
    bus_mining1_complete_create_template (self->skeleton, call->invocation, path);
  else
    bus_error_reply (call->invocation, error);
}

static void
mining1_on_cooled_down (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MiningCall) call = data;
  NodeMining1 *self = call->self;
  g_autoptr (GError) error = NULL;

  mining_call_end_wait (call);
  if (!node_miner_cool_down_finish (result, &error)) {
    node_miner_give_back (self->miner, NULL);
    bus_error_reply (call->invocation, error);
    return;
  }
  node_miner_make_async (self->miner, &call->options, call->cancellable, mining1_on_template, call);
  (void) g_steal_pointer (&call);
}

/* An option that has a number. FALSE after an error reply: it is not between MIN and MAX. */
static gboolean
mining1_read_number (GDBusMethodInvocation *invocation,
                     GVariant *options,
                     const char *name,
                     guint32 min,
                     guint32 max,
                     guint32 *number)
{
  g_autofree char *text = NULL;

  if (!g_variant_lookup (options, name, "u", number) || (*number >= min && *number <= max))
    return TRUE;
  text = g_strdup_printf ("\"%s\" is %u to %u", name, min, max);
  node_miner_refuse (invocation, text);
  return FALSE;
}

static gboolean
mining1_read_options (GDBusMethodInvocation *invocation, GVariant *options, NodeMiningOptions *out)
{
  gboolean use_mempool = TRUE;
  guint64 min_fee_rate;

  if (!bus_options_check (invocation, options, "use_mempool", "b", "max_weight", "u", "reserved_weight", "u",
                          "reserved_sigops", "u", "min_fee_rate", "t", "cooldown", "b", NULL)
      || !mining1_read_number (invocation, options, "max_weight", NODE_MINING_MIN_RESERVED_WEIGHT, BTC_MAX_BLOCK_WEIGHT,
                               &out->max_weight)
      || !mining1_read_number (invocation, options, "reserved_weight", NODE_MINING_MIN_RESERVED_WEIGHT, out->max_weight,
                               &out->reserved_weight)
      || !mining1_read_number (invocation, options, "reserved_sigops", 0, BTC_MAX_BLOCK_SIGOPS_COST,
                               &out->reserved_sigops))
    return FALSE;
  if (out->reserved_weight > out->max_weight) {
    node_miner_refuse (invocation, "the maximum weight is less than the reserved weight");
    return FALSE;
  }
  if (g_variant_lookup (options, "min_fee_rate", "t", &min_fee_rate)) {
    if (min_fee_rate > (guint64) BTC_MAX_MONEY) {
      node_miner_refuse (invocation, "\"min_fee_rate\" is at most 2,100,000,000,000,000 satoshi");
      return FALSE;
    }
    out->min_fee_rate_sat_per_kvb = (gint64) min_fee_rate;
  }
  g_variant_lookup (options, "use_mempool", "b", &use_mempool);
  out->coinbase_only = !use_mempool;
  return TRUE;
}

static gboolean
mining1_on_create_template (BusMining1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  NodeMining1 *self = data;
  NodeMiningOptions wanted = *node_mining_options (self->context->mining);
  g_autoptr (GError) error = NULL;
  gboolean cooldown = TRUE;
  MiningCall *call;

  if (!mining1_read_options (invocation, options, &wanted))
    return TRUE;
  if (!node_miner_take (self->miner, &error)) {
    bus_error_reply (invocation, error);
    return TRUE;
  }
  call = mining_call_new (self, invocation);
  call->options = wanted;
  g_variant_lookup (options, "cooldown", "b", &cooldown);
  if (cooldown) {
    mining_call_wait (call);
    node_miner_cool_down_async (self->miner, call->cancellable, mining1_on_cooled_down, call);
  } else
    node_miner_make_async (self->miner, &wanted, call->cancellable, mining1_on_template, call);
  return TRUE;
}

static gboolean
mining1_on_interrupt (BusMining1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  mining1_interrupt (data);
  bus_mining1_complete_interrupt (object, invocation);
  return TRUE;
}

/* ---- blocks ---- */

/* NULL after an error reply. */
static BtcBlock *
mining1_read_block (GDBusMethodInvocation *invocation, GVariant *raw)
{
  g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (raw);
  BtcBlock *block = btc_block_new (bytes);

  if (block == NULL)
    node_miner_refuse (invocation, "the block is malformed");
  return block;
}

/* Replies with the outcome of a block by COMPLETE, the function for the method. */
static void
mining1_reply_outcome (MiningCall *call,
                       GAsyncResult *result,
                       void (*complete) (BusMining1 *object,
                                         GDBusMethodInvocation *invocation,
                                         gboolean good,
                                         const char *reason,
                                         const char *debug))
{
  g_autoptr (GError) error = NULL;
  g_autofree NodeMinerOutcome *outcome = node_miner_outcome_finish (result, &error);

  if (outcome == NULL)
    bus_error_reply (call->invocation, error);
  else
    complete (call->self->skeleton, call->invocation, outcome->reason == NULL,
              outcome->reason != NULL ? outcome->reason : "", outcome->verdict.debug);
}

static void
mining1_on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MiningCall) call = data;

  mining1_reply_outcome (call, result, bus_mining1_complete_check_block);
}

static gboolean
mining1_on_check_block (BusMining1 *object,
                        GDBusMethodInvocation *invocation,
                        GVariant *raw,
                        GVariant *options,
                        gpointer data)
{
  NodeMining1 *self = data;
  g_autoptr (BtcBlock) block = NULL;
  gboolean check_pow = TRUE, check_merkle = TRUE;
  MiningCall *call;

  if (!bus_options_check (invocation, options, "check_pow", "b", "check_merkle_root", "b", NULL))
    return TRUE;
  block = mining1_read_block (invocation, raw);
  if (block == NULL)
    return TRUE;
  g_variant_lookup (options, "check_pow", "b", &check_pow);
  g_variant_lookup (options, "check_merkle_root", "b", &check_merkle);
  call = mining_call_new (self, invocation);
  node_miner_check_async (self->miner, block, check_pow, check_merkle, call->cancellable, mining1_on_checked, call);
  return TRUE;
}

static void
mining1_on_submitted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MiningCall) call = data;

  mining1_reply_outcome (call, result, bus_mining1_complete_submit_block);
}

static gboolean
mining1_on_submit_block (BusMining1 *object,
                         GDBusMethodInvocation *invocation,
                         GVariant *raw,
                         GVariant *options,
                         gpointer data)
{
  NodeMining1 *self = data;
  g_autoptr (BtcBlock) block = mining1_read_block (invocation, raw);
  MiningCall *call;

  if (block == NULL)
    return TRUE;
  call = mining_call_new (self, invocation);
  node_miner_submit_async (self->miner, block, call->cancellable, mining1_on_submitted, call);
  return TRUE;
}

/* ---- transactions ---- */

static void
mining1_on_transactions (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MiningCall) call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) found = node_miner_transactions_finish (result, &error);

  if (found == NULL)
    bus_error_reply (call->invocation, error);
  else
    bus_mining1_complete_get_transactions (call->self->skeleton, call->invocation,
                                           g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, found, TRUE));
}

static gboolean
mining1_on_get_transactions (BusMining1 *object,
                             GDBusMethodInvocation *invocation,
                             GVariant *list,
                             GVariant *options,
                             gpointer data)
{
  NodeMining1 *self = data;
  g_autoptr (GByteArray) ids = g_byte_array_new ();
  gsize n = g_variant_n_children (list);
  gboolean by_wtxid = FALSE;
  MiningCall *call;

  if (!bus_options_check (invocation, options, "by_wtxid", "b", NULL))
    return TRUE;
  g_variant_lookup (options, "by_wtxid", "b", &by_wtxid);
  for (gsize i = 0; i < n && n <= MAX_IDS; i++) {
    g_autoptr (GVariant) id = g_variant_get_child_value (list, i);
    gsize len;
    const guint8 *data32 = g_variant_get_fixed_array (id, &len, 1);

    if (len == 32)
      g_byte_array_append (ids, data32, 32);
  }
  if (ids->len != 32 * n) {
    node_miner_refuse (invocation, "there are 500 IDs at most, of 32 bytes each");
    return TRUE;
  }
  call = mining_call_new (self, invocation);
  node_miner_transactions_async (self->miner, ids->data, n, by_wtxid, call->cancellable, mining1_on_transactions, call);
  return TRUE;
}

/* ---- the object ---- */

static void
mining1_update_download (NodeMining1 *self, const NodeTip *tip)
{
  bus_mining1_set_initial_download (self->skeleton, tip == NULL || tip->initial_download);
}

static void
mining1_on_tip_changed (gpointer data, NodeTip *tip)
{
  mining1_update_download (data, tip);
}

static void
mining1_on_status_changed (gpointer data, const NodeStatus *status)
{
  NodeMining1 *self = data;

  if (status->state < NODE_STATE_STOPPING)
    return;
  mining1_interrupt (self);
  node_templates_interrupt (self->templates);
}

static void
mining1_connect (NodeMining1 *self)
{
  g_signal_connect (self->skeleton, "handle-get-tip", G_CALLBACK (mining1_on_get_tip), self);
  g_signal_connect (self->skeleton, "handle-wait-tip", G_CALLBACK (mining1_on_wait_tip), self);
  g_signal_connect (self->skeleton, "handle-create-template", G_CALLBACK (mining1_on_create_template), self);
  g_signal_connect (self->skeleton, "handle-check-block", G_CALLBACK (mining1_on_check_block), self);
  g_signal_connect (self->skeleton, "handle-submit-block", G_CALLBACK (mining1_on_submit_block), self);
  g_signal_connect (self->skeleton, "handle-get-transactions", G_CALLBACK (mining1_on_get_transactions), self);
  g_signal_connect (self->skeleton, "handle-interrupt", G_CALLBACK (mining1_on_interrupt), self);
}

NodeMining1 *
node_mining1_new (NodeMiners *miners, GDBusConnection *connection, GError **error)
{
  static const NodeMonitorListener listener
      = { .status_changed = mining1_on_status_changed, .tip_changed = mining1_on_tip_changed };
  g_autoptr (NodeMining1) self = g_new0 (NodeMining1, 1);
  g_autoptr (NodeTip) tip = NULL;

  g_ref_count_init (&self->references);
  self->miner = node_miner_new (miners);
  self->context = node_miner_get_context (self->miner);
  self->templates = node_templates_new (self->miner, connection);
  self->waiting = g_ptr_array_new ();
  self->skeleton = bus_mining1_skeleton_new ();
  mining1_connect (self);
  tip = node_chain_ref_tip (self->context->chain);
  bus_mining1_set_test_chain (self->skeleton, self->context->params->network->network != BTC_NETWORK_MAIN);
  mining1_update_download (self, tip);
  node_monitor_add_listener (self->context->monitor, &listener, self);
  if (!bus_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), connection, BUS_PATH_MINING, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
node_mining1_free (NodeMining1 *self)
{
  if (self == NULL)
    return;
  node_monitor_remove_listener (self->context->monitor, self);
  bus_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_signal_handlers_disconnect_by_data (self->skeleton, self);
  mining1_interrupt (self);
  g_clear_pointer (&self->templates, node_templates_free);
  mining1_unref (self);
}
