#include "node/chain/refuse.h"

#include "common/log.h"
#include "node/chain/flush.h"
#include "node/chain/parts.h"
#include "node/chain/submitter.h"
#include "node/store/chainstate_folder.h"

/* Invalid blocks: marks, log messages and notifications. */

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

  node_candidates_reset_path (chain);
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

static void
refuse_block (NodeChain *chain, NodeBlock *index, const BtcVerdict *verdict)
{
  g_autofree char *hash = node_block_dup_hash (index->hash32);
  g_autofree char *text = btc_verdict_dup_text (verdict);

  common_info ("Block validation error: %s", text);
  common_error ("ConnectTip: ConnectBlock %s failed, %s", hash, text);
  node_block_log_rejected (index->hash32, index->height, verdict);
  node_submitters_refused (chain, index, verdict);
  if (verdict->verdict == BTC_VERDICT_MUTATED)
    node_candidates_remove (chain, index);
  else
    node_refuse_mark_failed (chain, index);
}

void
node_refuse_snapshot (NodeChain *chain)
{
  guint32 checked = chain->below->tip->height;
  g_autofree char *text = g_strdup_printf (
      "Moneyrocket failed to validate the -assumeutxo snapshot state. This indicates a hardware problem, or a bug in "
      "the "
      "software, or a bad software modification that allowed an invalid snapshot to be loaded. As a result of this, "
      "the "
      "node will shut down and stop using any state that was built on the snapshot, resetting the chain height from %u "
      "to %u. On the next restart, the node will resume syncing from %u without using any snapshot data. The invalid "
      "snapshot chainstate will be left on disk in case it is helpful in diagnosing the issue that caused this error.",
      node_chain_tip (chain)->height, checked, checked);
  g_autofree char *whole = NULL;
  g_autoptr (GError) error = NULL;

  common_error ("[snapshot] deleting snapshot, reverting to validated chain, and stopping node");
  /* Blocks that were validated with wrong coins must be validated again. */
  node_block_tree_forget_validity_above (chain->tree, chain->state.base);
  if (!node_flush_state (chain, chain->below, FALSE, &error) || !node_block_tree_write (chain->tree, &error)
      || !node_chainstate_reject_snapshot (chain->datadir, &error))
    whole = g_strconcat (text, "\n", error->message, NULL);
  /* From now on nothing may be written. */
  node_health_break (&chain->health);
  node_report_fatal_text (chain, whole != NULL ? whole : text);
}

void
node_refuse (NodeChain *chain, const NodeChainstate *state, NodeBlock *index, const BtcVerdict *verdict)
{
  refuse_block (chain, index, verdict);
  switch (state->role.refusal) {
  case NODE_REFUSAL_OF_BLOCK:
    break;
  case NODE_REFUSAL_OF_SNAPSHOT:
    node_refuse_snapshot (chain);
    break;
  }
}
