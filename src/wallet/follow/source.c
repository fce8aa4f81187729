#include "wallet/follow/source.h"

struct _WalletSource {
  gatomicrefcount references;
  WalletChain *chain;
  CommonWorker *worker;
  GCancellable *cancellable;
  void (*changed) (gpointer data);
  gpointer data;
  int closed; /* atomic */
  int epoch;  /* atomic */
  GMutex lock;
  WalletChainTip tip;
  gboolean tip_known;
};

WalletSource *
wallet_source_new (WalletChain *chain, CommonWorker *worker, void (*changed) (gpointer data), gpointer data)
{
  WalletSource *source = g_new0 (WalletSource, 1);

  g_atomic_ref_count_init (&source->references);
  source->chain = g_object_ref (chain);
  source->worker = worker;
  source->cancellable = g_cancellable_new ();
  source->changed = changed;
  source->data = data;
  source->epoch = 1;
  g_mutex_init (&source->lock);
  return source;
}

WalletSource *
wallet_source_ref (WalletSource *source)
{
  g_atomic_ref_count_inc (&source->references);
  return source;
}

void
wallet_source_unref (WalletSource *source)
{
  if (!g_atomic_ref_count_dec (&source->references))
    return;
  g_object_unref (source->chain);
  g_object_unref (source->cancellable);
  g_mutex_clear (&source->lock);
  g_free (source);
}

void
wallet_source_close (WalletSource *source)
{
  g_atomic_int_set (&source->closed, TRUE);
  g_cancellable_cancel (source->cancellable);
}

gboolean
wallet_source_is_closed (WalletSource *source)
{
  return g_atomic_int_get (&source->closed);
}

WalletChain *
wallet_source_get_chain (WalletSource *source)
{
  return source->chain;
}

GCancellable *
wallet_source_get_cancellable (WalletSource *source)
{
  return source->cancellable;
}

gboolean
wallet_source_get_tip (WalletSource *source, WalletChainTip *tip)
{
  gboolean known;

  g_mutex_lock (&source->lock);
  *tip = source->tip;
  known = source->tip_known;
  g_mutex_unlock (&source->lock);
  return known;
}

static gboolean
is_older_tip (const WalletChainTip *a, const WalletChainTip *b)
{
  return a->sequence != b->sequence ? a->sequence < b->sequence : a->mempool_sequence < b->mempool_sequence;
}

void
wallet_source_set_tip (WalletSource *source, const WalletChainTip *tip)
{
  g_mutex_lock (&source->lock);
  if (!source->tip_known || !is_older_tip (tip, &source->tip))
    source->tip = *tip;
  source->tip_known = TRUE;
  g_mutex_unlock (&source->lock);
}

int
wallet_source_get_epoch (WalletSource *source)
{
  return g_atomic_int_get (&source->epoch);
}

void
wallet_source_renew (WalletSource *source)
{
  g_atomic_int_inc (&source->epoch);
  g_mutex_lock (&source->lock);
  source->tip_known = FALSE;
  g_mutex_unlock (&source->lock);
}

gboolean
wallet_source_post (WalletSource *source, CommonWorkerFunc func, gpointer data, GDestroyNotify free_data)
{
  if (wallet_source_is_closed (source))
    return FALSE;
  common_worker_post (source->worker, func, data, free_data);
  return TRUE;
}

void
wallet_source_changed (WalletSource *source)
{
  if (!wallet_source_is_closed (source))
    source->changed (source->data);
}
