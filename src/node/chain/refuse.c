#include "node/chain/refuse.h"

#include "common/log.h"
#include "node/chain/parts.h"
#include "node/chain/submitter.h"

/* Blocks that break a rule: marks, log, and notifications. */

static void
log_invalid (NodeChain *chain, const NodeBlock *block)
{
  const NodeBlock *tip = node_chain_tip (chain);
  g_autofree char *hash = node_block_dup_hash (block->hash32);
  g_autofree char *date = node_block_dup_date (block->header.time);
  g_autofree char *tip_hash = NULL, *tip_date = NULL;

  common_info ("InvalidChainFound: invalid block=%s height=%u log2_work=%f date=%s", hash, block->height,
               node_block_log2_work (block), date);
  if (tip == NULL)
    return;
  tip_hash = node_block_dup_hash (tip->hash32);
  tip_date = node_block_dup_date (tip->header.time);
  common_info ("InvalidChainFound: current best=%s height=%u log2_work=%f date=%s", tip_hash, tip->height,
               node_block_log2_work (tip), tip_date);
}

void
node_refuse_mark_failed (NodeChain *chain, NodeBlock *failed)
{
  const NodeBlock *best;
  BtcVerdict known;

  node_candidates_forget_way (chain);
  node_block_tree_mark_failed (chain->tree, failed);
  node_candidates_remove_failed (chain);
  btc_verdict_clear (&known);
  btc_verdict_fail (&known, BTC_VERDICT_CACHED_INVALID, "duplicate-invalid", "%s", "");
  node_submitters_refused (chain, failed, &known);
  best = node_block_tree_get_best_header (chain->tree);
  if (best != NULL && (best->status & NODE_BLOCK_FAILED))
    node_block_tree_find_best_header (chain->tree, node_chain_tip (chain));
  log_invalid (chain, failed);
  node_warn_invalid (chain);
}

void
node_refuse_watch (NodeChain *chain, const NodeBlock *block, BtcVerdict *verdict)
{
  chain->watch = (NodeWatch){ block, verdict };
}

void
node_refuse_block (NodeChain *chain, NodeBlock *index, const BtcVerdict *verdict)
{
  g_autofree char *hash = node_block_dup_hash (index->hash32);
  g_autofree char *text = btc_verdict_dup_text (verdict);

  common_info ("Block validation error: %s", text);
  common_error ("ConnectTip: ConnectBlock %s failed, %s", hash, text);
  node_block_log_rejected (index->hash32, index->height, verdict);
  if (chain->watch.block == index)
    *chain->watch.verdict = *verdict;
  else if (chain->watch.block != NULL && node_block_descends (chain->watch.block, index))
    btc_verdict_fail (chain->watch.verdict, BTC_VERDICT_INVALID_PREV, "bad-prevblk", "block %s: %s", hash, text);
  node_submitters_refused (chain, index, verdict);
  if (verdict->verdict == BTC_VERDICT_MUTATED)
    node_candidates_remove (chain, index);
  else
    node_refuse_mark_failed (chain, index);
}
