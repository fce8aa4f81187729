/* Coins and balances. */
#include <string.h>

#include "bitcoin/consensus/params.h"
#include "bitcoin/primitives/amount.h"
#include "wallet/store/record.h"
#include "wallet/track/tracker_private.h"

gint32
wallet_tracker_confirmations (WalletTracker *self, const WalletTx *tx)
{
  /* Before the node has reported its tip, the wallet's own best block is the better estimate. */
  gint32 best = self->height >= 0 ? self->height : self->saved_height;
  gint32 depth = MAX (best - tx->height + 1, 0);

  if (tx->height < 0)
    return 0;
  if (tx->state == WALLET_TX_CONFIRMED)
    return depth;
  return tx->state == WALLET_TX_CONFLICTED ? -MAX (depth, 1) : 0;
}

gboolean
wallet_tracker_is_immature (WalletTracker *self, const WalletTx *tx)
{
  return btc_tx_is_coinbase (tx->tx) && wallet_tracker_confirmations (self, tx) <= BTC_COINBASE_MATURITY;
}

/* Whether it is known if TX is immature. */
static gboolean
is_maturity_known (WalletTracker *self, const WalletTx *tx)
{
  if (tx->state != WALLET_TX_CONFIRMED || !btc_tx_is_coinbase (tx->tx))
    return TRUE;
  return tx->height >= 0 && (self->height >= 0 || self->saved_is_best || !wallet_tracker_is_immature (self, tx));
}

static void
remember_trust (WalletTracker *self, WalletTx *tx, gboolean trusted)
{
  tx->trusted = trusted;
  tx->trust_sequence = self->sequence;
}

/* Decides whether TX is trusted, or returns a parent for which this must be decided first. The result is valid until
 * the wallet changes. */
static WalletTx *
decide_trust (WalletTracker *self, WalletTx *tx)
{
  if ((tx->state != WALLET_TX_MEMPOOL && !tx->submitting) || tx->own_inputs != tx->tx->n_in || self->distrust_change) {
    remember_trust (self, tx, tx->state == WALLET_TX_CONFIRMED);
    return NULL;
  }
  for (guint32 i = 0; i < tx->tx->n_in; i++) {
    const WalletCoin *coin = g_hash_table_lookup (self->coins, &tx->tx->in[i].prevout);
    if (coin != NULL && coin->tx->trust_sequence != self->sequence)
      return coin->tx;
    if (coin == NULL || !coin->tx->trusted) {
      remember_trust (self, tx, FALSE);
      return NULL;
    }
  }
  remember_trust (self, tx, TRUE);
  return NULL;
}

gboolean
wallet_tracker_is_trusted (WalletTracker *self, const WalletTx *tx)
{
  g_autoptr (GPtrArray) left = NULL;

  if (tx->trust_sequence == self->sequence)
    return tx->trusted;
  left = g_ptr_array_new ();
  g_ptr_array_add (left, (gpointer) tx);
  while (left->len > 0) {
    WalletTx *first = decide_trust (self, g_ptr_array_index (left, left->len - 1));
    if (first != NULL)
      g_ptr_array_add (left, first);
    else
      g_ptr_array_set_size (left, (gint) left->len - 1);
  }
  return tx->trusted;
}

WalletCoin *
wallet_tracker_get_coin (WalletTracker *self, const BtcOutpoint *outpoint)
{
  return g_hash_table_lookup (self->coins, outpoint);
}

/* *ONLY_INACTIVE: all transactions that spend it are neither in a block nor in the mempool. */
static gboolean
is_spent (WalletTracker *self, const BtcOutpoint *outpoint, gboolean *only_inactive)
{
  GPtrArray *spenders = g_hash_table_lookup (self->spends, outpoint);
  gboolean spent = FALSE;

  *only_inactive = TRUE;
  for (guint i = 0; spenders != NULL && i < spenders->len; i++) {
    const WalletTx *tx = g_ptr_array_index (spenders, i);
    if (tx->state == WALLET_TX_ABANDONED || tx->state == WALLET_TX_CONFLICTED || tx->mempool_conflict)
      continue;
    spent = TRUE;
    if (tx->state != WALLET_TX_INACTIVE || tx->submitting)
      *only_inactive = FALSE;
  }
  return spent;
}

gboolean
wallet_tracker_is_spent (WalletTracker *self, const BtcOutpoint *outpoint)
{
  gboolean only_inactive;

  return is_spent (self, outpoint, &only_inactive);
}

