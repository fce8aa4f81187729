/* Reading blocks again, for payments that were not known for ours when they were read first. The wallet's place stays
 * where it is, so that it follows the chain meanwhile as always: what a reorganisation takes back is taken back. */
#include <string.h>

#include "dbus/errors.h"
#include "wallet/manager_private.h"

gboolean
wallet_scan_begin (WalletManager *self, Wallet *wallet, gint32 start, gint32 stop)
{
  if (wallet->scan.active)
    return FALSE;
  wallet->scan = (WalletScan){ .active = TRUE, .start = start, .stop = stop, .next = start };
  wallet->scan.begun_us = g_get_monotonic_time ();
  wallet_manager_follow_soon (self);
  return TRUE;
}

Step *
wallet_scan_plan (WalletManager *self, Wallet *wallet)
{
  WalletScan *scan = &wallet->scan;
  Step *step;

  if (scan->active && (scan->abort || scan->next > scan->stop))
    scan->active = FALSE;
  if (!scan->active)
    return NULL;
  if (scan->next > 0 && !scan->after_known) {
    step = wallet_step_new (self, STEP_SCAN_HASH, wallet->name);
    step->height = scan->next - 1;
    return step;
  }
  step = wallet_step_new (self, STEP_SCAN, wallet->name);
  memcpy (step->hash32, scan->after32, 32);
  step->from_start = scan->next == 0;
  step->limit = (guint) MIN (WALLET_BLOCKS_AT_ONCE, scan->stop - scan->next + 1);
  return step;
}

static void
take_blocks (Wallet *wallet, const WalletChainBlocks *blocks)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  WalletScan *scan = &wallet->scan;
  gint32 before = scan->next;

  for (guint i = 0; i < blocks->blocks->len && scan->next <= scan->stop; i++) {
    const BtcBlock *block = g_ptr_array_index (blocks->blocks, i);
    if (blocks->first_height + (gint32) i != scan->next)
      break;
    wallet_tracker_rescan (wallet->tracker, block, scan->next++, batch);
    memcpy (scan->after32, block->hash32, 32);
    scan->after_known = TRUE;
  }
  wallet_tracker_commit_later (wallet->tracker, batch, NULL);
  /* The chain is shorter than it was: what is left to read is read in the usual way. */
  if (scan->next == before)
    scan->active = FALSE;
}

/* The block that was read last is no longer on the chain. All below the fork were read, and those above it are read in
 * the usual way. */
static gboolean
is_over (const Step *step)
{
  return g_error_matches (step->error, BUS_ERROR, BUS_ERROR_NOT_IN_CHAIN);
}

void
wallet_scan_take (WalletManager *self, Step *step)
{
  Wallet *wallet = wallet_manager_find (self, step->wallet);
  WalletScan *scan = wallet != NULL ? &wallet->scan : NULL;

  if (step->kind == STEP_SCAN) {
    g_autoptr (WalletChainBlocks) blocks = wallet_chain_get_blocks_finish (self->chain, step->result, &step->error);
    if (blocks != NULL && scan != NULL && scan->active)
      take_blocks (wallet, blocks);
  } else {
    g_autofree WalletChainPlace *place = wallet_chain_get_hash_finish (self->chain, step->result, &step->error);
    if (place != NULL && scan != NULL) {
      memcpy (scan->after32, place->hash32, 32);
      scan->after_known = TRUE;
    }
  }
  if (is_over (step)) {
    g_clear_error (&step->error);
    if (scan != NULL)
      scan->active = FALSE;
  }
}
