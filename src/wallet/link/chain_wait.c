#include "wallet/link/chain_wait.h"

#include "dbus/errors.h"

#define PATIENCE_US (5 * G_USEC_PER_SEC)

/* The waiter owns it; the main context only borrows it until `done`. */
typedef struct _WaitingCall WaitingCall;
struct _WaitingCall {
  WalletChain *chain;
  void (*start) (WaitingCall *call);
  const guint8 *hash32;
  gint32 height;
  guint target;
  BtcTx *tx;
  guint64 max_fee_rate;
  GCancellable *cancellable;
  GAsyncResult *result; /* NULL: the node is away */
  gboolean done;
  GMutex lock;
  GCond changed;
};

static gboolean
waiting_call_end (gpointer data)
{
  WaitingCall *call = data;

  g_mutex_lock (&call->lock);
  call->done = TRUE;
  g_cond_signal (&call->changed);
  g_mutex_unlock (&call->lock);
  return G_SOURCE_REMOVE;
}

/* GLib writes to a task once more when its callback has returned, so the waiter may have it only after that. */
static void
waiting_call_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  WaitingCall *call = data;

  call->result = g_object_ref (result);
  g_idle_add_full (G_PRIORITY_DEFAULT, waiting_call_end, call, NULL);
}

static gboolean
waiting_call_begin (gpointer data)
{
  WaitingCall *call = data;

  if (wallet_chain_is_available (call->chain))
    call->start (call);
  else
    waiting_call_end (call);
  return G_SOURCE_REMOVE;
}

/* The result is the caller's; NULL with ERROR while the node is away. */
static GAsyncResult *
waiting_call_run (WaitingCall *call, GError **error)
{
  gint64 until_us = g_get_monotonic_time () + PATIENCE_US;
  gboolean in_time = TRUE;

  g_return_val_if_fail (!g_main_context_is_owner (NULL), NULL);

  call->cancellable = g_cancellable_new ();
  g_mutex_init (&call->lock);
  g_cond_init (&call->changed);
  g_idle_add_full (G_PRIORITY_DEFAULT, waiting_call_begin, call, NULL);
  g_mutex_lock (&call->lock);
  while (!call->done && in_time)
    in_time = g_cond_wait_until (&call->changed, &call->lock, until_us);
  if (!call->done) {
    g_mutex_unlock (&call->lock);
    g_cancellable_cancel (call->cancellable);
    g_mutex_lock (&call->lock);
  }
  while (!call->done)
    g_cond_wait (&call->changed, &call->lock);
  g_mutex_unlock (&call->lock);
  g_mutex_clear (&call->lock);
  g_cond_clear (&call->changed);
  if (g_cancellable_is_cancelled (call->cancellable))
    g_clear_object (&call->result);
  g_object_unref (call->cancellable);
  if (call->result == NULL)
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NODE_UNAVAILABLE, "The node is not running, or does not answer.");
  return call->result;
}

static void
start_tip (WaitingCall *call)
{
  wallet_chain_get_tip_async (call->chain, call->cancellable, waiting_call_answered, call);
}

WalletChainTip *
wallet_chain_get_tip_wait (WalletChain *chain, GError **error)
{
  WaitingCall call = { .chain = chain, .start = start_tip };
  g_autoptr (GAsyncResult) result = waiting_call_run (&call, error);

  return result != NULL ? wallet_chain_get_tip_finish (chain, result, error) : NULL;
}

static void
start_hash (WaitingCall *call)
{
  wallet_chain_get_hash_async (call->chain, call->height, call->cancellable, waiting_call_answered, call);
}

WalletChainPlace *
wallet_chain_get_hash_wait (WalletChain *chain, gint32 height, GError **error)
{
  WaitingCall call = { .chain = chain, .start = start_hash, .height = height };
  g_autoptr (GAsyncResult) result = waiting_call_run (&call, error);

  return result != NULL ? wallet_chain_get_hash_finish (chain, result, error) : NULL;
}

static void
start_block (WaitingCall *call)
{
  wallet_chain_get_block_async (call->chain, call->hash32, call->cancellable, waiting_call_answered, call);
}

WalletChainBlock *
wallet_chain_get_block_wait (WalletChain *chain, const guint8 hash32[32], GError **error)
{
  WaitingCall call = { .chain = chain, .start = start_block, .hash32 = hash32 };
  g_autoptr (GAsyncResult) result = waiting_call_run (&call, error);

  return result != NULL ? wallet_chain_get_block_finish (chain, result, error) : NULL;
}

static void
start_submit (WaitingCall *call)
{
  wallet_chain_submit_async (call->chain, call->tx, call->max_fee_rate, call->cancellable, waiting_call_answered, call);
}

gboolean
wallet_chain_submit_wait (WalletChain *chain, BtcTx *tx, guint64 max_fee_rate, GError **error)
{
  WaitingCall call = { .chain = chain, .start = start_submit, .tx = tx, .max_fee_rate = max_fee_rate };
  g_autoptr (GAsyncResult) result = waiting_call_run (&call, error);

  return result != NULL && wallet_chain_submit_finish (chain, result, error);
}

static void
start_estimate (WaitingCall *call)
{
  wallet_chain_estimate_async (call->chain, call->target, call->cancellable, waiting_call_answered, call);
}

WalletChainEstimate *
wallet_chain_estimate_wait (WalletChain *chain, guint target, GError **error)
{
  WaitingCall call = { .chain = chain, .start = start_estimate, .target = target };
  g_autoptr (GAsyncResult) result = waiting_call_run (&call, error);

  return result != NULL ? wallet_chain_estimate_finish (chain, result, error) : NULL;
}
