/* What the node has answered is worked into the wallet. */
#include <string.h>

#include "wallet/follow/follower_private.h"

/* The mempool is read whole, so not at every change of it. */
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

/* One of those that were asked for, or the genesis block. */
static gboolean
is_in_locator (const GByteArray *locator, const WalletChainPlace *fork)
{
  for (guint i = 0; i + 32 <= locator->len; i += 32)
    if (memcmp (locator->data + i, fork->hash32, 32) == 0)
      return TRUE;
  return fork->height == 0;
}

static void
take_fork (WalletFollower *follower, WalletStep *step)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  g_autofree WalletChainPlace *fork
      = wallet_chain_find_fork_finish (wallet_source_get_chain (follower->source), step->result, &step->error);

  if (fork == NULL)
    return;
  if (!is_in_locator (step->locator, fork)) {
    g_set_error_literal (&step->error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER,
                         "the node sent a fork that was not asked for");
    return;
  }
  if (memcmp (fork->hash32, step->locator->data, 32) != 0) {
    wallet_tracker_rewind (follower->tracker, fork->height, fork->hash32, batch);
    /* What was confirmed may be back in the mempool, and the event that said so came when it still was. */
    follower->mempool_seen = FALSE;
  } else
    wallet_tracker_set_place (follower->tracker, fork->height, fork->hash32, batch);
  follower->anchored = TRUE;
  wallet_tracker_commit_later (follower->tracker, batch, NULL);
}

/* A block that the node does not have is on no chain. */
static void
take_block (WalletFollower *follower, WalletStep *step)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  g_autoptr (WalletChainBlock) found
      = wallet_chain_get_block_finish (wallet_source_get_chain (follower->source), step->result, &step->error);
  gint32 height = -1;
  guint32 time = 0;

  if (g_error_matches (step->error, BUS_ERROR, BUS_ERROR_NOT_FOUND))
    g_clear_error (&step->error);
  if (step->error != NULL)
    return;
  if (found != NULL && found->active) {
    height = found->height;
    time = found->block->header.time;
  }
  wallet_tracker_set_block (follower->tracker, step->hash32, height, time, batch);
  wallet_tracker_commit_later (follower->tracker, batch, NULL);
}

/* No block came, though the tip is another one: it may have changed meanwhile, so the node is asked; and if it says the same
 * again, it contradicts itself. */
static void
take_no_blocks (WalletFollower *follower, WalletStep *step)
{
  follower->ask_tip = TRUE;
  if (++follower->empty >= 2)
    g_set_error_literal (&step->error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER,
                         "the node reports a tip that is not on its chain");
}

static void
take_blocks (WalletFollower *follower, WalletStep *step)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  g_autoptr (WalletChainBlocks) blocks
      = wallet_chain_get_blocks_finish (wallet_source_get_chain (follower->source), step->result, &step->error);
  guint8 hash32[32];
  gint32 height;
  guint taken = 0;

  if (g_error_matches (step->error, BUS_ERROR, BUS_ERROR_NOT_IN_CHAIN)) {
    follower->anchored = FALSE;
    g_clear_error (&step->error);
    /* Once is a reorganisation; again and again without a block between them is none. */
    if (++follower->empty >= 5)
      g_set_error_literal (&step->error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER, "the node does not know its own chain");
    return;
  }
  if (blocks == NULL)
    return;
  for (guint i = 0; i < blocks->blocks->len; i++) {
    const BtcBlock *block = g_ptr_array_index (blocks->blocks, i);
    height = wallet_tracker_get_place (follower->tracker, hash32);
    if (blocks->first_height + (gint64) i != (gint64) height + 1
        || (height >= 0 && memcmp (hash32, block->header.prev32, 32) != 0))
      break;
    wallet_tracker_connect (follower->tracker, block, height + 1, batch);
    taken++;
  }
  wallet_tracker_commit_later (follower->tracker, batch, NULL);
  if (taken == 0) {
    take_no_blocks (follower, step);
    return;
  }
  follower->empty = 0;
  /* What was refused before may be welcome after these blocks. */
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
  case WALLET_STEP_ANCHOR:
    take_fork (follower, step);
    break;
  case WALLET_STEP_BLOCK:
    take_block (follower, step);
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