gboolean
wallet_tracker_is_spent_except (WalletTracker *self, const BtcOutpoint *outpoint, const GByteArray *txids)
{
  const GPtrArray *spenders = g_hash_table_lookup (self->spends, outpoint);

  for (guint i = 0; spenders != NULL && i < spenders->len; i++) {
    const WalletTx *tx = g_ptr_array_index (spenders, i);
    gboolean excepted = FALSE;
    if (tx->state == WALLET_TX_ABANDONED || tx->state == WALLET_TX_CONFLICTED || tx->mempool_conflict)
      continue;
    for (guint at = 0; at < txids->len && tx->state == WALLET_TX_INACTIVE && !excepted; at += 32)
      excepted = memcmp (txids->data + at, tx->tx->txid32, 32) == 0;
    if (!excepted)
      return TRUE;
  }
  return FALSE;
}

gboolean
wallet_tracker_is_spent_in_mempool (WalletTracker *self, const BtcOutpoint *outpoint)
{
  const GPtrArray *spenders = g_hash_table_lookup (self->spends, outpoint);

  for (guint i = 0; spenders != NULL && i < spenders->len; i++)
    if (((const WalletTx *) g_ptr_array_index (spenders, i))->state == WALLET_TX_MEMPOOL)
      return TRUE;
  return FALSE;
}

GPtrArray *
wallet_tracker_list_coins (WalletTracker *self)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer coin;

  g_hash_table_iter_init (&iter, self->coins);
  while (g_hash_table_iter_next (&iter, NULL, &coin))
    if (!wallet_tracker_is_spent (self, &((WalletCoin *) coin)->outpoint))
      g_ptr_array_add (list, coin);
  return list;
}

gboolean
wallet_tracker_is_safe (WalletTracker *self, const WalletTx *tx)
{
  if (!wallet_tracker_is_trusted (self, tx))
    return FALSE;
  return tx->state == WALLET_TX_CONFIRMED
         || (tx->record->replaces_txid == NULL && tx->record->replaced_by_txid == NULL);
}

/* Only a version 3 transaction may spend an unconfirmed transaction of version 3. */
gboolean
wallet_tracker_spendable_now (WalletTracker *self, const WalletCoin *coin)
{
  return !coin->reserved && !coin->locked && !coin->tx->submitting && !wallet_tracker_is_spent (self, &coin->outpoint)
         && !wallet_tracker_is_immature (self, coin->tx) && wallet_tracker_is_safe (self, coin->tx)
         && (coin->tx->state == WALLET_TX_CONFIRMED || coin->tx->tx->version != 3);
}

GPtrArray *
wallet_tracker_list_spendable (WalletTracker *self, gint32 min_depth, gboolean avoid_reuse)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->coins);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    WalletCoin *coin = value;
    if (wallet_tracker_confirmations (self, coin->tx) >= min_depth && wallet_tracker_spendable_now (self, coin)
        && !(avoid_reuse && wallet_tracker_is_reused (self, coin->out->script)))
      g_ptr_array_add (list, coin);
  }
  return list;
}

/* The sum in BALANCE that COIN is part of; NULL: none. */
static gint64 *
balance_place (WalletTracker *self,
               const WalletCoin *coin,
               gint32 min_depth,
               gboolean avoid_reuse,
               WalletBalance *balance)
{
  gboolean trusted = wallet_tracker_is_trusted (self, coin->tx);
  gint64 *place = NULL;

  if (coin->tx->state == WALLET_TX_CONFIRMED && wallet_tracker_is_immature (self, coin->tx))
    place = &balance->immature_sat;
  else if (trusted && wallet_tracker_confirmations (self, coin->tx) >= min_depth)
    place = &balance->trusted_sat;
  else if (!trusted && coin->tx->state == WALLET_TX_MEMPOOL)
    place = &balance->pending_sat;
  return place != NULL && avoid_reuse && wallet_tracker_is_reused (self, coin->out->script) ? &balance->used_sat
                                                                                            : place;
}

