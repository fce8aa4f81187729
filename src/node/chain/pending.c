#include "node/chain/private.h"

/* Work that others left for later: a long activation goes on, and what was read of the coins below a snapshot is judged. */

/* How far the tip is on its way to the best block, in a long activation. Transactions tell more than blocks, which were
 * small once; but not of every block are they known. */
static void
tell_way (NodeChain *chain)
{
  const NodeBlock *tip = node_chain_tip (chain), *best = node_candidates_best (chain);

  if (chain->activation_posted && best != NULL)
    node_report_progress (chain, "connecting",
                          best->chain_tx > 0 ? (double) tip->chain_tx / (double) best->chain_tx
                                             : tip->height / MAX (best->height, 1.0),
                          tip->height);
  else if (!chain->activation_posted && !node_report_is_importing (chain))
    node_report_progress (chain, "ready", 1, 0);
}

void
node_pending_run (NodeChain *chain, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean continued = chain->activation_posted, judged;

  chain->activation_posted = FALSE;
  if (node_chain_is_stopping (chain) || chain->fatal_told || chain->state.coins == NULL)
    return;
  judged = node_background_judge_read (chain);
  if (chain->fatal_told || (!continued && !judged))
    return;
  if (!node_activate (chain, NULL, TRUE, &error))
    node_report_fatal (chain, error);
  else if (continued)
    tell_way (chain);
}
