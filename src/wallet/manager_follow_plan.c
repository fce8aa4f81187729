/* What is to be asked of the node next, on the wallet thread. In this order: where the tip is; where a wallet's last block
 * stands; the heights of blocks that another program has noted; blocks; payments that this node was not told of; the
 * mempool; payments that are tried once more (manager_submit.c). */
#include <string.h>

#include "wallet/manager_private.h"

/* Finds out where WALLET stands; NULL when nobody has to be asked. */
static Step *
plan_anchor (WalletManager *self, Wallet *wallet, const WalletChainTip *tip)
{
  g_autoptr (GByteArray) locator = wallet_tracker_dup_locator (wallet->tracker);
  Step *step;

  if (locator->len == 0) {
    wallet->anchored = TRUE;
    if (wallet->fresh) {
      g_autoptr (WalletBatch) batch = wallet_batch_new ();
      wallet_tracker_set_place (wallet->tracker, tip->height, tip->hash32, batch);
      wallet_tracker_commit_later (wallet->tracker, batch, NULL);
    }
    return NULL;
  }
  step = wallet_step_new (self, STEP_ANCHOR, wallet->name);
  step->locator = g_steal_pointer (&locator);
  return step;
}

static Step *
plan_block (WalletManager *self, Wallet *wallet)
{
  guint8 hash32[32];
  Step *step;

  if (!wallet_tracker_next_unknown_block (wallet->tracker, hash32))
    return NULL;
  step = wallet_step_new (self, STEP_BLOCK, wallet->name);
  memcpy (step->hash32, hash32, 32);
  return step;
}

static Step *
plan_blocks (WalletManager *self, Wallet *wallet, const WalletChainTip *tip)
{
  guint8 hash32[32];
  gint32 height = wallet_tracker_get_place (wallet->tracker, hash32);
  Step *step;

  wallet->behind = memcmp (hash32, tip->hash32, 32) != 0;
  if (!wallet->behind || self->sync_empty >= 2)
    return NULL;
  step = wallet_step_new (self, STEP_BLOCKS, wallet->name);
  memcpy (step->hash32, hash32, 32);
  step->from_start = height < 0;
  step->limit = WALLET_BLOCKS_AT_ONCE;
  return step;
}

/* Another node process is there: where the wallet stands on its chain, and what it has in its mempool, is not known. */
static void
meet_node (WalletManager *self, Wallet *wallet)
{
  int epoch = g_atomic_int_get (&self->epoch);

  if (wallet->epoch == epoch)
    return;
  wallet->epoch = epoch;
  wallet->anchored = wallet->mempool_seen = FALSE;
  wallet->submitting = wallet->submitted = FALSE;
}

static Step *
plan_wallets (WalletManager *self, const WalletChainTip *tip)
{
  Step *step = NULL;
  guint i;

  for (i = 0; i < self->wallets->len && step == NULL; i++) {
    Wallet *wallet = g_ptr_array_index (self->wallets, i);
    meet_node (self, wallet);
    if (!wallet->anchored)
      step = plan_anchor (self, wallet, tip);
    if (step == NULL)
      step = plan_block (self, wallet);
    if (step == NULL)
      step = plan_blocks (self, wallet, tip);
    if (step == NULL)
      step = wallet_scan_plan (self, wallet);
  }
  return step;
}

static Step *
plan_mempool (WalletManager *self, const WalletChainTip *tip)
{
  for (guint i = 0; i < self->wallets->len; i++) {
    const Wallet *wallet = g_ptr_array_index (self->wallets, i);
    gint64 wait_us = self->mempool_after_us - g_get_monotonic_time ();
    Step *step;
    /* While the node loads its mempool it is read again and again. */
    if (wallet->mempool_seen && wallet->mempool_complete && wallet->mempool_sequence == tip->mempool_sequence)
      continue;
    if (wait_us <= 0)
      return wallet_step_new (self, STEP_MEMPOOL, NULL);
    step = wallet_step_new (self, STEP_WAIT, NULL);
    step->delay_ms = (guint) (wait_us / 1000) + 1;
    return step;
  }
  return NULL;
}

Step *
wallet_follow_plan (WalletManager *self)
{
  WalletChainTip tip;
  gboolean known;
  Step *step;

  g_mutex_lock (&self->tip_lock);
  tip = self->tip;
  known = self->tip_known;
  g_mutex_unlock (&self->tip_lock);
  if (!known)
    return wallet_step_new (self, STEP_TIP, NULL);
  step = plan_wallets (self, &tip);
  for (guint i = 0; i < self->wallets->len && step == NULL; i++)
    step = wallet_submit_plan_first (self, g_ptr_array_index (self->wallets, i));
  if (step == NULL)
    step = plan_mempool (self, &tip);
  return step != NULL ? step : wallet_submit_plan (self);
}
