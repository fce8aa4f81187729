#include "node/warmup.h"

#include "common/log.h"

struct _NodeWarmup {
  RpcTable *methods;
  NodeMonitor *monitor;
  GMutex lock; /* guards what follows */
  gboolean chain_loaded;
  gboolean wallets_expected; /* and not loaded yet */
  gboolean ended;
};

NodeWarmup *
node_warmup_new (RpcTable *methods, NodeMonitor *monitor)
{
  NodeWarmup *warmup = g_new0 (NodeWarmup, 1);

  warmup->methods = methods;
  warmup->monitor = monitor;
  g_mutex_init (&warmup->lock);
  rpc_table_set_warmup (methods, "Loading block index…");
  return warmup;
}

void
node_warmup_free (NodeWarmup *warmup)
{
  if (warmup == NULL)
    return;
  g_mutex_clear (&warmup->lock);
  g_free (warmup);
}

void
node_warmup_set_status (NodeWarmup *warmup, const char *status)
{
  g_mutex_lock (&warmup->lock);
  if (!warmup->chain_loaded)
    rpc_table_set_warmup (warmup->methods, status);
  g_mutex_unlock (&warmup->lock);
}

/* With the lock held. */
static void
warmup_update (NodeWarmup *warmup)
{
  if (warmup->ended || !warmup->chain_loaded)
    return;
  warmup->ended = !warmup->wallets_expected;
  rpc_table_set_warmup (warmup->methods, warmup->ended ? NULL : "Loading wallet…");
  if (!warmup->ended)
    return;
  node_monitor_set_answering (warmup->monitor);
  common_info ("init message: Done loading");
}

void
node_warmup_expect_wallets (NodeWarmup *warmup)
{
  g_mutex_lock (&warmup->lock);
  warmup->wallets_expected = TRUE;
  g_mutex_unlock (&warmup->lock);
}

void
node_warmup_end_chain (NodeWarmup *warmup)
{
  g_mutex_lock (&warmup->lock);
  warmup->chain_loaded = TRUE;
  warmup_update (warmup);
  g_mutex_unlock (&warmup->lock);
}

void
node_warmup_end_wallets (NodeWarmup *warmup)
{
  g_mutex_lock (&warmup->lock);
  warmup->wallets_expected = FALSE;
  warmup_update (warmup);
  g_mutex_unlock (&warmup->lock);
}
