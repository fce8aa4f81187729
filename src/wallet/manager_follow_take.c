/* What the node has answered is worked into the wallets, on the wallet thread. */
#include <string.h>

#include "common/log.h"
#include "dbus/errors.h"
#include "wallet/manager_private.h"

/* The mempool is read whole, so not at every change of it. */
#define MEMPOOL_INTERVAL_US 100000
#define MEMPOOL_SHARE 10

void
wallet_manager_take_tip (WalletManager *self, GVariant *answer)
{
  WalletChainTip tip = { 0 };
  g_autoptr (GVariant) hash = NULL;
  gsize len;

  g_variant_get (answer, "(tu@ayt)", &tip.sequence, &tip.height, &hash, &tip.mempool_sequence);
  gconstpointer data = g_variant_get_fixed_array (hash, &len, 1);
  if (len != 32)
    return;
  memcpy (tip.hash32, data, 32);
  g_mutex_lock (&self->tip_lock);
  self->tip = tip;
  self->tip_known = TRUE;
  g_mutex_unlock (&self->tip_lock);
}

static void
take_fork (Step *step)
{
  Wallet *wallet = wallet_manager_find (step->self, step->wallet);
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  g_autoptr (GVariant) hash = NULL;
  guint32 height;
  gsize len;

  g_variant_get (step->answer, "(u@ay)", &height, &hash);
  const guint8 *found32 = g_variant_get_fixed_array (hash, &len, 1);
  if (wallet == NULL || len != 32)
    return;
  if (memcmp (found32, step->hash32, 32) != 0)
    wallet_tracker_rewind (wallet->tracker, (gint32) height, found32, batch);
  else
    wallet_tracker_set_place (wallet->tracker, (gint32) height, found32, batch);
  wallet->anchored = TRUE;
  wallet_tracker_commit_later (wallet->tracker, batch, NULL);
}

/* Where a block stands that another program has noted. A block that the node does not have is on no chain. */
static void
take_block (Step *step)
{
  Wallet *wallet = wallet_manager_find (step->self, step->wallet);
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  gint32 height = -1;
  guint32 time = 0;

  if (wallet == NULL)
    return;
  if (step->answer != NULL) {
    gsize len;
    const guint8 *header = g_bytes_get_data (step->bulk, &len);
    gboolean active;
    guint32 answered;
    g_variant_get_child (step->answer, 0, "u", &answered);
    g_variant_get_child (step->answer, 1, "b", &active);
    if (active && answered <= G_MAXINT32 && len >= 80) {
      height = (gint32) answered;
      time = btc_get_u32 (header + 68);
    }
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
  gboolean taken = FALSE;
  BtcReader reader;
  gsize len = 0;
  const guint8 *data = step->bulk != NULL ? g_bytes_get_data (step->bulk, &len) : NULL;

  for (guint i = 0; i < self->wallets->len; i++)
    g_ptr_array_add (batches, wallet_batch_new ());
  btc_reader_init (&reader, data, len);
  while (btc_reader_left (&reader) > 0) {
    guint32 height = btc_reader_u32 (&reader);
    btc_reader_skip (&reader, 32);
    guint32 size = btc_reader_u32 (&reader);
    gsize at = reader.pos;
    btc_reader_skip (&reader, size);
    if (reader.failed || height > G_MAXINT32)
      break;
    g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (step->bulk, at, size);
    g_autoptr (BtcBlock) block = btc_block_new (bytes);
    if (block == NULL)
      break;
    taken |= connect_block (self, block, (gint32) height, batches);
  }
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
  g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  gint64 begun_us = g_get_monotonic_time ();
  gboolean complete = TRUE;
  guint64 sequence;
  BtcReader reader;
  gsize len = 0;
  const guint8 *data = step->bulk != NULL ? g_bytes_get_data (step->bulk, &len) : NULL;

  g_variant_get_child (step->answer, 0, "t", &sequence);
  g_variant_get_child (step->answer, 2, "b", &complete);
  btc_reader_init (&reader, data, len);
  while (btc_reader_left (&reader) > 0) {
    BtcSpan raw = btc_reader_span (&reader, btc_reader_u32 (&reader));
    BtcTx *tx = reader.failed ? NULL : btc_tx_new (raw.data, raw.len, TRUE);
    if (tx == NULL)
      break;
    g_ptr_array_add (txs, tx);
  }
  for (guint i = 0; i < self->wallets->len; i++) {
    Wallet *wallet = g_ptr_array_index (self->wallets, i);
    g_autoptr (WalletBatch) batch = wallet_batch_new ();
    wallet_tracker_set_mempool (wallet->tracker, txs, complete, batch);
    wallet_tracker_commit_later (wallet->tracker, batch, NULL);
    wallet->mempool_seen = TRUE;
    wallet->mempool_sequence = sequence;
    wallet->mempool_complete = complete;
  }
  g_mutex_lock (&self->tip_lock);
  self->tip.mempool_sequence = MAX (self->tip.mempool_sequence, sequence);
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
    common_debug (COMMON_LOG_WALLETDB, "%s: %s", step->method, step->error->message);
    g_atomic_int_set (&self->resend_due, TRUE);
    step->delay_ms = WALLET_RETRY_MS;
  }
}

void
wallet_follow_take (WalletManager *self, Step *step)
{
  if (step->epoch != g_atomic_int_get (&self->epoch))
    common_debug (COMMON_LOG_WALLETDB, "%s: the answer is of a node that is gone", step->method);
  else if (step->kind == STEP_SUBMIT)
    wallet_submit_take (self, step);
  else if (step->kind == STEP_BLOCK && g_error_matches (step->error, BUS_ERROR, BUS_ERROR_NOT_FOUND))
    take_block (step);
  else if ((step->kind == STEP_SCAN || step->kind == STEP_SCAN_HASH)
           && (step->error == NULL || g_error_matches (step->error, BUS_ERROR, BUS_ERROR_NOT_IN_CHAIN)))
    wallet_scan_take (self, step);
  else if (step->error != NULL)
    step_failed (self, step);
  else
    switch (step->kind) {
    case STEP_TIP:
      wallet_manager_take_tip (self, step->answer);
      break;
    case STEP_ANCHOR:
      take_fork (step);
      break;
    case STEP_BLOCK:
      take_block (step);
      break;
    case STEP_BLOCKS:
      take_blocks (self, step);
      break;
    case STEP_MEMPOOL:
      take_mempool (self, step);
      break;
    case STEP_SCAN:
    case STEP_SCAN_HASH:
    case STEP_SUBMIT:
      break;
    }
}
