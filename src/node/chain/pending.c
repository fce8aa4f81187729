#include "node/chain/pending.h"

#include "node/chain/activate.h"
#include "node/chain/busy.h"
#include "node/chain/parts.h"

/* Deferred work: continues a long activation, and checks the hash of the coins below a snapshot. */

/* How far the tip is on its way to the best block, in a long activation. Transactions are a better measure than blocks, which were
 * small once; but not of every block are they known. */
static void
tell_way (NodeChain *chain)
{
  const NodeBlock *tip = node_chain_tip (chain), *best = node_candidates_best (chain);

  if (node_busy_is (chain, NODE_BUSY_ACTIVATING) && best != NULL)
    node_report_progress (chain, "connecting",
                          best->chain_tx > 0 ? (double) tip->chain_tx / (double) best->chain_tx
                                             : tip->height / MAX (best->height, 1.0),
                          tip->height);
  else
    node_busy_report_idle (chain);
}

void
node_pending_run (NodeChain *chain, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean continued = node_busy_is (chain, NODE_BUSY_ACTIVATING), judged;

  node_busy_set (chain, NODE_BUSY_ACTIVATING, FALSE);
  if (node_chain_is_stopping (chain) || node_report_is_fatal (chain) || chain->state.coins == NULL)
    return;
  judged = node_background_judge_read (chain);
  if (node_report_is_fatal (chain) || (!continued && !judged))
    return;
  if (!node_activate (chain, NULL, TRUE, &error))
    node_report_fatal (chain, error);
  else if (continued)
    tell_way (chain);
}
