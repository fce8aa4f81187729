/* Connects and disconnects blocks, and maintains the wallet's best block. */
#include <string.h>

#include "wallet/store/record.h"
#include "wallet/track/tracker_private.h"

/* The number of recent blocks that are all remembered; older ones are thinned out exponentially. */
#define KNOWN_RECENT 100
#define LOCATOR_MAX 101

gint32
wallet_tracker_get_place (WalletTracker *self, guint8 hash32[32])
{
  memcpy (hash32, self->hash32, 32);
  return self->height;
}

gint32
wallet_tracker_get_block_height (WalletTracker *self, const guint8 hash32[32])
{
  const WalletBlockInfo *info = g_hash_table_lookup (self->blocks, hash32);

  if (memcmp (hash32, self->genesis32, 32) == 0)
    return 0;
  for (guint i = self->known->len; i > 0; i--) {
    const WalletKnownBlock *block = &g_array_index (self->known, WalletKnownBlock, i - 1);
    if (memcmp (block->hash32, hash32, 32) == 0)
      return block->height;
  }
  return info != NULL ? info->height : -1;
}

/* Thins out the blocks before the recent ones: one for each power of two of distance. */
static void
thin_known (WalletTracker *self)
{
  guint keep_from = self->known->len - KNOWN_RECENT, out = 0;
  gint64 next = -1;

  for (guint i = 0; i < self->known->len; i++) {
    const WalletKnownBlock *block = &g_array_index (self->known, WalletKnownBlock, i);
    if (i < keep_from && block->height < next)
      continue;
    next = (gint64) block->height + MAX (1, (self->height - block->height) / 4);
    g_array_index (self->known, WalletKnownBlock, out++) = *block;
  }
  g_array_set_size (self->known, out);
}

static void
remember_block (WalletTracker *self, gint32 height, const guint8 hash32[32])
{
  WalletKnownBlock block = { .height = height };

  memcpy (block.hash32, hash32, 32);
  g_array_append_val (self->known, block);
  self->height = height;
  memcpy (self->hash32, hash32, 32);
  if (self->known->len >= 3 * KNOWN_RECENT)
    thin_known (self);
}

GByteArray *
wallet_tracker_dup_locator (WalletTracker *self)
{
  GByteArray *out = g_byte_array_new ();
  const guint limit = 32 * (LOCATOR_MAX - 1);

  for (guint i = self->known->len; i > 0 && out->len < limit / 2; i--)
    g_byte_array_append (out, g_array_index (self->known, WalletKnownBlock, i - 1).hash32, 32);
  /* Every fourth of the older ones: together with the first ones they reach back far enough. */
  for (gint64 i = (gint64) self->known->len - out->len / 32 - 1; i >= 0 && out->len < limit; i -= 4)
    g_byte_array_append (out, g_array_index (self->known, WalletKnownBlock, i).hash32, 32);
  for (guint i = 0; i < self->locator->len / 32 && out->len < limit; i++)
    g_byte_array_append (out, self->locator->data + 32 * i, 32);
  /* If a locator does not end with the genesis block, the reference rejects the wallet as one of another chain. */
  if (out->len > 0 && memcmp (out->data + out->len - 32, self->genesis32, 32) != 0)
    g_byte_array_append (out, self->genesis32, 32);
  return out;
}

static void
write_locator (WalletTracker *self, WalletBatch *batch)
{
  g_autoptr (GByteArray) locator = wallet_tracker_dup_locator (self);
  GByteArray *place = g_byte_array_new ();

  btc_write_data (place, self->hash32, 32);
  btc_write_u32 (place, (guint32) self->height);
  wallet_batch_set (batch, wallet_record_key (WALLET_RECORD_PLACE), place);
  wallet_batch_set (batch, wallet_record_key (WALLET_RECORD_BEST_BLOCK), wallet_record_value_locator (NULL, 0));
  wallet_batch_set (batch, wallet_record_key (WALLET_RECORD_BEST_BLOCK_NOMERKLE),
                    wallet_record_value_locator (locator->data, locator->len / 32));
}

void
wallet_tracker_set_place (WalletTracker *self, gint32 height, const guint8 hash32[32], WalletBatch *batch)
{
  remember_block (self, height, hash32);
  write_locator (self, batch);
  wallet_tracker_changed (self);
}

static void
record_block (WalletTracker *self, const guint8 hash32[32], gint32 height, guint32 time, WalletBatch *batch)
{
  WalletBlockInfo *info = g_new (WalletBlockInfo, 1);
  GByteArray *value = g_byte_array_new ();

  info->height = height;
  info->time = time;
  g_hash_table_replace (self->blocks, g_memdup2 (hash32, 32), info);
  btc_write_u32 (value, (guint32) height);
  btc_write_u32 (value, time);
  wallet_batch_set (batch, wallet_record_key_data (WALLET_RECORD_BLOCK, hash32, 32), value);
}

