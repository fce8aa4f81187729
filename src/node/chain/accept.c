#include "node/chain/accept.h"

#include "common/clock.h"
#include "common/log.h"
#include "node/chain/activate.h"
#include "node/chain/check.h"
#include "node/chain/parts.h"

#include <string.h>

/* Accepts headers and blocks: checks the rules that need no coins, adds them to the tree and stores them. */

/* Unrequested blocks are not stored if they are more than this far above the tip. */
#define MAX_AHEAD NODE_PRUNE_KEEP_BLOCKS

gboolean
node_chain_accept_header (NodeChain *chain,
                          const BtcHeader *header,
                          NodeBlock **index,
                          BtcVerdict *verdict,
                          GError **error)
{
  NodeBlock *block = NULL;
  guint8 hash32[32];

  g_return_val_if_fail (chain != NULL && header != NULL && verdict != NULL, FALSE);
  btc_verdict_clear (verdict);
  btc_header_hash (header, hash32);
  node_block_tree_accept_header (chain->tree, header, hash32, FALSE, &block, verdict);
  if (index != NULL)
    *index = block;
  node_check (chain);
  return TRUE;
}

/* FALSE: an unrequested block that is not worth storing. */
static gboolean
accept_is_wanted (NodeChain *chain, const NodeBlock *index, gboolean requested)
{
  const NodeBlock *tip = node_chain_tip (chain);

  if (index->status & NODE_BLOCK_HAVE_DATA)
    return FALSE;
  if (requested)
    return TRUE;
  return index->n_tx == 0 && (tip == NULL || node_block_compare_work (index, tip) >= 0)
         && (tip == NULL || index->height <= tip->height + MAX_AHEAD)
         && btc_uint256_compare (&index->chain_work, &chain->params->minimum_chain_work) >= 0;
}

static gboolean
accept_data (NodeChain *chain, BtcBlock *block, NodeBlock *index, const NodeAcceptHow *how, GError **error)
{
  if (!node_block_tree_store (chain->tree, index, block, how->file, how->pos, error))
    return FALSE;
  node_candidates_received (chain, index);
  return TRUE;
}

gboolean
node_accept_store (NodeChain *chain,
                   BtcBlock *block,
                   const NodeAcceptHow *how,
                   NodeBlock **index,
                   gboolean *is_new,
                   BtcVerdict *verdict,
                   GError **error)
{
  gboolean good;

  *is_new = FALSE;
  *index = NULL;
  /* If the block was checked already, *VERDICT is that of the block; a verdict on its header takes precedence. */
  if (how->checked && verdict->verdict != BTC_VERDICT_OK) {
    BtcVerdict of_header = { 0 };

    if (!node_block_tree_accept_header (chain->tree, &block->header, block->hash32, how->late, index, &of_header)) {
      *verdict = of_header;
      return TRUE;
    }
    good = FALSE;
  } else {
    btc_verdict_clear (verdict);
    if (!node_block_tree_accept_header (chain->tree, &block->header, block->hash32, how->late, index, verdict))
      return TRUE;
    good = TRUE;
  }
  if (!accept_is_wanted (chain, *index, how->requested)) {
    btc_verdict_clear (verdict);
    return TRUE;
  }
  if (good && !how->checked)
    good = btc_block_check (block, chain->params, verdict);
  if (good && !how->checked_in_context && (*index)->prev != NULL) {
    BtcPrevContext context = node_block_prev_context ((*index)->prev);
    good = btc_block_check_contextual (block, &context, chain->params, verdict);
  }
  if (!good) {
    g_autofree char *text = btc_verdict_dup_text (verdict);

    common_debug (COMMON_LOG_VALIDATION, "AcceptBlock: %s", text);
    /* Mutated data does not make the header invalid: another copy of the block may be valid. Mutated data can also
     * violate a rule that is checked before the merkle root, such as that of the signet solution. The rules that are
     * checked before the witnesses do not depend on them. */
    if (how->mark && verdict->verdict != BTC_VERDICT_MUTATED && btc_block_matches_header (block))
      node_refuse_mark_failed (chain, *index);
    return TRUE;
  }
  *is_new = TRUE;
  return accept_data (chain, block, *index, how, error);
}

