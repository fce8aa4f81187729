/* Reading blocks again, for payments that were not known for ours when they were read first. The wallet's place stays
 * where it is, so that it follows the chain meanwhile as always: what a reorganisation takes back is taken back. */
#include <string.h>

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
  guint count;

  if (scan->active && (scan->abort || scan->next > scan->stop))
    scan->active = FALSE;
  if (!scan->active)
    return NULL;
  if (scan->next > 0 && !scan->after_known)
    return wallet_step_new (self, STEP_SCAN_HASH, "GetHash", g_variant_new ("(u)", (guint32) scan->next - 1),
                            wallet->name);
  count = (guint) MIN (WALLET_BLOCKS_AT_ONCE, scan->stop - scan->next + 1);
  return wallet_step_new (self, STEP_SCAN, "GetBlocks",
                          g_variant_new ("(@ayu)", wallet_step_bytes (scan->after32, scan->next > 0 ? 32 : 0), count),
                          wallet->name);
}

static void
take_blocks (Wallet *wallet, GBytes *bulk)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  WalletScan *scan = &wallet->scan;
  gint32 before = scan->next;
  BtcReader reader;
  gsize len = 0;
  const guint8 *data = bulk != NULL ? g_bytes_get_data (bulk, &len) : NULL;

  btc_reader_init (&reader, data, len);
  while (btc_reader_left (&reader) > 0 && scan->next <= scan->stop) {
    guint32 height = btc_reader_u32 (&reader);
    btc_reader_skip (&reader, 32);
    guint32 size = btc_reader_u32 (&reader);
    gsize at = reader.pos;
    btc_reader_skip (&reader, size);
    if (reader.failed || height != (guint32) scan->next)
      break;
    g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (bulk, at, size);
    g_autoptr (BtcBlock) block = btc_block_new (bytes);
    if (block == NULL)
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

void
wallet_scan_take (WalletManager *self, Step *step)
{
  Wallet *wallet = wallet_manager_find (self, step->wallet);
  g_autoptr (GVariant) hash = NULL;
  gsize len;

  if (wallet == NULL || !wallet->scan.active)
    return;
  if (step->error != NULL) {
    /* The block that was read last is no longer on the chain. All below the fork were read, and those above it are
     * read in the usual way. */
    wallet->scan.active = FALSE;
    return;
  }
  if (step->kind == STEP_SCAN) {
    take_blocks (wallet, step->bulk);
    return;
  }
  g_variant_get (step->answer, "(@ay)", &hash);
  const guint8 *data = g_variant_get_fixed_array (hash, &len, 1);
  wallet->scan.active = len == 32;
  if (len != 32)
    return;
  memcpy (wallet->scan.after32, data, 32);
  wallet->scan.after_known = TRUE;
}
