#include "common/clock.h"
#include "node/chain/parts.h"

#include <string.h>

/* Checks whether a block would be valid on top of the tip: for templates and getblocktemplate proposals. */

gboolean
node_chain_test_block (NodeChain *chain,
                       BtcBlock *block,
                       gboolean check_pow,
                       gboolean check_merkle,
                       BtcVerdict *verdict,
                       GError **error)
{
  NodeBlock *tip = node_chain_tip (chain);
  BtcPrevContext context;
  NodeBlock index = { .status = NODE_BLOCK_VALID_TREE, .file = -1 };
  GError *local = NULL;

  g_return_val_if_fail (tip != NULL && block != NULL && verdict != NULL, FALSE);
  btc_verdict_clear (verdict);
  if (memcmp (block->header.prev32, tip->hash32, 32) != 0) {
    btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "inconclusive-not-best-prevblk", "%s", "");
    return TRUE;
  }
  context = node_block_prev_context (tip);
  if (!btc_block_check_parts (block, chain->params, check_pow, check_merkle, verdict)
      || !btc_header_check_contextual (&block->header, &context, common_clock_now (), chain->params, verdict)
      || !btc_block_check_contextual (block, &context, chain->params, verdict))
    return TRUE;

  memcpy (index.hash32, block->hash32, 32);
  index.header = block->header;
  node_block_link (&index, tip);
  if (node_connector_try (chain->connector, chain->state.coins, block, &index, TRUE, verdict, &local))
    return node_chain_bound_coins (chain, error);
  node_report_fatal (chain, local);
  g_propagate_error (error, local);
  return FALSE;
}
