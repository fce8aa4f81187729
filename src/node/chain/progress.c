#include "common/clock.h"
#include "node/chain/parts.h"

/* An estimate of the progress of validation. */

/* For blocks as recent as this, the height is a better measure of age than the time that the miner chose. */
#define RECENT_S (2 * 60 * 60)

static double
age_s (NodeChain *chain, const NodeBlock *block, gint64 now_s)
{
  gint64 age = now_s - block->header.time;
  const NodeBlock *best = node_block_tree_get_best_header (chain->tree);

  if (best != NULL && best->height >= block->height && ABS (age) <= RECENT_S)
    return (double) (best->height - block->height) * chain->params->pow_spacing_s;
  return (double) age;
}

double
node_chain_progress (NodeChain *chain, const NodeBlock *block)
{
  const BtcParams *params = chain->params;
  gint64 now_s = common_clock_now ();
  double total;

  if (block->chain_tx == 0)
    return 0;
  if (block->chain_tx <= params->chain_tx_count)
    total = (double) params->chain_tx_count + (double) (now_s - params->chain_tx_time_s) * params->chain_tx_rate;
  else
    total = (double) block->chain_tx + age_s (chain, block, now_s) * params->chain_tx_rate;
  return MIN ((double) block->chain_tx / total, 1.0);
}
