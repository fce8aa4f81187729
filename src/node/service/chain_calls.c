#include "node/service/chain_calls.h"

#include "dbus/errors.h"
#include "node/service/chain_lists.h"

#define MAX_LOCATOR 101
#define MAX_ESTIMATE_BLOCKS 1008

/* A call on its way through the chain thread. */
typedef struct {
  NodeApp *app;
  GVariant *args;
  GBytes *bulk;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_variant_unref (call->args);
  g_clear_pointer (&call->bulk, g_bytes_unref);
  g_free (call);
}

static GVariant *
invalid (GError **error, const char *text)
{
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, text);
  return NULL;
}

/* The 32 bytes of a hash, NULL when it has another length. Borrowed from VALUE. */
static const guint8 *
hash_of (GVariant *value)
{
  gsize len;
  const guint8 *data = g_variant_get_fixed_array (value, &len, 1);

  return len == 32 ? data : NULL;
}

static GVariant *
bytes_variant (const guint8 *data, gsize len)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, len, 1);
}

GVariant *
node_chain_calls_tip (NodeApp *app, GError **error)
{
  g_autoptr (NodeTip) tip = node_app_ref_tip (app);

  if (tip == NULL) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_READY, "the chain is being loaded");
    return NULL;
  }
  return g_variant_new ("(tu@ayt)", tip->sequence, tip->block->height, bytes_variant (tip->block->hash32, 32),
                        node_app_mempool_sequence (app));
}

/* The functions below run on the chain thread. */

static GVariant *
get_tip (Call *call, GCancellable *cancellable, GError **error)
{
  return node_chain_calls_tip (call->app, error);
}

static GVariant *
find_fork (Call *call, GCancellable *cancellable, GError **error)
{
  NodeChain *chain = node_app_chain (call->app);
  g_autoptr (GVariant) locator = g_variant_get_child_value (call->args, 0);
  gsize n = g_variant_n_children (locator);
  const NodeBlock *fork = NULL;

  if (n > MAX_LOCATOR)
    return invalid (error, "the locator is too long");
  for (gsize i = 0; i < n && fork == NULL; i++) {
    g_autoptr (GVariant) item = g_variant_get_child_value (locator, i);
    const guint8 *hash32 = hash_of (item);
    const NodeBlock *block = hash32 != NULL ? node_chain_find (chain, hash32) : NULL;

    if (hash32 == NULL)
      return invalid (error, "a hash has 32 bytes");
    if (block != NULL && node_chain_contains (chain, block))
      fork = block;
  }
  if (fork == NULL)
    fork = node_chain_at (chain, 0);
  return g_variant_new ("(u@ay)", fork->height, bytes_variant (fork->hash32, 32));
}

static GVariant *
get_blocks (Call *call, GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) after = NULL;
  const guint8 *after32 = NULL;
  guint32 limit, count;

  g_variant_get (call->args, "(@ayu)", &after, &limit);
  if (g_variant_n_children (after) != 0) {
    after32 = hash_of (after);
    if (after32 == NULL)
      return invalid (error, "a hash has 32 bytes");
  }
  if (limit < 1 || limit > NODE_CHAIN_LIST_MAX_BLOCKS)
    return invalid (error, "the limit is 1 to 500");
  call->bulk = node_chain_list_blocks (node_app_chain (call->app), after32, limit, cancellable, &count, error);
  return call->bulk != NULL ? g_variant_new ("(uh)", count, 0) : NULL;
}

static GVariant *
get_block (Call *call, GCancellable *cancellable, GError **error)
{
  NodeChain *chain = node_app_chain (call->app);
  g_autoptr (GVariant) item = g_variant_get_child_value (call->args, 0);
  const guint8 *hash32 = hash_of (item);
  const NodeBlock *index = hash32 != NULL ? node_chain_find (chain, hash32) : NULL;
  g_autoptr (BtcBlock) block = NULL;

  if (hash32 == NULL)
    return invalid (error, "a hash has 32 bytes");
  if (index == NULL || index->n_tx == 0) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_FOUND, "the node does not have this block");
    return NULL;
  }
  block = node_chain_read_block (chain, index, error);
  if (block == NULL)
    return NULL;
  call->bulk = g_bytes_ref (block->bytes);
  return g_variant_new ("(ubh)", index->height, node_chain_contains (chain, index), 0);
}

