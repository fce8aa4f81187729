#include "node/chain/busy.h"

#include "node/chain/parts.h"
#include "node/chain/report.h"

struct _NodeBusyWork {
  guint works; /* NodeBusy */
};

NodeBusyWork *
node_busy_new (void)
{
  return g_new0 (NodeBusyWork, 1);
}

void
node_busy_free (NodeBusyWork *work)
{
  g_free (work);
}

void
node_busy_set (NodeChain *chain, NodeBusy work, gboolean going_on)
{
  if (going_on)
    chain->busy->works |= work;
  else
    chain->busy->works &= ~(guint) work;
}

gboolean
node_busy_is (NodeChain *chain, guint works)
{
  return (chain->busy->works & works) != 0;
}

gboolean
node_chain_is_reindexing (NodeChain *chain)
{
  return node_busy_is (chain, NODE_BUSY_REINDEXING);
}

void
node_busy_report_idle (NodeChain *chain)
{
  if (!node_busy_is (chain, NODE_BUSY_IMPORTING | NODE_BUSY_REINDEXING | NODE_BUSY_ACTIVATING))
    node_report_progress (chain, "ready", 1, 0);
}
