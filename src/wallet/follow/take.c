/* Processes the replies of the node. */
#include <string.h>

#include "wallet/follow/follower_private.h"

/* The mempool is read as a whole, so not after every change. */
#define MEMPOOL_INTERVAL_US 100000
#define MEMPOOL_SHARE 10

static void
take_tip (WalletFollower *follower, WalletStep *step)
{
  g_autofree WalletChainTip *tip
      = wallet_chain_get_tip_finish (wallet_source_get_chain (follower->source), step->result, &step->error);

  if (tip == NULL)
    return;
  follower->ask_tip = FALSE;
  wallet_source_set_tip (follower->source, tip);
}

/* FORK is one of the requested blocks, or the genesis block, and at the same height as before. */
static gboolean
is_possible_fork (WalletTracker *tracker, const GByteArray *locator, const WalletChainPlace *fork)
{
  gint32 height = wallet_tracker_get_block_height (tracker, fork->hash32);
  gboolean asked = height == 0;

  for (guint i = 0; i + 32 <= locator->len && !asked; i += 32)
    asked = memcmp (locator->data + i, fork->hash32, 32) == 0;
  return asked && (height < 0 ? fork->height > 0 : fork->height == height);
}

static void
take_fork (WalletFollower *follower, WalletStep *step)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  g_autofree WalletChainPlace *fork
      = wallet_chain_find_fork_finish (wallet_source_get_chain (follower->source), step->result, &step->error);

  if (fork == NULL)
    return;
  if (!is_possible_fork (follower->tracker, step->locator, fork)) {
    g_set_error_literal (&step->error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER,
                         "the node sent a fork that was not requested");
    return;
  }
  if (memcmp (fork->hash32, step->locator->data, 32) != 0) {
    wallet_tracker_rewind (follower->tracker, fork->height, fork->hash32, batch);
    /* Transactions of these blocks may be in the mempool again: the event that added them may have been processed while
     * they were still confirmed. */
    follower->mempool_seen = FALSE;
  } else
    wallet_tracker_set_place (follower->tracker, fork->height, fork->hash32, batch);
  follower->anchored = TRUE;
  wallet_tracker_commit_later (follower->tracker, batch, NULL);
}

/* A block that the node does not have is not on its chain. One above the best block is read later anyway. */
static void
take_located_block (WalletFollower *follower, WalletStep *step)
{
  guint8 place32[32];
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  g_autoptr (WalletChainBlock) found
      = wallet_chain_get_block_finish (wallet_source_get_chain (follower->source), step->result, &step->error);
  gint32 height = -1;
  guint32 time = 0;

  if (g_error_matches (step->error, BUS_ERROR, BUS_ERROR_NOT_FOUND))
    g_clear_error (&step->error);
  if (step->error != NULL)
    return;
  if (found != NULL && found->active && found->height <= wallet_tracker_get_place (follower->tracker, place32)) {
    height = found->height;
    time = found->block->header.time;
  }
  wallet_tracker_set_block (follower->tracker, step->hash32, height, time, batch);
  wallet_tracker_commit_later (follower->tracker, batch, NULL);
}

/* There was no block, although the tip is a different one: it may have changed in the meantime, so it is requested
 * again. The same reply again is a contradiction. */
static void
take_no_blocks (WalletFollower *follower, WalletStep *step)
{
  follower->ask_tip = TRUE;
  if (++follower->empty >= 2)
    g_set_error_literal (&step->error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER,
                         "the node reports a tip that is not on its chain");
}

/* Whether these are the blocks after the best block, as requested. */
static gboolean
follows_place (WalletTracker *tracker, const WalletChainBlocks *blocks)
{
  const BtcBlock *first = g_ptr_array_index (blocks->blocks, 0);
  guint8 hash32[32];
  gint32 height = wallet_tracker_get_place (tracker, hash32);

  return blocks->first_height == height + 1 && (height < 0 || memcmp (hash32, first->header.prev32, 32) == 0);
}

static void
take_blocks (WalletFollower *follower, WalletStep *step)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  g_autoptr (WalletChainBlocks) blocks
      = wallet_chain_get_blocks_finish (wallet_source_get_chain (follower->source), step->result, &step->error);

  if (g_error_matches (step->error, BUS_ERROR, BUS_ERROR_NOT_IN_CHAIN)) {
    follower->anchored = FALSE;
    g_clear_error (&step->error);
    /* Once may be a reorganisation; several times without a block in between is not. */
    if (++follower->empty >= 5)
      g_set_error_literal (&step->error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER,
                           "the node contradicts itself about its chain");
    return;
  }
  if (blocks == NULL)
    return;
  if (blocks->blocks->len == 0) {
    take_no_blocks (follower, step);
    return;
  }
  if (!follows_place (follower->tracker, blocks)) {
    g_set_error_literal (&step->error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER,
                         "the node sent blocks of a different height");
    return;
  }
  for (guint i = 0; i < blocks->blocks->len; i++)
    wallet_tracker_connect (follower->tracker, g_ptr_array_index (blocks->blocks, i), blocks->first_height + (gint32) i,
                            batch);
  wallet_tracker_commit_later (follower->tracker, batch, NULL);
  follower->empty = 0;
  /* Rejected payments may be accepted after these blocks. */
  follower->resend_due = TRUE;
}

static void
take_mempool (WalletFollower *follower, WalletStep *step)
{
  gint64 begun_us = g_get_monotonic_time (), now_us;
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  g_autoptr (WalletChainMempool) mempool
      = wallet_chain_get_mempool_finish (wallet_source_get_chain (follower->source), step->result, &step->error);

  if (mempool == NULL) {
    wallet_follow_end_mempool (follower, NULL);
    return;
  }
  wallet_tracker_set_mempool (follower->tracker, mempool->txs, mempool->complete, batch);
  wallet_tracker_commit_later (follower->tracker, batch, NULL);
  follower->mempool_sequence = mempool->sequence;
  follower->mempool_complete = mempool->complete;
  wallet_follow_end_mempool (follower, &mempool->cursor);
  now_us = g_get_monotonic_time ();
  follower->mempool_after_us = now_us + MAX (MEMPOOL_INTERVAL_US, MEMPOOL_SHARE * (now_us - begun_us));
}

void
wallet_follow_take (WalletFollower *follower, WalletStep *step)
{
  switch (step->kind) {
  case WALLET_STEP_TIP:
    take_tip (follower, step);
    break;
  case WALLET_STEP_BIRTH_HASH:
  case WALLET_STEP_BIRTH_BLOCK:
    wallet_follow_take_birth (follower, step);
    break;
  case WALLET_STEP_ANCHOR:
    take_fork (follower, step);
    break;
  case WALLET_STEP_BLOCK:
    take_located_block (follower, step);
    break;
  case WALLET_STEP_BLOCKS:
    take_blocks (follower, step);
    break;
  case WALLET_STEP_SCAN:
  case WALLET_STEP_SCAN_HASH:
    wallet_follow_take_scan (follower, step);
    break;
  case WALLET_STEP_SUBMIT:
    wallet_follow_take_submit (follower, step);
    break;
  case WALLET_STEP_MEMPOOL:
    take_mempool (follower, step);
    break;
  case WALLET_N_STEPS:
    g_assert_not_reached ();
  }
}