static GVariant *
get_hash (Call *call, GCancellable *cancellable, GError **error)
{
  const NodeBlock *block;
  guint32 height;

  g_variant_get (call->args, "(u)", &height);
  block = node_chain_at (node_app_chain (call->app), height);
  if (block == NULL) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_IN_CHAIN, "the active chain is not that long");
    return NULL;
  }
  return g_variant_new ("(@ay)", bytes_variant (block->hash32, 32));
}

static GVariant *
get_mempool (Call *call, GCancellable *cancellable, GError **error)
{
  NodeMempool *mempool = node_app_mempool (call->app);
  guint32 count;

  call->bulk = node_chain_list_mempool (mempool, &count);
  return g_variant_new ("(tubh)", node_mempool_sequence (mempool), count,
                        node_mempool_load_state (mempool) != NODE_MEMPOOL_LOADING, 0);
}

static GVariant *
reject (const BtcVerdict *verdict, GError **error)
{
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_REJECTED, verdict->reason != NULL ? verdict->reason : "rejected");
  return NULL;
}

static gboolean
fee_rate_is_too_high (const NodeMempoolResult *result, guint64 max_fee_rate)
{
  guint64 rate = result->fee_sat > 0 ? (guint64) result->fee_sat * 1000 / MAX (result->vsize, 1) : 0;

  return max_fee_rate != 0 && rate > max_fee_rate;
}

static GVariant *
submit (Call *call, GCancellable *cancellable, GError **error)
{
  NodeMempool *mempool = node_app_mempool (call->app);
  g_autoptr (GVariant) bytes = NULL;
  g_autoptr (BtcTx) tx = NULL;
  NodeMempoolResult result = { 0 };
  BtcVerdict verdict = { 0 };
  guint64 max_fee_rate;
  gboolean ok, too_high;
  gsize len;
  const guint8 *data;

  g_variant_get (call->args, "(@ayt)", &bytes, &max_fee_rate);
  data = g_variant_get_fixed_array (bytes, &len, 1);
  tx = btc_tx_new (data, len, TRUE);
  if (tx == NULL)
    return invalid (error, "the transaction is malformed");
  /* The wallet sends what it has until it is confirmed: that it is here already is what it wants. */
  if (node_mempool_find_wtxid (mempool, tx->wtxid32) != NULL)
    return g_variant_new ("(@ay)", bytes_variant (tx->txid32, 32));
  ok = node_mempool_accept (mempool, tx, TRUE, &result, &verdict, error);
  too_high = ok && fee_rate_is_too_high (&result, max_fee_rate);
  node_mempool_result_clear (&result);
  if (too_high) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_REJECTED, "max-fee-exceeded");
    return NULL;
  }
  ok = ok && node_mempool_accept (mempool, tx, FALSE, NULL, &verdict, error);
  if (ok) {
    node_mempool_set_unbroadcast (mempool, tx->txid32);
    return g_variant_new ("(@ay)", bytes_variant (tx->txid32, 32));
  }
  return error != NULL && *error != NULL ? NULL : reject (&verdict, error);
}

static GVariant *
estimate_fee (Call *call, GCancellable *cancellable, GError **error)
{
  guint32 blocks;

  g_variant_get (call->args, "(u)", &blocks);
  if (blocks < 1 || blocks > MAX_ESTIMATE_BLOCKS)
    return invalid (error, "the target is 1 to 1008 blocks");
  /* 0: this node makes no estimates from blocks yet. */
  return g_variant_new ("(tt)", G_GUINT64_CONSTANT (0),
                        (guint64) node_mempool_min_fee_rate (node_app_mempool (call->app)));
}

typedef GVariant *(*CallFunc) (Call *call, GCancellable *cancellable, GError **error);

static const struct {
  const char *name;
  const char *args; /* their type */
  CallFunc func;
} methods[] = {
  { "GetTip", "()", get_tip },       { "FindFork", "(aay)", find_fork },     { "GetBlocks", "(ayu)", get_blocks },
  { "GetBlock", "(ay)", get_block }, { "GetHash", "(u)", get_hash },         { "GetMempool", "()", get_mempool },
  { "Submit", "(ayt)", submit },     { "EstimateFee", "(u)", estimate_fee },
};

typedef struct {
  GTask *task;
  CallFunc func;
} Job;

