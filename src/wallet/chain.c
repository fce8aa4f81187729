#include "wallet/chain.h"

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

void
wallet_chain_call_async (WalletChain *chain,
                         const char *method,
                         GVariant *args,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data)
{
  g_return_if_fail (WALLET_IS_CHAIN (chain));

  WALLET_CHAIN_GET_IFACE (chain)->call_async (chain, method, args, cancellable, callback, data);
}

GVariant *
wallet_chain_call_finish (WalletChain *chain, GAsyncResult *result, GBytes **bulk, GError **error)
{
  g_return_val_if_fail (WALLET_IS_CHAIN (chain), NULL);

  return WALLET_CHAIN_GET_IFACE (chain)->call_finish (chain, result, bulk, error);
}

/* A call that a thread waits for. The waiter owns it; the main context only borrows it until `done`. */
typedef struct {
  WalletChain *chain;
  const char *method;
  GVariant *args;
  GVariant *answer;
  GBytes *bulk;
  GError *error;
  gboolean done;
  GMutex lock;
  GCond changed;
} WaitingCall;

static void
waiting_call_finish (WaitingCall *call)
{
  g_mutex_lock (&call->lock);
  call->done = TRUE;
  g_cond_signal (&call->changed);
  g_mutex_unlock (&call->lock);
}

static void
waiting_call_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  WaitingCall *call = data;

  call->answer = wallet_chain_call_finish (call->chain, result, &call->bulk, &call->error);
  waiting_call_finish (call);
}

static gboolean
waiting_call_start (gpointer data)
{
  WaitingCall *call = data;

  if (!wallet_chain_is_available (call->chain)) {
    g_set_error_literal (&call->error, BUS_ERROR, BUS_ERROR_NODE_UNAVAILABLE, "The node is not running.");
    waiting_call_finish (call);
    return G_SOURCE_REMOVE;
  }
  wallet_chain_call_async (call->chain, call->method, call->args, NULL, waiting_call_answered, call);
  return G_SOURCE_REMOVE;
}

GVariant *
wallet_chain_call_wait (WalletChain *chain, const char *method, GVariant *args, GBytes **bulk, GError **error)
{
  WaitingCall call = { .chain = chain, .method = method };
  g_autoptr (GVariant) owned = args != NULL ? g_variant_ref_sink (args) : NULL;

  g_return_val_if_fail (WALLET_IS_CHAIN (chain), NULL);
  g_return_val_if_fail (!g_main_context_is_owner (NULL), NULL);

  call.args = owned;
  g_mutex_init (&call.lock);
  g_cond_init (&call.changed);

  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, waiting_call_start, &call, NULL);
  g_source_attach (source, NULL);

  g_mutex_lock (&call.lock);
  while (!call.done)
    g_cond_wait (&call.changed, &call.lock);
  g_mutex_unlock (&call.lock);
  g_mutex_clear (&call.lock);
  g_cond_clear (&call.changed);

  if (bulk != NULL)
    *bulk = g_steal_pointer (&call.bulk);
  g_clear_pointer (&call.bulk, g_bytes_unref);
  if (call.answer == NULL)
    g_propagate_error (error, call.error);
  return call.answer;
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
