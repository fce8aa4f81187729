#include "node/chain/tip.h"

#include "common/clock.h"
#include "common/log.h"
#include "node/chain/cache.h"
#include "node/chain/download.h"
#include "node/chain/parts.h"

/* The tip, and the immutable snapshots of it that other threads read. */

struct _NodeTips {
  GMutex lock;
  NodeTip *tip; /* under lock */
  guint64 sequence;
};

NodeTips *
node_tips_new (void)
{
  NodeTips *tips = g_new0 (NodeTips, 1);

  g_mutex_init (&tips->lock);
  return tips;
}

void
node_tips_free (NodeTips *tips)
{
  g_mutex_clear (&tips->lock);
  g_free (tips);
}

NodeTip *
node_tip_ref (NodeTip *tip)
{
  return g_atomic_rc_box_acquire (tip);
}

void
node_tip_unref (NodeTip *tip)
{
  g_atomic_rc_box_release (tip);
}

NodeTip *
node_chain_ref_tip (NodeChain *chain)
{
  NodeTip *tip;

  g_return_val_if_fail (chain != NULL, NULL);
  g_mutex_lock (&chain->tips->lock);
  tip = chain->tips->tip != NULL ? node_tip_ref (chain->tips->tip) : NULL;
  g_mutex_unlock (&chain->tips->lock);
  return tip;
}

/* OLD (may be NULL) is the snapshot before. */
static void
tip_add_state (NodeTip *tip, const NodeTip *old, const NodeBlock *block, const NodeBlock *target)
{
  NodeTipState *state = &tip->states[tip->n_states];

  *state = (NodeTipState){ block, target, common_clock_monotonic_us () };
  if (old != NULL && old->n_states > tip->n_states && old->states[tip->n_states].tip == block)
    state->tip_us = old->states[tip->n_states].tip_us;
  tip->n_states++;
}

/* Replaces the snapshot. The caller owns the result. */
static NodeTip *
tip_renew (NodeChain *chain)
{
  NodeTip *tip = g_atomic_rc_box_new0 (NodeTip);
  NodeTip *old;

  tip->sequence = ++chain->tips->sequence;
  tip->block = node_chain_tip (chain);
  tip->validated = chain->below != NULL ? chain->below->tip : tip->block;
  tip->chain_tx = tip->block->chain_tx;
  tip->initial_download = node_chain_is_initial_download (chain);
  tip_add_state (tip, chain->tips->tip, tip->block, chain->state.role.target);
  if (chain->below != NULL)
    tip_add_state (tip, chain->tips->tip, chain->below->tip, chain->below->role.target);

  g_mutex_lock (&chain->tips->lock);
  old = chain->tips->tip;
  chain->tips->tip = node_tip_ref (tip);
  g_mutex_unlock (&chain->tips->lock);
  g_clear_pointer (&old, node_tip_unref);
  return tip;
}

void
node_tip_publish (NodeChain *chain)
{
  NodeTip *tip;

  /* Until a reindex has found the genesis block there is no tip to publish. */
  if (node_chain_tip (chain) == NULL)
    return;
  if (node_download_update (chain))
    node_cache_share (chain);
  node_warn_invalid (chain);
  node_warn_rules (chain);
  tip = tip_renew (chain);
  node_report_tip_changed (chain, tip);
  node_tip_unref (tip);
}

void
node_tip_publish_validated (NodeChain *chain)
{
  g_autoptr (NodeTip) tip = tip_renew (chain);

  node_report_validated (chain, tip->validated);
}

void
node_tip_clear (NodeChain *chain)
{
  g_mutex_lock (&chain->tips->lock);
  g_clear_pointer (&chain->tips->tip, node_tip_unref);
  g_mutex_unlock (&chain->tips->lock);
}

void
node_tip_log (NodeChain *chain)
{
  NodeBlock *tip = node_chain_tip (chain);
  g_autofree char *hash = node_block_dup_hash (tip->hash32);
  g_autofree char *date = node_block_dup_date (tip->header.time);

  common_info ("UpdateTip: new best=%s height=%u version=0x%08x log2_work=%f tx=%" G_GUINT64_FORMAT
               " date='%s' progress=%f cache=%.1fMiB(%" G_GUINT64_FORMAT "txo)",
               hash, tip->height, (guint32) tip->header.version, node_block_log2_work (tip), tip->chain_tx, date,
               node_chain_progress (chain, tip), node_coins_memory (chain->state.coins) / 1048576.0,
               node_coins_cached (chain->state.coins));
}
