#include "daemon/chain_direct.h"

#include <string.h>

#include "node/service/chain_news.h"

struct _DaemonChainDirect {
  GObject parent;
  NodeChainCalls *calls; /* borrowed */
  NodeChainNews *news;
};

static void daemon_chain_direct_iface_init (WalletChainInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (DaemonChainDirect,
                               daemon_chain_direct,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WALLET_TYPE_CHAIN, daemon_chain_direct_iface_init))

static NodeChainCalls *
calls_of (WalletChain *chain)
{
  return DAEMON_CHAIN_DIRECT (chain)->calls;
}

static gboolean
direct_is_connected (WalletChain *chain)
{
  return node_monitor_get_status (node_chain_calls_get_context (calls_of (chain))->monitor).state < NODE_STATE_STOPPING;
}

static gboolean
direct_is_available (WalletChain *chain)
{
  NodeChainCallTip tip;

  return direct_is_connected (chain) && node_chain_calls_peek_tip (calls_of (chain), &tip);
}

static WalletChainTip
tip_of (const NodeChainCallTip *from)
{
  WalletChainTip tip = { from->sequence, (gint32) from->height, { 0 }, from->mempool_sequence };

  memcpy (tip.hash32, from->hash32, 32);
  return tip;
}

static void
direct_on_tip (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autofree NodeChainCallTip *found = node_chain_calls_tip_finish (result, &error);
  WalletChainTip tip;

  if (found == NULL) {
    g_task_return_error (task, error);
    return;
  }
  tip = tip_of (found);
  g_task_return_pointer (task, g_memdup2 (&tip, sizeof tip), g_free);
}

static void
direct_get_tip (WalletChain *chain, GTask *task)
{
  node_chain_calls_tip_async (calls_of (chain), g_task_get_cancellable (task), direct_on_tip, task);
}

/* Consumes TASK, FOUND and ERROR, one of the latter being NULL. */
static void
return_place (GTask *task, NodeChainCallPlace *found, GError *error)
{
  WalletChainPlace *place;

  if (found == NULL) {
    g_task_return_error (task, error);
  } else {
    place = g_new (WalletChainPlace, 1);
    place->height = (gint32) found->height;
    memcpy (place->hash32, found->hash32, 32);
    g_task_return_pointer (task, place, g_free);
  }
  g_free (found);
  g_object_unref (task);
}

static void
direct_on_fork (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;
  NodeChainCallPlace *found = node_chain_calls_fork_finish (result, &error);

  return_place (data, found, error);
}

static void
direct_find_fork (WalletChain *chain, const guint8 *locator, guint n, GTask *task)
{
  node_chain_calls_fork_async (calls_of (chain), locator, n, g_task_get_cancellable (task), direct_on_fork, task);
}

static void
direct_on_hash (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;
  NodeChainCallPlace *found = node_chain_calls_hash_finish (result, &error);

  return_place (data, found, error);
}

static void
direct_get_hash (WalletChain *chain, gint32 height, GTask *task)
{
  node_chain_calls_hash_async (calls_of (chain), (guint32) height, g_task_get_cancellable (task), direct_on_hash, task);
}

static void
direct_on_blocks (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (NodeChainCallBlocks) found = node_chain_calls_blocks_finish (result, &error);
  WalletChainBlocks *blocks;

  if (found == NULL) {
    g_task_return_error (task, error);
    return;
  }
  blocks = g_new (WalletChainBlocks, 1);
  *blocks = (WalletChainBlocks){ (gint32) found->first_height, g_steal_pointer (&found->blocks) };
  g_task_return_pointer (task, blocks, (GDestroyNotify) wallet_chain_blocks_free);
}

static void
direct_get_blocks (WalletChain *chain, const guint8 *after32, guint limit, GTask *task)
{
  node_chain_calls_blocks_async (calls_of (chain), after32, limit, g_task_get_cancellable (task), direct_on_blocks,
                                 task);
}

static void
direct_on_block (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (NodeChainCallBlock) found = node_chain_calls_block_finish (result, &error);
  WalletChainBlock *block;

  if (found == NULL) {
    g_task_return_error (task, error);
    return;
  }
  block = g_new (WalletChainBlock, 1);
  *block = (WalletChainBlock){ (gint32) found->height, found->active, g_steal_pointer (&found->block) };
  g_task_return_pointer (task, block, (GDestroyNotify) wallet_chain_block_free);
}

static void
direct_get_block (WalletChain *chain, const guint8 hash32[32], GTask *task)
{
  node_chain_calls_block_async (calls_of (chain), hash32, g_task_get_cancellable (task), direct_on_block, task);
}

static void
direct_on_mempool (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (NodeChainCallMempool) found = node_chain_calls_mempool_finish (result, &error);
  WalletChainMempool *mempool;

  if (found == NULL) {
    g_task_return_error (task, error);
    return;
  }
  mempool = g_new (WalletChainMempool, 1);
  *mempool = (WalletChainMempool){
    found->sequence, { found->cursor.log, found->cursor.number }, found->complete, g_steal_pointer (&found->txs)
  };
  g_task_return_pointer (task, mempool, (GDestroyNotify) wallet_chain_mempool_free);
}

static void
direct_get_mempool (WalletChain *chain, GTask *task)
{
  node_chain_calls_mempool_async (calls_of (chain), g_task_get_cancellable (task), direct_on_mempool, task);
}

static void
direct_on_ancestors (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GArray) found = node_chain_calls_ancestors_finish (result, &error);
  GArray *list;

  if (found == NULL) {
    g_task_return_error (task, error);
    return;
  }
  list = g_array_new (FALSE, FALSE, sizeof (WalletChainAncestors));
  for (guint i = 0; i < found->len; i++) {
    const NodeChainAncestors *from = &g_array_index (found, NodeChainAncestors, i);
    WalletChainAncestors of = { .count = from->count, .vsize = from->vsize, .fees_sat = from->fees_sat };
    memcpy (of.txid32, from->txid32, 32);
    g_array_append_val (list, of);
  }
  g_task_return_pointer (task, list, (GDestroyNotify) g_array_unref);
}

