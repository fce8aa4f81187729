#include "common/clock.h"
#include "common/log.h"
#include "node/chain/accept.h"
#include "node/chain/activate.h"
#include "node/chain/busy.h"
#include "node/chain/cache.h"
#include "node/chain/load_coins.h"
#include "node/chain/parts.h"
#include "node/chain/reindex.h"
#include "node/chain/verify.h"

/* Start-up: loads the chain from its files, or creates an empty one. */

static gboolean
load_tree (NodeChain *chain, const guint8 *base32, GError **error)
{
  guint64 base_tx = base32 != NULL ? node_background_known (chain, base32)->chain_tx : 0;
  gboolean reindexing;

  if (!node_block_tree_load (chain->tree, chain->options.reindex, base32, base_tx, &chain->state.base, &reindexing,
                             error))
    return FALSE;
  node_busy_set (chain, NODE_BUSY_REINDEXING, reindexing || chain->options.reindex);
  node_candidates_load_unlinked (chain);
  node_prune_warn (chain);
  return TRUE;
}

/* With a wrong clock later checks would fail: the tip must not be in the future. */
static gboolean
check_time (NodeChain *chain, GError **error)
{
  if (node_chain_tip (chain)->header.time <= common_clock_now () + BTC_MAX_FUTURE_BLOCK_TIME)
    return TRUE;
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT,
               "The block database contains a block which appears to be from the future. This may be due to your "
               "computer's date and time being set incorrectly. Only rebuild the block database if you are sure that "
               "your computer's date and time are correct.\nPlease restart with -reindex or -reindex-chainstate to "
               "recover.");
  return FALSE;
}

/* On test networks the activation height of segwit may have been lowered since. */
static gboolean
check_witnesses (NodeChain *chain, GError **error)
{
  guint32 from = chain->params->buried_height[BTC_BURIED_SEGWIT];

  for (const NodeBlock *block = node_chain_tip (chain); block != NULL && block->height >= from; block = block->prev) {
    if (block->status & NODE_BLOCK_OPT_WITNESS)
      continue;
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT,
                 "Witness data for blocks after height %u requires validation. Please restart with -reindex..\nPlease "
                 "restart with -reindex or -reindex-chainstate to recover.",
                 from);
    return FALSE;
  }
  return TRUE;
}

static void
log_loaded (NodeChain *chain)
{
  NodeBlock *tip = node_chain_tip (chain);
  g_autofree char *hash = node_block_dup_hash (tip->hash32);
  g_autofree char *date = node_block_dup_date (tip->header.time);

  common_info ("Loaded best chain: hashBestChain=%s height=%u date=%s", hash, tip->height, date);
}

static gboolean
load_chain (NodeChain *chain, GError **error)
{
  guint8 base32[32];
  gboolean snapshot, is_new;

  node_report_progress (chain, "loading", 0, 0);
  if (!node_block_tree_open_files (chain->tree, error) || !node_reindex_note_order (chain, error)
      || !node_load_snapshot_base (chain, base32, &snapshot, error)
      || !load_tree (chain, snapshot ? base32 : NULL, error) || !node_load_coins (chain, error))
    return FALSE;
  is_new = node_chain_tip (chain) == NULL && !node_chain_is_reindexing (chain);
  node_block_tree_find_best_header (chain->tree, node_chain_tip (chain));
  node_candidates_rebuild (chain);
  node_cache_share (chain);
  if (node_chain_tip (chain) != NULL) {
    log_loaded (chain);
    if (!check_witnesses (chain, error) || !check_time (chain, error) || !node_verify_last_blocks (chain, error))
      return FALSE;
  }
  /* The index is saved at once, since block files without an index count as damage. */
  if (!node_accept_genesis (chain, error) || (is_new && !node_chain_save (chain, error)))
    return FALSE;
  if (node_chain_is_reindexing (chain))
    node_reindex_start (chain);
  if (!node_activate (chain, NULL, TRUE, error) || !node_prune_if_needed (chain, error))
    return FALSE;
  node_tip_publish (chain);
  if (node_chain_is_reindexing (chain) || node_busy_is (chain, NODE_BUSY_ACTIVATING))
    node_report_progress (chain, node_chain_is_reindexing (chain) ? "reindexing" : "connecting", 0, 0);
  else
    node_report_progress (chain, "ready", 1, 0);
  return TRUE;
}

gboolean
node_chain_load (NodeChain *chain, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *message = NULL;

  g_return_val_if_fail (chain != NULL && chain->state.coins == NULL, FALSE);
  if (load_chain (chain, &local))
    return TRUE;
  /* Files that could not be loaded must not be overwritten. */
  node_health_break (&chain->health);
  message = node_store_dup_message (local);
  g_set_error_literal (error, local->domain, local->code, message);
  return FALSE;
}