static void
confirm_tx (WalletTracker *self, WalletTx *tx, const BtcBlock *block, gint32 height, gint32 index, WalletBatch *batch)
{
  tx->state = WALLET_TX_CONFIRMED;
  tx->presumed = tx->mempool_conflict = FALSE;
  tx->height = height;
  tx->block_time = block->header.time;
  wallet_tx_record_set_state (tx->record, WALLET_TX_SAVED_CONFIRMED, block->hash32, index);
  wallet_tracker_write_tx (self, tx, batch);
  record_block (self, block->hash32, height, block->header.time, batch);
}

/* Adds the wallet's transactions of BLOCK. */
static void
blocks_apply (WalletTracker *self, const BtcBlock *block, gint32 height, WalletBatch *batch)
{
  for (guint32 i = 0; i < block->n_txs; i++) {
    const BtcTx *seen = &block->txs[i];
    if (i > 0)
      wallet_tracker_mark_conflicts (self, seen, block->hash32, height, batch);
    if (!wallet_tracker_is_relevant (self, seen))
      continue;
    WalletTx *tx = wallet_tracker_take_tx (self, seen, batch, block->header.time);
    confirm_tx (self, tx, block, height, (gint32) i, batch);
    wallet_tracker_notify (self, tx);
  }
}

void
wallet_tracker_connect (WalletTracker *self, const BtcBlock *block, gint32 height, WalletBatch *batch)
{
  blocks_apply (self, block, height, batch);
  remember_block (self, height, block->hash32);
  write_locator (self, batch);
  /* A block adds a confirmation, and coinbases mature, so every block is a change. */
  wallet_tracker_changed (self);
}

void
wallet_tracker_rescan (WalletTracker *self, const BtcBlock *block, gint32 height, WalletBatch *batch)
{
  if (height > self->height)
    return;
  self->rescanning = TRUE;
  blocks_apply (self, block, height, batch);
  self->rescanning = FALSE;
  wallet_tracker_changed (self);
}

void
wallet_tracker_rewind (WalletTracker *self, gint32 height, const guint8 hash32[32], WalletBatch *batch)
{
  while (self->known->len > 0 && g_array_index (self->known, WalletKnownBlock, self->known->len - 1).height >= height)
    g_array_set_size (self->known, self->known->len - 1);
  for (guint i = 0; i < self->ordered->len; i++) {
    WalletTx *tx = g_ptr_array_index (self->ordered, i);
    gboolean in_chain = tx->state == WALLET_TX_CONFIRMED || tx->state == WALLET_TX_CONFLICTED;
    /* A coinbase of a disconnected block can never be in another block. */
    if (in_chain && tx->height > height)
      wallet_tracker_set_state (self, tx, btc_tx_is_coinbase (tx->tx) ? WALLET_TX_ABANDONED : WALLET_TX_INACTIVE,
                                batch);
  }
  remember_block (self, height, hash32);
  write_locator (self, batch);
  wallet_tracker_changed (self);
}

gboolean
wallet_tracker_next_unknown_block (WalletTracker *self, guint8 hash32[32])
{
  for (guint i = 0; i < self->ordered->len; i++) {
    const WalletTx *tx = g_ptr_array_index (self->ordered, i);
    if ((tx->state == WALLET_TX_CONFIRMED || tx->state == WALLET_TX_CONFLICTED) && tx->height < 0) {
      memcpy (hash32, tx->record->block32, 32);
      return TRUE;
    }
  }
  return FALSE;
}

void
wallet_tracker_set_block (WalletTracker *self, const guint8 hash32[32], gint32 height, guint32 time, WalletBatch *batch)
{
  for (guint i = 0; i < self->ordered->len; i++) {
    WalletTx *tx = g_ptr_array_index (self->ordered, i);
    if ((tx->state != WALLET_TX_CONFIRMED && tx->state != WALLET_TX_CONFLICTED)
        || memcmp (tx->record->block32, hash32, 32) != 0)
      continue;
    if (height < 0) {
      wallet_tracker_set_state (self, tx, btc_tx_is_coinbase (tx->tx) ? WALLET_TX_ABANDONED : WALLET_TX_INACTIVE,
                                batch);
      continue;
    }
    tx->height = height;
    tx->block_time = time;
  }
  if (height >= 0)
    record_block (self, hash32, height, time, batch);
  wallet_tracker_changed (self);
}
