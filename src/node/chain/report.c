#include "common/log.h"
#include "node/chain/private.h"

/* What the chain tells its listeners. */

void
node_report_progress (NodeChain *chain, const char *stage, double fraction, guint64 n_blocks)
{
  for (guint i = 0; i < chain->listeners->len; i++) {
    ChainListener *l = &g_array_index (chain->listeners, ChainListener, i);

    if (l->listener.progress != NULL)
      l->listener.progress (l->data, stage, CLAMP (fraction, 0.0, 1.0), n_blocks);
  }
}

void
node_report_fatal_text (NodeChain *chain, const char *message)
{
  if (chain->fatal_told)
    return;
  common_error ("%s", message);
  chain->fatal_told = TRUE;
  for (guint i = 0; i < chain->listeners->len; i++) {
    ChainListener *l = &g_array_index (chain->listeners, ChainListener, i);

    if (l->listener.fatal != NULL)
      l->listener.fatal (l->data, message);
  }
}

void
node_report_fatal (NodeChain *chain, const GError *error)
{
  g_autofree char *message = node_store_dup_message (error);

  node_report_fatal_text (chain, message);
}

gboolean
node_report_is_importing (NodeChain *chain)
{
  return chain->imports.head != NULL || chain->reindexing;
}

void
node_report_idle (NodeChain *chain)
{
  if (!node_report_is_importing (chain) && !chain->activation_posted)
    node_report_progress (chain, "ready", 1, 0);
}
