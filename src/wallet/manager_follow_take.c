/* What the node has answered is worked into the wallets, on the wallet thread. */
#include <string.h>

#include "common/log.h"
#include "dbus/errors.h"
#include "wallet/manager_private.h"

/* The mempool is read whole, so not at every change of it. */
#define MEMPOOL_INTERVAL_US 100000
#define MEMPOOL_SHARE 10

void
wallet_manager_take_tip (WalletManager *self, const WalletChainTip *tip)
{
  g_mutex_lock (&self->tip_lock);
  self->tip = *tip;
  self->tip_known = TRUE;
  g_mutex_unlock (&self->tip_lock);
}

static void
take_tip (WalletManager *self, Step *step)
{
  g_autofree WalletChainTip *tip = wallet_chain_get_tip_finish (self->chain, step->result, &step->error);

  if (tip != NULL)
    wallet_manager_take_tip (self, tip);
}

static void
take_fork (WalletManager *self, Step *step)
{
  Wallet *wallet = wallet_manager_find (self, step->wallet);
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  g_autofree WalletChainPlace *fork = wallet_chain_find_fork_finish (self->chain, step->result, &step->error);

  if (wallet == NULL || fork == NULL)
    return;
  if (memcmp (fork->hash32, step->locator->data, 32) != 0)
    wallet_tracker_rewind (wallet->tracker, fork->height, fork->hash32, batch);
  else
    wallet_tracker_set_place (wallet->tracker, fork->height, fork->hash32, batch);
  wallet->anchored = TRUE;
  wallet_tracker_commit_later (wallet->tracker, batch, NULL);
}

/* Where a block stands that another program has noted. A block that the node does not have is on no chain. */
static void
take_block (WalletManager *self, Step *step)
{
  Wallet *wallet = wallet_manager_find (self, step->wallet);
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  g_autoptr (WalletChainBlock) found = wallet_chain_get_block_finish (self->chain, step->result, &step->error);
  gint32 height = -1;
  guint32 time = 0;

  if (g_error_matches (step->error, BUS_ERROR, BUS_ERROR_NOT_FOUND))
    g_clear_error (&step->error);
  if (wallet == NULL || step->error != NULL)
    return;
  if (found != NULL && found->active) {
    height = found->height;
    time = found->block->header.time;
  }
  wallet_tracker_set_block (wallet->tracker, step->hash32, height, time, batch);
  wallet_tracker_commit_later (wallet->tracker, batch, NULL);
}

/* Gives BLOCK to every wallet that stands right before it. */
static gboolean
connect_block (WalletManager *self, const BtcBlock *block, gint32 height, GPtrArray *batches)
{
  gboolean taken = FALSE;

  for (guint i = 0; i < self->wallets->len; i++) {
    Wallet *wallet = g_ptr_array_index (self->wallets, i);
    guint8 hash32[32];
    gint32 place = wallet_tracker_get_place (wallet->tracker, hash32);
    if (!wallet->anchored || place != height - 1 || (place >= 0 && memcmp (hash32, block->header.prev32, 32) != 0))
      continue;
    wallet_tracker_connect (wallet->tracker, block, height, g_ptr_array_index (batches, i));
    taken = TRUE;
  }
  return taken;
}

static void
take_blocks (WalletManager *self, Step *step)
{
  g_autoptr (GPtrArray) batches = g_ptr_array_new_with_free_func ((GDestroyNotify) wallet_batch_free);
  g_autoptr (WalletChainBlocks) blocks = wallet_chain_get_blocks_finish (self->chain, step->result, &step->error);
  gboolean taken = FALSE;

  if (blocks == NULL)
    return;
  for (guint i = 0; i < self->wallets->len; i++)
    g_ptr_array_add (batches, wallet_batch_new ());
  for (guint i = 0; i < blocks->blocks->len; i++)
    taken |= connect_block (self, g_ptr_array_index (blocks->blocks, i), blocks->first_height + (gint32) i, batches);
  for (guint i = 0; i < self->wallets->len; i++)
    wallet_tracker_commit_later (((Wallet *) g_ptr_array_index (self->wallets, i))->tracker,
                                 g_ptr_array_index (batches, i), NULL);
  self->sync_empty = taken ? 0 : self->sync_empty + 1;
  /* What was refused before may be welcome after these blocks. */
  if (taken)
    g_atomic_int_set (&self->resend_due, TRUE);
  if (!taken) {
    /* The tip is not what it was said to be: ask. */
    g_mutex_lock (&self->tip_lock);
    self->tip_known = FALSE;
    g_mutex_unlock (&self->tip_lock);
  }
}

static void
take_mempool (WalletManager *self, Step *step)
{
  gint64 begun_us = g_get_monotonic_time ();
  g_autoptr (WalletChainMempool) mempool = wallet_chain_get_mempool_finish (self->chain, step->result, &step->error);

  if (mempool == NULL)
    return;
  for (guint i = 0; i < self->wallets->len; i++) {
    Wallet *wallet = g_ptr_array_index (self->wallets, i);
    g_autoptr (WalletBatch) batch = wallet_batch_new ();
    wallet_tracker_set_mempool (wallet->tracker, mempool->txs, mempool->complete, batch);
    wallet_tracker_commit_later (wallet->tracker, batch, NULL);
    wallet->mempool_seen = TRUE;
    wallet->mempool_sequence = mempool->sequence;
    wallet->mempool_complete = mempool->complete;
  }
  g_mutex_lock (&self->tip_lock);
  self->tip.mempool_sequence = MAX (self->tip.mempool_sequence, mempool->sequence);
  g_mutex_unlock (&self->tip_lock);
  gint64 now_us = g_get_monotonic_time ();
  self->mempool_after_us = now_us + MAX (MEMPOOL_INTERVAL_US, MEMPOOL_SHARE * (now_us - begun_us));
}

static void
step_failed (WalletManager *self, Step *step)
{
  Wallet *wallet = step->wallet != NULL ? wallet_manager_find (self, step->wallet) : NULL;

  if (wallet != NULL && g_error_matches (step->error, BUS_ERROR, BUS_ERROR_NOT_IN_CHAIN))
    wallet->anchored = FALSE;
  else {
    common_debug (COMMON_LOG_WALLETDB, "The node was asked for the chain, but: %s", step->error->message);
    g_atomic_int_set (&self->resend_due, TRUE);
    step->delay_ms = WALLET_RETRY_MS;
  }
}

void
wallet_follow_take (WalletManager *self, Step *step)
{
  if (step->epoch != g_atomic_int_get (&self->epoch)) {
    common_debug (COMMON_LOG_WALLETDB, "The answer of a node that is gone is not used");
    return;
  }
  switch (step->kind) {
  case STEP_WAIT:
    break;
  case STEP_TIP:
    take_tip (self, step);
    break;
  case STEP_ANCHOR:
    take_fork (self, step);
    break;
  case STEP_BLOCK:
    take_block (self, step);
    break;
  case STEP_BLOCKS:
    take_blocks (self, step);
    break;
  case STEP_MEMPOOL:
    take_mempool (self, step);
    break;
  case STEP_SCAN:
  case STEP_SCAN_HASH:
    wallet_scan_take (self, step);
    break;
  case STEP_SUBMIT:
    wallet_submit_take (self, step);
    return;
  }
  if (step->error != NULL)
    step_failed (self, step);
}
