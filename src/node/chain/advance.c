#include "node/chain/advance.h"

#include "common/log.h"
#include "node/chain/active.h"
#include "node/chain/maintain.h"
#include "node/chain/parts.h"

static void
advance_log_background (const NodeChainstate *state)
{
  const NodeBlock *tip = state->tip;
  g_autofree char *hash = node_block_dup_hash (tip->hash32);
  g_autofree char *date = node_block_dup_date (tip->header.time);

  common_info ("[background validation] UpdateTip: new best=%s height=%u version=0x%08x log2_work=%f "
               "tx=%" G_GUINT64_FORMAT " date='%s' progress=%f cache=%.1fMiB(%" G_GUINT64_FORMAT "txo)",
               hash, tip->height, (guint32) tip->header.version, node_block_log2_work (tip), tip->chain_tx, date,
               (double) tip->chain_tx / (double) MAX (state->role.target->chain_tx, 1),
               node_coins_memory (state->coins) / 1048576.0, node_coins_cached (state->coins));
}

/* The tip of STATE has changed. */
static void
advance_moved (NodeChain *chain, const NodeChainstate *state)
{
  if (!state->role.is_of_tip) {
    advance_log_background (state);
    return;
  }
  node_active_set (chain, state->tip);
  node_tip_log (chain);
}

gboolean
node_advance_disconnect (NodeChain *chain, NodeChainstate *state, GError **error)
{
  const NodeBlock *left = state->tip;
  g_autoptr (BtcBlock) block = NULL;

  if (!node_chainstate_disconnect_tip (state, &block, error))
    return FALSE;
  node_candidates_reset_path (chain);
  advance_moved (chain, state);
  if (state->role.is_of_tip)
    node_report_disconnected (chain, left, block);
  return node_maintain (chain, state, error);
}

gboolean
node_advance_connect (NodeChain *chain,
                      NodeChainstate *state,
                      const NodeBlock *target,
                      gboolean go_ahead,
                      BtcBlock *hint,
                      gboolean *rejected,
                      GError **error)
{
  NodeConnected connected;

  if (!node_connector_step (chain->connector, state, target, go_ahead && !node_maintain_is_due (chain), hint,
                            &connected, error))
    return FALSE;
  *rejected = connected.verdict.verdict != BTC_VERDICT_OK;
  if (*rejected) {
    node_refuse (chain, state, connected.index, &connected.verdict);
    return TRUE;
  }
  advance_moved (chain, state);
  if (state->role.is_of_tip)
    node_report_connected (chain, connected.index, connected.block, connected.spent);
  node_submitters_connected (chain, connected.index);
  /* While a block ahead has begun, the coins are not those of any block of the chain. */
  return node_connector_is_ahead (chain->connector) || node_maintain (chain, state, error);
}
