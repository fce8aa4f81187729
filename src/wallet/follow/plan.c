/* Chooses the next request to the node, in this order: the tip; the fork between the wallet's best block and the active
 * chain; the heights of blocks that another program has stored; blocks; blocks of a rescan; submitting payments that
 * this node does not have yet; the mempool; submitting payments again. */
#include <string.h>

#include "wallet/follow/follower_private.h"

/* A new node process: the fork with its chain, and its mempool, are unknown. */
static void
plan_reset_for_node (WalletFollower *follower)
{
  int epoch = wallet_source_get_epoch (follower->source);

  if (follower->epoch == epoch)
    return;
  follower->epoch = epoch;
  follower->anchored = follower->mempool_seen = FALSE;
  follower->birth.active = FALSE;
  follower->submitting = follower->submitted = FALSE;
  follower->ask_tip = FALSE;
  follower->empty = 0;
  memset (follower->pauses, 0, sizeof follower->pauses);
}

static WalletStep *
plan_anchor (WalletFollower *follower, const WalletChainTip *tip)
{
  g_autoptr (GByteArray) locator = wallet_tracker_dup_locator (follower->tracker);
  WalletStep *step;

  if (locator->len == 0)
    return wallet_follow_plan_birth (follower, tip);
  if (!wallet_follow_may_try (follower, WALLET_STEP_ANCHOR))
    return NULL;
  step = wallet_step_new (follower, WALLET_STEP_ANCHOR);
  step->locator = g_steal_pointer (&locator);
  return step;
}

static WalletStep *
plan_block (WalletFollower *follower)
{
  guint8 hash32[32];
  WalletStep *step;

  if (!wallet_tracker_next_unknown_block (follower->tracker, hash32)
      || !wallet_follow_may_try (follower, WALLET_STEP_BLOCK))
    return NULL;
  step = wallet_step_new (follower, WALLET_STEP_BLOCK);
  memcpy (step->hash32, hash32, 32);
  return step;
}

static WalletStep *
plan_blocks (WalletFollower *follower, const WalletChainTip *tip)
{
  guint8 hash32[32];
  gint32 height = wallet_tracker_get_place (follower->tracker, hash32);
  WalletStep *step;

  follower->behind = memcmp (hash32, tip->hash32, 32) != 0;
  if (!follower->behind) {
    follower->empty = 0;
    return NULL;
  }
  if (!wallet_follow_may_try (follower, WALLET_STEP_BLOCKS))
    return NULL;
  step = wallet_step_new (follower, WALLET_STEP_BLOCKS);
  memcpy (step->hash32, hash32, 32);
  step->from_start = height < 0;
  step->limit = WALLET_FOLLOW_BLOCKS_AT_ONCE;
  return step;
}

static WalletStep *
plan_mempool (WalletFollower *follower)
{
  /* While the node is loading its mempool, it is read repeatedly: there is no event when loading has finished. */
  if (follower->mempool_seen && follower->mempool_complete)
    return NULL;
  if (follower->mempool_after_us > g_get_monotonic_time ()) {
    follower->wait_until_us = MIN (follower->wait_until_us, follower->mempool_after_us);
    return NULL;
  }
  if (!wallet_follow_may_try (follower, WALLET_STEP_MEMPOOL))
    return NULL;
  wallet_follow_begin_mempool (follower);
  return wallet_step_new (follower, WALLET_STEP_MEMPOOL);
}

static WalletStep *
plan_tip (WalletFollower *follower)
{
  return wallet_follow_may_try (follower, WALLET_STEP_TIP) ? wallet_step_new (follower, WALLET_STEP_TIP) : NULL;
}

WalletStep *
wallet_follow_plan (WalletFollower *follower)
{
  WalletStep *step = NULL;
  WalletChainTip tip;

  follower->wait_until_us = G_MAXINT64;
  plan_reset_for_node (follower);
  if (!wallet_source_get_tip (follower->source, &tip))
    return plan_tip (follower);
  if (follower->ask_tip)
    step = plan_tip (follower);
  if (step == NULL && !follower->anchored)
    step = plan_anchor (follower, &tip);
  if (step != NULL || !follower->anchored)
    return step;
  step = plan_block (follower);
  if (step == NULL)
    step = plan_blocks (follower, &tip);
  if (step == NULL)
    step = wallet_follow_plan_scan (follower);
  if (step == NULL)
    step = wallet_follow_plan_first_submit (follower);
  if (step == NULL)
    step = plan_mempool (follower);
  return step != NULL ? step : wallet_follow_plan_submit (follower);
}
