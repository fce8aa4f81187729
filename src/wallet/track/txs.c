/* The transactions of a wallet: adding them, their states, and the coins that they spend. */
#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "common/clock.h"
#include "wallet/store/record.h"
#include "wallet/track/tracker_private.h"

void
wallet_tx_free (WalletTx *tx)
{
  wallet_tx_record_free (tx->record);
  g_free (tx->refusal);
  g_free (tx);
}

void
wallet_tracker_index_tx (WalletTracker *self, WalletTx *tx)
{
  g_hash_table_insert (self->txs, (gpointer) tx->tx->txid32, tx);
  for (guint32 i = 0; i < tx->tx->n_in; i++) {
    const BtcOutpoint *prevout = &tx->tx->in[i].prevout;
    GPtrArray *spenders = g_hash_table_lookup (self->spends, prevout);
    if (btc_outpoint_is_null (prevout))
      continue;
    if (spenders == NULL) {
      spenders = g_ptr_array_new ();
      g_hash_table_insert (self->spends, g_memdup2 (prevout, sizeof *prevout), spenders);
    }
    g_ptr_array_add (spenders, tx);
  }
  for (guint32 i = 0; i < tx->tx->n_out; i++) {
    WalletKeyRef ref;
    if (!wallet_keyring_find (self->keyring, tx->tx->out[i].script, &ref))
      continue;
    WalletCoin *coin = g_new0 (WalletCoin, 1);
    memcpy (coin->outpoint.txid32, tx->tx->txid32, 32);
    coin->outpoint.n = i;
    coin->tx = tx;
    coin->out = &tx->tx->out[i];
    coin->ref = ref;
    coin->locked = g_hash_table_contains (self->locked, &coin->outpoint);
    g_hash_table_insert (self->coins, &coin->outpoint, coin);
  }
}

void
wallet_tracker_compute_amounts (WalletTracker *self, WalletTx *tx)
{
  tx->debit_sat = tx->credit_sat = 0;
  tx->own_inputs = 0;
  for (guint32 i = 0; i < tx->tx->n_in; i++) {
    const WalletCoin *coin = g_hash_table_lookup (self->coins, &tx->tx->in[i].prevout);
    if (coin != NULL) {
      btc_amount_add (tx->debit_sat, coin->out->value_sat, &tx->debit_sat);
      tx->own_inputs++;
    }
  }
  for (guint32 i = 0; i < tx->tx->n_out; i++)
    if (wallet_keyring_find (self->keyring, tx->tx->out[i].script, NULL))
      btc_amount_add (tx->credit_sat, tx->tx->out[i].value_sat, &tx->credit_sat);
}

static WalletTx *
tx_new (WalletTxRecord *record)
{
  WalletTx *tx = g_new0 (WalletTx, 1);

  tx->record = record;
  tx->tx = record->tx;
  tx->height = -1;
  tx->state = WALLET_TX_INACTIVE;
  return tx;
}

void
wallet_tracker_insert_loaded (WalletTracker *self, WalletTxRecord *record)
{
  WalletTx *tx = tx_new (record);
  const WalletBlockInfo *info = g_hash_table_lookup (self->blocks, record->block32);

  switch (wallet_tx_record_get_state (record)) {
  case WALLET_TX_SAVED_INACTIVE:
  case WALLET_TX_SAVED_UNKNOWN:
    break;
  case WALLET_TX_SAVED_ABANDONED:
    tx->state = WALLET_TX_ABANDONED;
    break;
  case WALLET_TX_SAVED_CONFIRMED:
    tx->state = WALLET_TX_CONFIRMED;
    break;
  case WALLET_TX_SAVED_CONFLICTED:
    tx->state = WALLET_TX_CONFLICTED;
    break;
  }
  if (info != NULL && (tx->state == WALLET_TX_CONFIRMED || tx->state == WALLET_TX_CONFLICTED)) {
    tx->height = info->height;
    tx->block_time = info->time;
  }
  if (record->order_pos == -1)
    record->order_pos = self->order_pos_next;
  self->order_pos_next = MAX (self->order_pos_next, record->order_pos + 1);
  wallet_tracker_index_tx (self, tx);
  g_ptr_array_add (self->ordered, tx);
}

