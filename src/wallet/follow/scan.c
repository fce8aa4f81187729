/* Rescans. A reorganisation in the meantime is handled in the usual way. */
#include <string.h>

#include "common/log.h"
#include "wallet/follow/follower_private.h"

static void
scan_end (WalletFollower *follower)
{
  WalletScan *scan = &follower->scan;

  if (!scan->active)
    return;
  scan->active = FALSE;
  common_info ("The rescan of the wallet \"%s\" was completed at block %d.", follower->name, scan->next - 1);
}

WalletStep *
wallet_follow_plan_scan (WalletFollower *follower)
{
  WalletScan *scan = &follower->scan;
  WalletStep *step;

  if (scan->next > scan->stop)
    scan_end (follower);
  if (!scan->active)
    return NULL;
  if (scan->next > 0 && !follower->scan_after_known) {
    if (!wallet_follow_may_try (follower, WALLET_STEP_SCAN_HASH))
      return NULL;
    step = wallet_step_new (follower, WALLET_STEP_SCAN_HASH);
    step->height = scan->next - 1;
    return step;
  }
  if (!wallet_follow_may_try (follower, WALLET_STEP_SCAN))
    return NULL;
  step = wallet_step_new (follower, WALLET_STEP_SCAN);
  memcpy (step->hash32, follower->scan_after32, 32);
  step->from_start = scan->next == 0;
  step->height = scan->next;
  step->limit = (guint) MIN (WALLET_FOLLOW_BLOCKS_AT_ONCE, scan->stop - scan->next + 1);
  return step;
}

static void
take_scanned (WalletFollower *follower, const WalletChainBlocks *blocks)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  WalletScan *scan = &follower->scan;
  gint32 before = scan->next;

  for (guint i = 0; i < blocks->blocks->len && scan->next <= scan->stop; i++) {
    const BtcBlock *block = g_ptr_array_index (blocks->blocks, i);
    wallet_tracker_rescan (follower->tracker, block, scan->next++, batch);
    memcpy (follower->scan_after32, block->hash32, 32);
    follower->scan_after_known = TRUE;
  }
  wallet_tracker_commit_later (follower->tracker, batch, NULL);
  /* The chain is shorter than before: the remaining blocks are read in the usual way. */
  if (scan->next == before)
    scan_end (follower);
}

/* Whether STEP belongs to the scan in progress: it may have been aborted, and another one started. */
static gboolean
scan_is_current (const WalletFollower *follower, const WalletStep *step)
{
  const WalletScan *scan = &follower->scan;

  if (!scan->active)
    return FALSE;
  if (step->kind == WALLET_STEP_SCAN_HASH)
    return step->height == scan->next - 1;
  if (step->from_start || scan->next == 0)
    return step->from_start && scan->next == 0;
  return follower->scan_after_known && memcmp (step->hash32, follower->scan_after32, 32) == 0;
}

void
wallet_follow_take_scan (WalletFollower *follower, WalletStep *step)
{
  WalletChain *chain = wallet_source_get_chain (follower->source);
  gboolean current = scan_is_current (follower, step);

  if (step->kind == WALLET_STEP_SCAN) {
    g_autoptr (WalletChainBlocks) blocks = wallet_chain_get_blocks_finish (chain, step->result, &step->error);
    if (blocks != NULL && blocks->blocks->len > 0 && blocks->first_height != step->height)
      g_set_error_literal (&step->error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER,
                           "the node sent blocks of a different height");
    else if (blocks != NULL && current)
      take_scanned (follower, blocks);
  } else {
    g_autofree WalletChainPlace *place = wallet_chain_get_hash_finish (chain, step->result, &step->error);
    if (place != NULL && current) {
      memcpy (follower->scan_after32, place->hash32, 32);
      follower->scan_after_known = TRUE;
    }
  }
  /* The block that was read last is no longer on the active chain. All blocks below the fork were read, and those above
   * it are read in the usual way. */
  if (g_error_matches (step->error, BUS_ERROR, BUS_ERROR_NOT_IN_CHAIN)) {
    g_clear_error (&step->error);
    if (current)
      scan_end (follower);
  }
}