/* NONMEMPOOL NULL: coins that only INACTIVE payments spend count as spent. */
static void
add_up (WalletTracker *self, gint32 min_depth, gboolean avoid_reuse, WalletBalance *balance, gint64 *nonmempool)
{
  GHashTableIter iter;
  gpointer value;

  memset (balance, 0, sizeof *balance);
  g_hash_table_iter_init (&iter, self->coins);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const WalletCoin *coin = value;
    gint64 sat = coin->out->value_sat;
    gboolean only_inactive;
    gint64 *place;
    gboolean spent = is_spent (self, &coin->outpoint, &only_inactive);
    if (spent && (!only_inactive || nonmempool == NULL))
      continue;
    balance->incomplete |= !is_maturity_known (self, coin->tx);
    place = balance_place (self, coin, min_depth, avoid_reuse, balance);
    if (place == NULL)
      continue;
    if (btc_amount_add (*place, sat, place) && spent)
      *nonmempool -= sat;
  }
}

void
wallet_tracker_get_balance (WalletTracker *self, gint32 min_depth, gboolean avoid_reuse, WalletBalance *balance)
{
  gboolean usual = min_depth == 0 && avoid_reuse;

  if (usual && self->balance_valid) {
    *balance = self->balance;
    return;
  }
  add_up (self, min_depth, avoid_reuse, balance, NULL);
  if (usual) {
    self->balance = *balance;
    self->balance_valid = TRUE;
  }
}

void
wallet_tracker_get_balance_with_pending (WalletTracker *self, WalletBalance *balance, gint64 *nonmempool_sat)
{
  *nonmempool_sat = 0;
  add_up (self, 0, TRUE, balance, nonmempool_sat);
}

void
wallet_tracker_lock_coin (WalletTracker *self, const BtcOutpoint *outpoint, gboolean persist, WalletBatch *batch)
{
  WalletCoin *coin = g_hash_table_lookup (self->coins, outpoint);

  if (coin != NULL)
    coin->locked = TRUE;
  persist |= GPOINTER_TO_INT (g_hash_table_lookup (self->locked, outpoint)) != 0;
  g_hash_table_replace (self->locked, g_memdup2 (outpoint, sizeof *outpoint), GINT_TO_POINTER (persist));
  if (persist) {
    GByteArray *value = g_byte_array_new ();
    btc_write_u8 (value, '1');
    wallet_batch_set (batch, wallet_record_key_outpoint (WALLET_RECORD_LOCKED_COIN, outpoint), value);
  }
  wallet_tracker_changed (self);
}

gboolean
wallet_tracker_unlock_coin (WalletTracker *self, const BtcOutpoint *outpoint, WalletBatch *batch)
{
  WalletCoin *coin = g_hash_table_lookup (self->coins, outpoint);

  if (!g_hash_table_contains (self->locked, outpoint))
    return FALSE;
  wallet_batch_delete (batch, wallet_record_key_outpoint (WALLET_RECORD_LOCKED_COIN, outpoint));
  g_hash_table_remove (self->locked, outpoint);
  if (coin != NULL)
    coin->locked = FALSE;
  wallet_tracker_changed (self);
  return TRUE;
}

gboolean
wallet_tracker_is_locked (WalletTracker *self, const BtcOutpoint *outpoint)
{
  return g_hash_table_contains (self->locked, outpoint);
}

GArray *
wallet_tracker_list_locked (WalletTracker *self)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (BtcOutpoint));
  GHashTableIter iter;
  gpointer outpoint;

  g_hash_table_iter_init (&iter, self->locked);
  while (g_hash_table_iter_next (&iter, &outpoint, NULL))
    g_array_append_vals (list, outpoint, 1);
  return list;
}

gint64
wallet_tracker_get_received (WalletTracker *self, BtcSpan script, gint32 min_depth, gboolean immature)
{
  gint64 sum = 0;

  for (guint i = 0; i < self->ordered->len; i++) {
    const WalletTx *tx = g_ptr_array_index (self->ordered, i);
    gint32 depth = wallet_tracker_confirmations (self, tx);
    /* Unconfirmed transactions count whether or not they are in the mempool, as in the reference; a coinbase that is
     * not in a block does not. */
    if (depth < min_depth || depth < 0 || (btc_tx_is_coinbase (tx->tx) && depth < 1))
      continue;
    if (!immature && wallet_tracker_is_immature (self, tx))
      continue;
    for (guint32 n = 0; n < tx->tx->n_out; n++) {
      BtcSpan other = tx->tx->out[n].script;
      if (other.len == script.len && memcmp (other.data, script.data, script.len) == 0)
        btc_amount_add (sum, tx->tx->out[n].value_sat, &sum);
    }
  }
  return sum;
}