gboolean
wallet_tracker_is_relevant (WalletTracker *self, const BtcTx *tx)
{
  if (g_hash_table_contains (self->txs, tx->txid32))
    return TRUE;
  for (guint32 i = 0; i < tx->n_out; i++)
    if (wallet_keyring_find (self->keyring, tx->out[i].script, NULL))
      return TRUE;
  for (guint32 i = 0; i < tx->n_in; i++)
    if (g_hash_table_contains (self->coins, &tx->in[i].prevout))
      return TRUE;
  return FALSE;
}

void
wallet_tracker_add_wtxid (WalletTracker *self, const guint8 txid32[32], const guint8 wtxid32[32])
{
  GByteArray *wtxids = g_hash_table_lookup (self->wtxids, txid32);

  if (wtxids == NULL) {
    wtxids = g_byte_array_new ();
    g_hash_table_insert (self->wtxids, g_memdup2 (txid32, 32), wtxids);
  }
  for (guint i = 0; i < wtxids->len; i += 32)
    if (memcmp (wtxids->data + i, wtxid32, 32) == 0)
      return;
  g_byte_array_append (wtxids, wtxid32, 32);
}

const GByteArray *
wallet_tracker_get_wtxids (WalletTracker *self, const WalletTx *tx)
{
  return g_hash_table_lookup (self->wtxids, tx->tx->txid32);
}

void
wallet_tracker_write_tx (WalletTracker *self, WalletTx *tx, WalletBatch *batch)
{
  GByteArray *key = wallet_record_key_data (WALLET_RECORD_TX_VARIANT, tx->tx->txid32, 32);
  GByteArray *value = g_byte_array_new ();

  btc_write_data (key, tx->tx->wtxid32, 32);
  btc_write_data (value, tx->tx->bytes.data, tx->tx->bytes.len);
  wallet_tracker_add_wtxid (self, tx->tx->txid32, tx->tx->wtxid32);
  wallet_batch_set (batch, key, value);
  wallet_batch_set (batch, wallet_record_key_data (WALLET_RECORD_TX, tx->tx->txid32, 32),
                    wallet_tx_record_write (tx->record));
}

void
wallet_tracker_set_tx_label (WalletTracker *self, WalletTx *tx, const char *label, WalletBatch *batch)
{
  g_free (tx->record->comment);
  tx->record->comment = *label != '\0' ? g_strdup (label) : NULL;
  wallet_tracker_write_tx (self, tx, batch);
  wallet_tracker_changed (self);
}

/* A time that never decreases in the order of transactions; the time of the block for old blocks. */
static gint64
smart_time (WalletTracker *self, gint64 now, gint64 block_time)
{
  const WalletTx *last = self->ordered->len > 0 ? g_ptr_array_index (self->ordered, self->ordered->len - 1) : NULL;
  gint64 latest = last != NULL ? wallet_tx_get_time (last) : 0;

  if (block_time == 0)
    return now;
  /* A transaction found by a rescan has the time of its block. */
  if (self->rescanning)
    return block_time;
  if (latest > now + 300)
    latest = 0;
  return MAX (latest, MIN (block_time, now));
}

