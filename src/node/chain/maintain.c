#include "node/chain/maintain.h"

#include "node/chain/flush.h"
#include "node/chain/parts.h"

/* Flushes and prunes after a change of the coins. */

gboolean
node_maintain (NodeChain *chain, NodeChainstate *state, GError **error)
{
  if (node_health_is_broken (&chain->health))
    return node_health_refuse (error);
  return node_prune_if_needed (chain, error) && node_flush_state_if_needed (chain, state, error);
}

gboolean
node_maintain_is_due (NodeChain *chain)
{
  node_flush_lend_spare (chain, &chain->state);
  return node_prune_is_due (chain) || node_flush_index_is_due (chain);
}

gboolean
node_chain_bound_coins (NodeChain *chain, GError **error)
{
  g_autoptr (GError) local = NULL;

  node_flush_lend_spare (chain, &chain->state);
  if (!node_coins_is_full (chain->state.coins) || node_maintain (chain, &chain->state, &local))
    return TRUE;
  node_report_fatal (chain, local);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
