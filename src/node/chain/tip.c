#include "common/clock.h"
#include "common/log.h"
#include "node/chain/private.h"

/* The tip, and the immutable snapshots of it that other threads read. */

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
  g_mutex_lock (&chain->tip_lock);
  tip = chain->tip != NULL ? node_tip_ref (chain->tip) : NULL;
  g_mutex_unlock (&chain->tip_lock);
  return tip;
}

gboolean
node_chain_is_initial_download (NodeChain *chain)
{
  return chain->initial_download;
}

/* Once the tip is recent it stays so, however long the next block takes. */
static void
update_initial_download (NodeChain *chain)
{
  NodeBlock *tip = node_chain_tip (chain);
  gint64 max_age = chain->options.max_tip_age_s != 0 ? chain->options.max_tip_age_s : 24 * 60 * 60;

  if (!chain->initial_download || tip == NULL || node_report_is_importing (chain))
    return;
  if (btc_uint256_compare (&tip->chain_work, &chain->params->minimum_chain_work) < 0
      || (gint64) tip->header.time < common_clock_now () - max_age)
    return;
  chain->initial_download = FALSE;
  common_info ("Leaving InitialBlockDownload (latching to false)");
  node_cache_share (chain);
}

void
node_tip_set (NodeChain *chain, NodeBlock *block)
{
  if (block == NULL) {
    g_ptr_array_set_size (chain->active, 0);
    return;
  }
  if (block->height >= chain->active->len) {
    g_assert (block->height == chain->active->len);
    g_ptr_array_add (chain->active, block);
  } else {
    g_assert (g_ptr_array_index (chain->active, block->height) == block);
    g_ptr_array_set_size (chain->active, block->height + 1);
  }
}

void
node_tip_fill (NodeChain *chain, NodeBlock *block)
{
  g_ptr_array_set_size (chain->active, (gint) block->height + 1);
  for (; block != NULL; block = block->prev)
    g_ptr_array_index (chain->active, block->height) = block;
}

/* The snapshot is another now. The caller owns what is returned. */
static NodeTip *
renew (NodeChain *chain)
{
  NodeTip *tip = g_atomic_rc_box_new0 (NodeTip);
  NodeTip *old;

  tip->sequence = ++chain->tip_sequence;
  tip->block = node_chain_tip (chain);
  tip->validated = chain->below != NULL ? chain->below->tip : tip->block;
  tip->chain_tx = tip->block->chain_tx;
  tip->initial_download = chain->initial_download;

  g_mutex_lock (&chain->tip_lock);
  old = chain->tip;
  chain->tip = node_tip_ref (tip);
  g_mutex_unlock (&chain->tip_lock);
  g_clear_pointer (&old, node_tip_unref);
  return tip;
}

void
node_tip_publish (NodeChain *chain)
{
  NodeTip *tip;

  /* Before the genesis block is found again by a reindex there is no chain to tell of. */
  if (node_chain_tip (chain) == NULL)
    return;
  update_initial_download (chain);
  node_warn_invalid (chain);
  node_warn_rules (chain);
  tip = renew (chain);
  for (guint i = 0; i < chain->listeners->len; i++) {
    ChainListener *l = &g_array_index (chain->listeners, ChainListener, i);

    if (l->listener.tip_changed != NULL)
      l->listener.tip_changed (l->data, tip);
  }
  node_tip_unref (tip);
}

void
node_tip_publish_validated (NodeChain *chain)
{
  g_autoptr (NodeTip) tip = renew (chain);

  for (guint i = 0; i < chain->listeners->len; i++) {
    ChainListener *l = &g_array_index (chain->listeners, ChainListener, i);

    if (l->listener.validated != NULL)
      l->listener.validated (l->data, tip->validated);
  }
}

void
node_tip_clear (NodeChain *chain)
{
  g_mutex_lock (&chain->tip_lock);
  g_clear_pointer (&chain->tip, node_tip_unref);
  g_mutex_unlock (&chain->tip_lock);
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
