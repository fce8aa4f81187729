#include "wallet/link/chain.h"

#include "dbus/errors.h"

G_DEFINE_INTERFACE (WalletChain, wallet_chain, G_TYPE_OBJECT)

static guint tip_signal, renewed_signal;

static void
wallet_chain_default_init (WalletChainInterface *iface)
{
  tip_signal = g_signal_new ("tip-changed", WALLET_TYPE_CHAIN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                             G_TYPE_POINTER);
  renewed_signal = g_signal_new ("renewed", WALLET_TYPE_CHAIN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

gboolean
wallet_chain_is_available (WalletChain *chain)
{
  g_return_val_if_fail (WALLET_IS_CHAIN (chain), FALSE);

  return WALLET_CHAIN_GET_IFACE (chain)->is_available (chain);
}

gboolean
wallet_chain_is_connected (WalletChain *chain)
{
  g_return_val_if_fail (WALLET_IS_CHAIN (chain), FALSE);

  return WALLET_CHAIN_GET_IFACE (chain)->is_connected (chain);
}

/* A pending call. */
typedef struct {
  GAsyncReadyCallback callback;
  gpointer data;
  GAsyncResult *result;
} ChainCaller;

static gboolean
chain_return (gpointer data)
{
  ChainCaller *caller = data;
  g_autoptr (GObject) source = g_async_result_get_source_object (caller->result);

  caller->callback (source, caller->result, caller->data);
  return G_SOURCE_REMOVE;
}

static void
chain_caller_free (gpointer data)
{
  ChainCaller *caller = data;

  g_object_unref (caller->result);
  g_free (caller);
}

/* A caller may finish its call on another thread, but GTask still accesses a task after this callback: so the call is
 * completed in a later iteration of the main loop. */
static void
chain_call_done (GObject *source, GAsyncResult *result, gpointer data)
{
  ChainCaller *caller = data;
  g_autoptr (GSource) idle = g_idle_source_new ();

  caller->result = g_object_ref (result);
  g_source_set_priority (idle, G_PRIORITY_DEFAULT);
  g_source_set_static_name (idle, "wallet chain reply");
  g_source_set_callback (idle, chain_return, caller, chain_caller_free);
  g_source_attach (idle, g_task_get_context (G_TASK (result)));
}

/* A task for a call. If the arguments are not GOOD, it returns an error, and the result is NULL. */
static GTask *
chain_task (WalletChain *chain,
            gboolean good,
            gpointer tag,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer data)
{
  ChainCaller *caller = g_new0 (ChainCaller, 1);
  g_autoptr (GTask) task = g_task_new (chain, cancellable, chain_call_done, caller);

  *caller = (ChainCaller){ .callback = callback, .data = data };
  g_task_set_source_tag (task, tag);
  if (good && !g_task_return_error_if_cancelled (task))
    return g_steal_pointer (&task);
  if (!good)
    g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "an argument is out of range");
  return NULL;
}

static gpointer
chain_finish (WalletChain *chain, GAsyncResult *result, gpointer tag, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, chain) && g_async_result_is_tagged (result, tag), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
wallet_chain_get_tip_async (WalletChain *chain, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = chain_task (chain, TRUE, wallet_chain_get_tip_async, cancellable, callback, data);

  if (task != NULL)
    WALLET_CHAIN_GET_IFACE (chain)->get_tip (chain, task);
}

WalletChainTip *
wallet_chain_get_tip_finish (WalletChain *chain, GAsyncResult *result, GError **error)
{
  return chain_finish (chain, result, wallet_chain_get_tip_async, error);
}

void
wallet_chain_find_fork_async (WalletChain *chain,
                              const guint8 *locator,
                              guint n,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
  gboolean good = n <= WALLET_CHAIN_MAX_LOCATOR;
  GTask *task = chain_task (chain, good, wallet_chain_find_fork_async, cancellable, callback, data);

  if (task != NULL)
    WALLET_CHAIN_GET_IFACE (chain)->find_fork (chain, locator, n, task);
}

WalletChainPlace *
wallet_chain_find_fork_finish (WalletChain *chain, GAsyncResult *result, GError **error)
{
  return chain_finish (chain, result, wallet_chain_find_fork_async, error);
}

void
wallet_chain_get_hash_async (WalletChain *chain,
                             gint32 height,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data)
{
  gboolean good = height >= 0;
  GTask *task = chain_task (chain, good, wallet_chain_get_hash_async, cancellable, callback, data);

  if (task != NULL)
    WALLET_CHAIN_GET_IFACE (chain)->get_hash (chain, height, task);
}

WalletChainPlace *
wallet_chain_get_hash_finish (WalletChain *chain, GAsyncResult *result, GError **error)
{
  return chain_finish (chain, result, wallet_chain_get_hash_async, error);
}

void
wallet_chain_blocks_free (WalletChainBlocks *blocks)
{
  g_clear_pointer (&blocks->blocks, g_ptr_array_unref);
  g_free (blocks);
}

void
wallet_chain_get_blocks_async (WalletChain *chain,
                               const guint8 *after32,
                               guint limit,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  gboolean good = limit >= 1 && limit <= WALLET_CHAIN_MAX_BLOCKS;
  GTask *task = chain_task (chain, good, wallet_chain_get_blocks_async, cancellable, callback, data);

  if (task != NULL)
    WALLET_CHAIN_GET_IFACE (chain)->get_blocks (chain, after32, limit, task);
}

WalletChainBlocks *
wallet_chain_get_blocks_finish (WalletChain *chain, GAsyncResult *result, GError **error)
{
  return chain_finish (chain, result, wallet_chain_get_blocks_async, error);
}

void
wallet_chain_block_free (WalletChainBlock *block)
{
  g_clear_pointer (&block->block, btc_block_unref);
  g_free (block);
}

void
wallet_chain_get_block_async (WalletChain *chain,
                              const guint8 hash32[32],
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
  GTask *task = chain_task (chain, TRUE, wallet_chain_get_block_async, cancellable, callback, data);

  if (task != NULL)
    WALLET_CHAIN_GET_IFACE (chain)->get_block (chain, hash32, task);
}

WalletChainBlock *
wallet_chain_get_block_finish (WalletChain *chain, GAsyncResult *result, GError **error)
{
  return chain_finish (chain, result, wallet_chain_get_block_async, error);
}

void
wallet_chain_mempool_free (WalletChainMempool *mempool)
{
  g_clear_pointer (&mempool->txs, g_ptr_array_unref);
  g_free (mempool);
}

void
wallet_chain_get_mempool_async (WalletChain *chain,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data)
{
  GTask *task = chain_task (chain, TRUE, wallet_chain_get_mempool_async, cancellable, callback, data);

  if (task != NULL)
    WALLET_CHAIN_GET_IFACE (chain)->get_mempool (chain, task);
}

WalletChainMempool *
wallet_chain_get_mempool_finish (WalletChain *chain, GAsyncResult *result, GError **error)
{
  return chain_finish (chain, result, wallet_chain_get_mempool_async, error);
}

void
wallet_chain_get_ancestors_async (WalletChain *chain,
                                  const guint8 *txids,
                                  guint n,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data)
{
  gboolean good = n <= WALLET_CHAIN_MAX_TXIDS;
  GTask *task = chain_task (chain, good, wallet_chain_get_ancestors_async, cancellable, callback, data);

  if (task != NULL)
    WALLET_CHAIN_GET_IFACE (chain)->get_ancestors (chain, txids, n, task);
}

GArray *
wallet_chain_get_ancestors_finish (WalletChain *chain, GAsyncResult *result, GError **error)
{
  return chain_finish (chain, result, wallet_chain_get_ancestors_async, error);
}

static void
chain_event_clear (gpointer data)
{
  g_clear_pointer (&((WalletChainEvent *) data)->tx, btc_tx_unref);
}

WalletChainEvents *
wallet_chain_events_new (const WalletChainCursor *after)
{
  WalletChainEvents *events = g_atomic_rc_box_new0 (WalletChainEvents);

  if (after != NULL)
    events->after = *after;
  events->events = g_array_new (FALSE, FALSE, sizeof (WalletChainEvent));
  g_array_set_clear_func (events->events, chain_event_clear);
  return events;
}

WalletChainEvents *
wallet_chain_events_ref (WalletChainEvents *events)
{
  return g_atomic_rc_box_acquire (events);
}

static void
chain_events_free (gpointer data)
{
  g_array_unref (((WalletChainEvents *) data)->events);
}

void
wallet_chain_events_unref (WalletChainEvents *events)
{
  g_atomic_rc_box_release_full (events, chain_events_free);
}

void
wallet_chain_get_events_async (WalletChain *chain,
                               const WalletChainCursor *after,
                               guint max_bytes,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  gboolean good = max_bytes >= WALLET_CHAIN_MIN_EVENT_BYTES && max_bytes <= WALLET_CHAIN_MAX_EVENT_BYTES;
  GTask *task = chain_task (chain, good, wallet_chain_get_events_async, cancellable, callback, data);

  if (task != NULL)
    WALLET_CHAIN_GET_IFACE (chain)->get_events (chain, after, max_bytes, task);
}

WalletChainEvents *
wallet_chain_get_events_finish (WalletChain *chain, GAsyncResult *result, GError **error)
{
  return chain_finish (chain, result, wallet_chain_get_events_async, error);
}

void
wallet_chain_submit_async (WalletChain *chain,
                           BtcTx *tx,
                           const guint64 *max_fee_rate,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  GTask *task = chain_task (chain, tx != NULL, wallet_chain_submit_async, cancellable, callback, data);

  if (task != NULL)
    WALLET_CHAIN_GET_IFACE (chain)->submit (chain, tx, max_fee_rate, task);
}

gboolean
wallet_chain_submit_finish (WalletChain *chain, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, chain) && g_async_result_is_tagged (result, wallet_chain_submit_async),
                        FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
wallet_chain_estimate_async (WalletChain *chain,
                             guint target,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data)
{
  gboolean good = target >= 1 && target <= WALLET_CHAIN_MAX_TARGET;
  GTask *task = chain_task (chain, good, wallet_chain_estimate_async, cancellable, callback, data);

  if (task != NULL)
    WALLET_CHAIN_GET_IFACE (chain)->estimate (chain, target, task);
}

WalletChainEstimate *
wallet_chain_estimate_finish (WalletChain *chain, GAsyncResult *result, GError **error)
{
  return chain_finish (chain, result, wallet_chain_estimate_async, error);
}

void
wallet_chain_emit_tip (WalletChain *chain, const WalletChainTip *tip)
{
  g_return_if_fail (WALLET_IS_CHAIN (chain));

  g_signal_emit (chain, tip_signal, 0, tip);
}

void
wallet_chain_emit_renewed (WalletChain *chain)
{
  g_return_if_fail (WALLET_IS_CHAIN (chain));

  g_signal_emit (chain, renewed_signal, 0);
}