WalletTx *
wallet_tracker_take_tx (WalletTracker *self, const BtcTx *seen, WalletBatch *batch, gint64 block_time)
{
  g_autoptr (BtcTx) copy = NULL;
  WalletTx *tx = g_hash_table_lookup (self->txs, seen->txid32);
  gint64 now = common_clock_now ();

  wallet_tracker_mark_reuse (self, seen, batch);
  if (tx != NULL)
    return tx;
  copy = btc_tx_dup (seen);
  tx = tx_new (wallet_tx_record_new (copy));
  tx->record->order_pos = self->order_pos_next++;
  tx->record->time_received = (guint32) now;
  tx->record->time_smart = smart_time (self, now, block_time);
  wallet_batch_set (batch, wallet_record_key (WALLET_RECORD_ORDER_POS_NEXT),
                    wallet_record_value_u64 ((guint64) self->order_pos_next));
  for (guint32 i = 0; i < tx->tx->n_out; i++)
    wallet_keyring_mark_used (self->keyring, tx->tx->out[i].script, batch);
  wallet_tracker_index_tx (self, tx);
  wallet_tracker_compute_amounts (self, tx);
  g_ptr_array_add (self->ordered, tx);
  /* A transaction that spends it may have been added first. */
  for (guint32 i = 0; i < tx->tx->n_out; i++) {
    BtcOutpoint outpoint = { .n = i };
    memcpy (outpoint.txid32, tx->tx->txid32, 32);
    GPtrArray *spenders = g_hash_table_lookup (self->spends, &outpoint);
    for (guint s = 0; spenders != NULL && s < spenders->len; s++)
      wallet_tracker_compute_amounts (self, g_ptr_array_index (spenders, s));
  }
  return tx;
}

void
wallet_tracker_set_state (WalletTracker *self, WalletTx *tx, WalletTxState state, WalletBatch *batch)
{
  WalletTxSaved saved = WALLET_TX_SAVED_INACTIVE;

  switch (state) {
  case WALLET_TX_CONFIRMED:
  case WALLET_TX_CONFLICTED:
    g_assert_not_reached (); /* these two need a block */
  case WALLET_TX_ABANDONED:
    saved = WALLET_TX_SAVED_ABANDONED;
    break;
  case WALLET_TX_MEMPOOL:
  case WALLET_TX_INACTIVE:
    break;
  }
  tx->state = state;
  tx->presumed = FALSE;
  tx->height = -1;
  tx->block_time = 0;
  wallet_tx_record_set_state (tx->record, saved, NULL, 0);
  wallet_tracker_write_tx (self, tx, batch);
  wallet_tracker_changed (self);
  wallet_tracker_notify (self, tx);
}

WalletTx *
wallet_tracker_get_tx (WalletTracker *self, const guint8 txid32[32])
{
  return g_hash_table_lookup (self->txs, txid32);
}

GPtrArray *
wallet_tracker_get_txs (WalletTracker *self)
{
  return self->ordered;
}

WalletTx *
wallet_tracker_add_own (WalletTracker *self, BtcTx *own, WalletBatch *batch)
{
  WalletTx *tx = wallet_tracker_take_tx (self, own, batch, 0);

  wallet_tracker_write_tx (self, tx, batch);
  wallet_tracker_changed (self);
  return tx;
}

static GByteArray *
recipient_key (const BtcOutpoint *output)
{
  GByteArray *key = wallet_record_key_data (WALLET_RECORD_RECIPIENT, output->txid32, 32);

  btc_write_u32 (key, output->n);
  return key;
}

void
wallet_tracker_remove (WalletTracker *self, WalletTx *tx, WalletBatch *batch)
{
  GByteArray *variant = wallet_record_key_data (WALLET_RECORD_TX_VARIANT, tx->tx->txid32, 32);

  btc_write_data (variant, tx->tx->wtxid32, 32);
  wallet_batch_delete (batch, variant);
  wallet_batch_delete (batch, wallet_record_key_data (WALLET_RECORD_TX, tx->tx->txid32, 32));
  for (guint32 i = 0; i < tx->tx->n_in; i++) {
    GPtrArray *spenders = g_hash_table_lookup (self->spends, &tx->tx->in[i].prevout);
    if (spenders != NULL && g_ptr_array_remove (spenders, tx) && spenders->len == 0)
      g_hash_table_remove (self->spends, &tx->tx->in[i].prevout);
  }
  for (guint32 i = 0; i < tx->tx->n_out; i++) {
    BtcOutpoint outpoint = { .n = i };
    memcpy (outpoint.txid32, tx->tx->txid32, 32);
    g_hash_table_remove (self->coins, &outpoint);
    if (g_hash_table_remove (self->recipients, &outpoint))
      wallet_batch_delete (batch, recipient_key (&outpoint));
  }
  g_ptr_array_remove (self->ordered, tx);
  g_hash_table_remove (self->wtxids, tx->tx->txid32);
  g_hash_table_remove (self->txs, tx->tx->txid32);
  wallet_tracker_changed (self);
}