static void
direct_get_ancestors (WalletChain *chain, const guint8 *txids, guint n, GTask *task)
{
  node_chain_calls_ancestors_async (calls_of (chain), txids, n, g_task_get_cancellable (task), direct_on_ancestors,
                                    task);
}

static WalletChainEventKind
direct_event_kind (NodeEventKind kind)
{
  switch (kind) {
  case NODE_EVENT_CONNECTED:
    return WALLET_CHAIN_EVENT_CONNECTED;
  case NODE_EVENT_DISCONNECTED:
    return WALLET_CHAIN_EVENT_DISCONNECTED;
  case NODE_EVENT_ADDED:
    return WALLET_CHAIN_EVENT_ADDED;
  case NODE_EVENT_REMOVED:
    break;
  }
  return WALLET_CHAIN_EVENT_REMOVED;
}

/* A pending call: its result includes the cursor that was passed. */
typedef struct {
  GTask *task;
  WalletChainCursor after;
  gboolean has_after;
} EventsCall;

static void
on_direct_events (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree EventsCall *call = data;
  g_autoptr (GTask) task = call->task;
  GError *error = NULL;
  g_autoptr (NodeEventBatch) batch = node_chain_calls_events_finish (result, &error);
  WalletChainEvents *events;

  if (batch == NULL) {
    g_task_return_error (task, error);
    return;
  }
  events = wallet_chain_events_new (call->has_after ? &call->after : NULL);
  events->last = (WalletChainCursor){ batch->cursor.log, batch->cursor.number };
  events->resync = batch->resync;
  for (guint i = 0; i < batch->events->len; i++) {
    const NodeEvent *from = &g_array_index (batch->events, NodeEvent, i);
    WalletChainEvent event = { .kind = direct_event_kind (from->kind),
                               .height = (gint32) from->height,
                               .tx = from->tx != NULL ? btc_tx_ref (from->tx) : NULL,
                               .confirmed = from->confirmed,
                               .mempool_sequence = from->mempool_sequence };
    memcpy (event.hash32, from->hash32, 32);
    g_array_append_val (events->events, event);
  }
  g_task_return_pointer (task, events, (GDestroyNotify) wallet_chain_events_unref);
}

static void
direct_get_events (WalletChain *chain, const WalletChainCursor *after, guint max_bytes, GTask *task)
{
  EventsCall *call = g_new0 (EventsCall, 1);
  NodeEventCursor cursor;

  call->task = task;
  call->has_after = after != NULL;
  if (after != NULL) {
    call->after = *after;
    cursor = (NodeEventCursor){ after->log, after->number };
  }
  node_chain_calls_events_async (calls_of (chain), after != NULL ? &cursor : NULL, max_bytes,
                                 g_task_get_cancellable (task), on_direct_events, call);
}

static void
direct_on_submit (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (node_chain_calls_submit_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
direct_submit (WalletChain *chain, BtcTx *tx, const guint64 *max_fee_rate, GTask *task)
{
  node_chain_calls_submit_async (calls_of (chain), tx, max_fee_rate, g_task_get_cancellable (task), direct_on_submit,
                                 task);
}

static void
direct_on_estimate (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autofree NodeChainCallEstimate *found = node_chain_calls_estimate_finish (result, &error);
  WalletChainEstimate *estimate;

  if (found == NULL) {
    g_task_return_error (task, error);
    return;
  }
  estimate = g_new (WalletChainEstimate, 1);
  *estimate = (WalletChainEstimate){ found->estimated, found->rate, found->minimum };
  g_task_return_pointer (task, estimate, g_free);
}

static void
direct_estimate (WalletChain *chain, guint target, GTask *task)
{
  node_chain_calls_estimate_async (calls_of (chain), target, g_task_get_cancellable (task), direct_on_estimate, task);
}

static void
daemon_chain_direct_iface_init (WalletChainInterface *iface)
{
  iface->is_available = direct_is_available;
  iface->is_connected = direct_is_connected;
  iface->get_tip = direct_get_tip;
  iface->find_fork = direct_find_fork;
  iface->get_hash = direct_get_hash;
  iface->get_blocks = direct_get_blocks;
  iface->get_block = direct_get_block;
  iface->get_mempool = direct_get_mempool;
  iface->get_ancestors = direct_get_ancestors;
  iface->get_events = direct_get_events;
  iface->submit = direct_submit;
  iface->estimate = direct_estimate;
}

static void
direct_on_tip_changed (gpointer data, const NodeChainCallTip *now)
{
  WalletChainTip tip = tip_of (now);

  wallet_chain_emit_tip (data, &tip);
}

static void
daemon_chain_direct_dispose (GObject *object)
{
  DaemonChainDirect *self = DAEMON_CHAIN_DIRECT (object);

  g_clear_pointer (&self->news, node_chain_news_free);
  G_OBJECT_CLASS (daemon_chain_direct_parent_class)->dispose (object);
}

static void
daemon_chain_direct_class_init (DaemonChainDirectClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = daemon_chain_direct_dispose;
}

static void
daemon_chain_direct_init (DaemonChainDirect *self)
{
}

DaemonChainDirect *
daemon_chain_direct_new (NodeChainCalls *calls)
{
  DaemonChainDirect *self = g_object_new (DAEMON_TYPE_CHAIN_DIRECT, NULL);

  self->calls = calls;
  self->news = node_chain_news_new (self->calls, direct_on_tip_changed, self);
  return self;
}
