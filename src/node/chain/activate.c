#include "common/clock.h"
#include "common/log.h"
#include "node/chain/private.h"

#include <string.h>

/* Making the best valid chain the active one: blocks of a worse branch are disconnected, those of the better one
 * connected, until there is nothing better that is valid. */

/* A long way is gone in jobs of about this length, so that others get their turn. */
#define SLICE_US (250 * 1000)

static void
tell_disconnected (NodeChain *chain, const NodeBlock *index, BtcBlock *block)
{
  for (guint i = 0; i < chain->listeners->len; i++) {
    ChainListener *l = &g_array_index (chain->listeners, ChainListener, i);

    if (l->listener.disconnected != NULL)
      l->listener.disconnected (l->data, index, block);
  }
}

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
node_activate_mark_failed (NodeChain *chain, NodeBlock *failed)
{
  const NodeBlock *best;

  node_candidates_forget_way (chain);
  node_block_tree_mark_failed (chain->tree, failed);
  node_candidates_remove_failed (chain);
  best = node_block_tree_get_best_header (chain->tree);
  if (best != NULL && (best->status & NODE_BLOCK_FAILED))
    node_block_tree_find_best_header (chain->tree, node_chain_tip (chain));
  log_invalid (chain, failed);
  node_warn_invalid (chain);
}

gboolean
node_activate_disconnect_tip (NodeChain *chain, GError **error)
{
  NodeBlock *tip = node_chain_tip (chain);
  g_autoptr (BtcBlock) block = node_block_tree_read_block (chain->tree, tip, error);
  g_autoptr (GError) local = NULL;
  gboolean clean;

  if (block == NULL)
    return FALSE;
  if (!node_disconnect_block (chain, chain->state.coins, block, tip, &clean, &local)) {
    /* Undo data that is not stored is found out before any coin was changed. */
    if (!g_error_matches (local, NODE_STORE_ERROR, NODE_STORE_ERROR_NOT_STORED))
      node_health_break (&chain->health);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (!clean) {
    node_health_break (&chain->health);
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                 "The coins do not fit block %u. " NODE_CHAINSTATE_ADVICE, tip->height);
    return FALSE;
  }
  node_candidates_forget_way (chain);
  node_tip_set (chain, tip->prev);
  node_tip_log (chain);
  tell_disconnected (chain, tip, block);
  return node_flush_if_needed (chain, error);
}

/* Goes towards TARGET until the tip is better than it was, a block is refused, or the chain stops. GO_AHEAD: more steps will follow. */
static gboolean
step (NodeChain *chain, NodeBlock *target, BtcBlock *hint, gboolean go_ahead, gboolean *refused, GError **error)
{
  const NodeBlock *start = node_chain_tip (chain);
  const NodeBlock *fork = node_block_fork (start, target);

  *refused = FALSE;
  while (node_chain_tip (chain) != fork) {
    if (node_chain_is_stopping (chain))
      return TRUE;
    if (!node_activate_disconnect_tip (chain, error))
      return FALSE;
  }
  while (node_chain_tip (chain) != target && !node_chain_is_stopping (chain)) {
    node_read_ahead_request (chain->state.read_ahead, target, chain->active->len);
    if (!node_connect_tip (chain, target, go_ahead && fork == start, hint, refused, error))
      return FALSE;
    if (*refused)
      return TRUE;
    node_candidates_prune (chain);
    if (start == NULL || node_block_compare_work (node_chain_tip (chain), start) > 0)
      return TRUE;
  }
  return TRUE;
}

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
  else if (!chain->activation_posted && !node_import_is_running (chain))
    node_report_progress (chain, "ready", 1, 0);
}

static void
continue_activation (NodeChain *chain, gpointer data)
{
  g_autoptr (GError) error = NULL;

  chain->activation_posted = FALSE;
  if (g_atomic_int_get (&chain->stopping) || chain->fatal_told || chain->state.coins == NULL)
    return;
  if (!node_activate (chain, NULL, TRUE, &error))
    node_report_fatal (chain, error);
  else
    tell_way (chain);
}

static gboolean
activate (NodeChain *chain, BtcBlock *hint, gboolean slice, GError **error)
{
  gint64 end = common_clock_monotonic_us () + SLICE_US;

  for (;;) {
    const NodeBlock *start = node_chain_tip (chain);
    gboolean time_is_up = slice && common_clock_monotonic_us () > end;
    NodeBlock *target;
    gboolean refused;

    /* Others see the chain only where it is at least as good as it was. Where one branch was refused, another may still be
     * better than the tip. */
    do {
      refused = FALSE;
      target = node_candidates_best (chain);
      if (target == NULL || target == node_chain_tip (chain))
        break;
      /* Once a block was left, listeners look at the coins when the tip is told: they must be those of the tip. */
      if (!step (chain, target, hint, !time_is_up && node_chain_tip (chain) == start, &refused, error))
        return FALSE;
    } while (!node_chain_is_stopping (chain)
             && (refused || (start != NULL && node_candidates_compare (node_chain_tip (chain), start) < 0)));

    if (node_chain_tip (chain) == start)
      return TRUE;
    /* Left in the middle of a reorganisation: the next start goes on from here, and nobody hears of this tip. */
    if (start != NULL && node_candidates_compare (node_chain_tip (chain), start) < 0)
      return TRUE;
    node_tip_publish (chain);
    if (g_atomic_int_get (&chain->stopping))
      return TRUE;
    if (chain->ahead == NULL && slice && common_clock_monotonic_us () > end) {
      if (!chain->activation_posted)
        node_chain_post_to (chain, NODE_JOB_BLOCKS, continue_activation, NULL, NULL);
      chain->activation_posted = TRUE;
      return TRUE;
    }
  }
}

gboolean
node_activate (NodeChain *chain, BtcBlock *hint, gboolean slice, GError **error)
{
  gboolean ok;

  if (node_health_is_broken (&chain->health) || chain->fatal_told)
    return node_health_refuse (error);
  ok = activate (chain, hint, slice, error);
  return node_connect_tip_drop_ahead (chain, ok ? error : NULL) && ok
         && (chain->background == NULL || node_background_advance (chain, hint, slice, error));
}