static void
run_job (NodeChain *chain, gpointer data)
{
  Job *job = data;
  Call *call = g_task_get_task_data (job->task);
  g_autoptr (NodeTip) tip = node_chain_ref_tip (chain);
  g_autoptr (GError) error = NULL;
  GVariant *answer = NULL;

  if (tip == NULL)
    g_set_error_literal (&error, BUS_ERROR, BUS_ERROR_NOT_READY, "the chain is not loaded");
  else
    answer = job->func (call, g_task_get_cancellable (job->task), &error);
  if (answer != NULL)
    g_task_return_pointer (job->task, g_variant_ref_sink (answer), (GDestroyNotify) g_variant_unref);
  else
    g_task_return_error (job->task, g_steal_pointer (&error));
}

static void
free_job (gpointer data)
{
  Job *job = data;

  g_object_unref (job->task);
  g_free (job);
}

/* NULL with ERROR when there is no such method, its arguments are of another type, or the node is not up. */
static CallFunc
find_method (NodeApp *app, const char *method, GVariant *args, GError **error)
{
  g_autoptr (NodeTip) tip = NULL;

  if (node_app_get_status (app).state < NODE_APP_STOPPING)
    tip = node_app_ref_tip (app);
  if (tip == NULL) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_READY, "the chain is being loaded or closed");
    return NULL;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_str_equal (methods[i].name, method) && g_variant_is_of_type (args, G_VARIANT_TYPE (methods[i].args)))
      return methods[i].func;
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "there is no such method");
  return NULL;
}

void
node_chain_calls_async (NodeApp *app,
                        const char *method,
                        GVariant *args,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Call *call = g_new0 (Call, 1);
  GError *error = NULL;
  CallFunc func;

  call->app = app;
  call->args = g_variant_ref_sink (args != NULL ? args : g_variant_new ("()"));
  g_task_set_task_data (task, call, call_free);
  func = find_method (app, method, call->args, &error);
  if (func == NULL) {
    g_task_return_error (task, error);
  } else {
    Job *job = g_new (Job, 1);

    *job = (Job){ .task = g_steal_pointer (&task), .func = func };
    node_chain_post (node_app_chain (app), run_job, job, free_job);
  }
}

GVariant *
node_chain_calls_finish (GAsyncResult *result, GBytes **bulk, GError **error)
{
  GTask *task = G_TASK (result);
  Call *call = g_task_get_task_data (task);
  GVariant *answer = g_task_propagate_pointer (task, error);

  if (bulk != NULL)
    *bulk = answer != NULL ? g_steal_pointer (&call->bulk) : NULL;
  return answer;
}

/* Telling of tips. */

#define TELL_MS 100

struct _NodeChainTeller {
  NodeApp *app;
  NodeChainTipFunc changed;
  gpointer data;
  guint source;  /* runs while the last word is younger than TELL_MS */
  gboolean more; /* something has changed since */
};

static void tell (NodeChainTeller *teller);

static gboolean
on_pause_over (gpointer data)
{
  NodeChainTeller *teller = data;

  teller->source = 0;
  if (teller->more)
    tell (teller);
  return G_SOURCE_REMOVE;
}

static void
tell (NodeChainTeller *teller)
{
  GVariant *tip;

  if (teller->source != 0) {
    teller->more = TRUE;
    return;
  }
  tip = node_chain_calls_tip (teller->app, NULL);
  if (tip == NULL)
    return;
  teller->more = FALSE;
  teller->source = g_timeout_add (TELL_MS, on_pause_over, teller);
  teller->changed (teller->data, tip);
}

static void
on_tip_changed (gpointer data, NodeTip *tip)
{
  tell (data);
}

static void
on_mempool_changed (gpointer data, guint64 mempool_sequence)
{
  tell (data);
}

NodeChainTeller *
node_chain_teller_new (NodeApp *app, NodeChainTipFunc changed, gpointer data)
{
  static const NodeAppListener listener = { .tip_changed = on_tip_changed, .mempool_changed = on_mempool_changed };
  NodeChainTeller *teller = g_new0 (NodeChainTeller, 1);

  teller->app = app;
  teller->changed = changed;
  teller->data = data;
  node_app_add_listener (app, &listener, teller);
  return teller;
}

void
node_chain_teller_free (NodeChainTeller *teller)
{
  if (teller == NULL)
    return;
  node_app_remove_listener (teller->app, teller);
  g_clear_handle_id (&teller->source, g_source_remove);
  g_free (teller);
}
