#include "common/clock.h"
#include "node/chain/private.h"

#include "bitcoin/primitives/merkle.h"

#include <string.h>

/* Would a block be valid on top of the tip? For templates and for getblocktemplate proposals. */

/* BLOCK with the merkle root that its transactions have. */
static BtcBlock *
dup_with_root (BtcBlock *block) {
  gsize len = g_bytes_get_size (block->bytes);
  guint8 *data = g_memdup2 (g_bytes_get_data (block->bytes, NULL), len);
  g_autoptr (GBytes) bytes = NULL;

  btc_block_merkle_root (block, data + 36, NULL);
  bytes = g_bytes_new_take (data, len);
  return btc_block_new (bytes);
}

gboolean
node_chain_test_block (NodeChain *chain,
                       BtcBlock *block,
                       gboolean check_pow,
                       gboolean check_merkle,
                       BtcVerdict *verdict,
                       GError **error) {
  NodeBlock *tip = node_chain_tip (chain);
  BtcParams params = *chain->params;
  g_autoptr (BtcBlock) rooted = NULL;
  BtcPrevContext context;
  NodeBlock index = { .status = NODE_BLOCK_VALID_TREE, .file = -1 };
  GError *local = NULL;

  g_return_val_if_fail (tip != NULL && block != NULL && verdict != NULL, FALSE);
  btc_verdict_clear (verdict);
  if (memcmp (block->header.prev32, tip->hash32, 32) != 0) {
    btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "inconclusive-not-best-prevblk", "%s", "");
    return TRUE;
  }
  /* A signet's solution is a proof of work too. */
  params.signet = params.signet && check_pow;
  rooted = check_merkle ? btc_block_ref (block) : dup_with_root (block);
  context = node_tree_prev_context (tip);
  if ((check_pow && !btc_header_check_pow (&block->header, block->hash32, chain->params, verdict))
      || !btc_block_check (rooted, &params, verdict)
      || !btc_header_check_contextual (&block->header, &context, common_clock_now (), chain->params, verdict)
      || !btc_block_check_contextual (block, &context, chain->params, verdict))
    return TRUE;

  memcpy (index.hash32, block->hash32, 32);
  index.header = block->header;
  node_tree_link (&index, tip);
  if (node_connect_block (chain, block, &index, TRUE, NULL, verdict, &local))
    return TRUE;
  node_report_fatal (chain, local);
  g_propagate_error (error, local);
  return FALSE;
}