void
wallet_tracker_set_in_mempool (WalletTracker *self, WalletTx *tx)
{
  if (tx->state == WALLET_TX_CONFIRMED)
    return;
  tx->state = WALLET_TX_MEMPOOL;
  tx->presumed = FALSE;
  tx->mempool_conflict = FALSE;
  g_clear_pointer (&tx->refusal, g_free);
  wallet_tracker_changed (self);
}

void
wallet_tracker_set_refused (WalletTracker *self, WalletTx *tx, const char *reason)
{
  if (tx->state == WALLET_TX_MEMPOOL && tx->presumed)
    tx->state = WALLET_TX_INACTIVE;
  if (tx->state != WALLET_TX_INACTIVE)
    return;
  g_free (tx->refusal);
  tx->refusal = g_strdup (reason);
  wallet_tracker_changed (self);
}

void
wallet_tracker_set_submitting (WalletTracker *self, WalletTx *tx, gboolean submitting)
{
  tx->submitting = submitting;
  wallet_tracker_changed (self);
}

void
wallet_tracker_set_draft (WalletTracker *self, guint64 id, const WalletTx *tx, WalletBatch *batch)
{
  GByteArray *key = wallet_record_key (WALLET_RECORD_DRAFT), *value;

  btc_write_u64 (key, id);
  if (tx == NULL) {
    wallet_batch_delete (batch, key);
    g_hash_table_remove (self->drafts, &id);
    return;
  }
  value = g_byte_array_new ();
  btc_write_data (value, tx->tx->txid32, 32);
  wallet_batch_set (batch, key, value);
  g_hash_table_replace (self->drafts, g_memdup2 (&id, sizeof id), g_memdup2 (tx->tx->txid32, 32));
}

void
wallet_tracker_set_recipient_label (WalletTracker *self,
                                    const WalletTx *tx,
                                    guint32 n,
                                    const char *label,
                                    WalletBatch *batch)
{
  BtcOutpoint output = { .n = n };
  GByteArray *value = g_byte_array_new ();

  memcpy (output.txid32, tx->tx->txid32, 32);
  btc_write_bytes (value, (const guint8 *) label, strlen (label));
  wallet_batch_set (batch, recipient_key (&output), value);
  g_hash_table_replace (self->recipients, g_memdup2 (&output, sizeof output), g_strdup (label));
}

const char *
wallet_tracker_get_recipient_label (WalletTracker *self, const WalletTx *tx, guint32 n)
{
  BtcOutpoint output = { .n = n };
  const char *label;

  memcpy (output.txid32, tx->tx->txid32, 32);
  label = g_hash_table_lookup (self->recipients, &output);
  return label != NULL ? label : "";
}

WalletTx *
wallet_tracker_get_draft (WalletTracker *self, guint64 id)
{
  const guint8 *txid32 = g_hash_table_lookup (self->drafts, &id);

  return txid32 != NULL ? wallet_tracker_get_tx (self, txid32) : NULL;
}

gint64
wallet_tx_get_time (const WalletTx *tx)
{
  return tx->record->time_smart != 0 ? tx->record->time_smart : (gint64) tx->record->time_received;
}

gint64
wallet_tx_get_fee (const WalletTx *tx)
{
  gint64 out_sat;

  if (tx->own_inputs == 0 || tx->own_inputs != tx->tx->n_in || !btc_tx_outputs_sum (tx->tx, &out_sat))
    return 0;
  return MAX (tx->debit_sat - out_sat, 0);
}