static void
accept_on_event (gpointer data, NodeIntakeEvent event, const NodeBlock *index, const BtcVerdict *verdict)
{
  if (event == NODE_INTAKE_REFUSED)
    *(BtcVerdict *) data = *verdict;
}

gboolean
node_accept_activate (NodeChain *chain, BtcBlock *block, NodeBlock *index, BtcVerdict *verdict, GError **error)
{
  NodeSubmitter *submitter = node_submitter_new_direct (accept_on_event, verdict);
  gboolean ok;

  node_submitters_add (chain, index, submitter);
  ok = node_activate (chain, block, TRUE, error);
  node_submitters_remove (chain, index, submitter);
  return ok;
}

gboolean
node_chain_accept_block (NodeChain *chain,
                         BtcBlock *block,
                         gboolean force,
                         NodeBlock **index,
                         gboolean *is_new,
                         BtcVerdict *verdict,
                         GError **error)
{
  NodeAcceptHow how = { .requested = force, .checked = TRUE, .mark = TRUE, .file = -1 };
  NodeBlock *block_index = NULL;
  gboolean new_data = FALSE;
  g_autoptr (GError) local = NULL;
  gboolean ok;

  g_return_val_if_fail (chain != NULL && block != NULL && verdict != NULL, FALSE);
  if (index != NULL)
    *index = NULL;
  if (is_new != NULL)
    *is_new = FALSE;
  /* A block that fails these checks is not recorded: in case of an unknown form of malleability its header must not be
   * marked. */
  if (!node_block_check (block, chain->params, verdict)) {
    g_autofree char *text = btc_verdict_dup_text (verdict);
    common_info ("ProcessNewBlock: AcceptBlock FAILED (%s)", text);
    return TRUE;
  }
  ok = node_accept_store (chain, block, &how, &block_index, &new_data, verdict, &local);
  if (index != NULL)
    *index = block_index;
  if (is_new != NULL)
    *is_new = new_data;
  if (ok && verdict->verdict != BTC_VERDICT_OK) {
    g_autofree char *text = btc_verdict_dup_text (verdict);
    common_info ("ProcessNewBlock: AcceptBlock FAILED (%s)", text);
    node_check (chain);
    return TRUE;
  }
  ok = ok && node_accept_activate (chain, block, block_index, verdict, &local);
  if (!ok) {
    node_report_fatal (chain, local);
    g_propagate_error (error, g_steal_pointer (&local));
  }
  return ok;
}

gboolean
node_accept_genesis (NodeChain *chain, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (chain->params->genesis_bytes, chain->params->genesis_len);
  g_autoptr (BtcBlock) block = btc_block_new (bytes);
  NodeAcceptHow how = { .file = -1 };
  NodeBlock *index = node_block_tree_find (chain->tree, chain->params->genesis_hash32);

  g_assert (block != NULL);
  if (index == NULL) {
    index = node_block_tree_add (chain->tree, &block->header, block->hash32, NULL);
    if (!node_chain_is_reindexing (chain))
      return accept_data (chain, block, index, &how, error);
    /* The reindex will find its position in the files; until then blocks can already be linked to it. */
    node_block_tree_set_n_tx (chain->tree, index, block->n_txs);
    node_candidates_received (chain, index);
    return TRUE;
  }
  /* Its file may have been pruned. */
  if (!(index->status & NODE_BLOCK_HAVE_DATA) && !node_chain_is_reindexing (chain)
      && !node_block_tree_has_pruned (chain->tree))
    return accept_data (chain, block, index, &how, error);
  return TRUE;
}
