/* Tracks which transactions of the wallet are in the mempool, and which conflict with a mempool transaction. */
#include <string.h>

#include "bitcoin/primitives/hash_key.h"
#include "wallet/track/tracker_private.h"

static void
note_rivals (WalletTracker *self, const BtcTx *seen)
{
  for (guint32 i = 0; i < seen->n_in; i++)
    if (g_hash_table_contains (self->spends, &seen->in[i].prevout))
      g_hash_table_replace (self->rivals, g_memdup2 (&seen->in[i].prevout, sizeof seen->in[i].prevout),
                            g_memdup2 (seen->txid32, 32));
}

/* With a transaction in the mempool, itself or as the child of one that is. */
static gboolean
is_in_conflict (WalletTracker *self, const WalletTx *tx)
{
  for (guint32 i = 0; i < tx->tx->n_in; i++) {
    const BtcOutpoint *prevout = &tx->tx->in[i].prevout;
    const guint8 *txid32 = g_hash_table_lookup (self->rivals, prevout);
    const WalletTx *parent = g_hash_table_lookup (self->txs, prevout->txid32);

    if ((txid32 != NULL && memcmp (txid32, tx->tx->txid32, 32) != 0) || (parent != NULL && parent->mempool_conflict))
      return TRUE;
  }
  return FALSE;
}

/* Updates FIRST and its descendants. */
static void
update_conflict (WalletTracker *self, WalletTx *first)
{
  g_autoptr (GPtrArray) left = NULL;

  if (first->state == WALLET_TX_CONFIRMED)
    return;
  left = g_ptr_array_new ();
  g_ptr_array_add (left, first);
  while (left->len > 0) {
    WalletTx *tx = g_ptr_array_steal_index_fast (left, left->len - 1);
    gboolean conflict = tx->state == WALLET_TX_INACTIVE && is_in_conflict (self, tx);

    if (conflict != tx->mempool_conflict || tx == first)
      wallet_tracker_add_children (self, tx, left);
    if (conflict == tx->mempool_conflict)
      continue;
    tx->mempool_conflict = conflict;
    wallet_tracker_changed (self);
  }
}

/* Updates our transactions that spend an input of SEEN. */
static void
update_spenders (WalletTracker *self, const BtcTx *seen)
{
  for (guint32 i = 0; i < seen->n_in; i++) {
    const GPtrArray *spenders = g_hash_table_lookup (self->spends, &seen->in[i].prevout);
    for (guint s = 0; spenders != NULL && s < spenders->len; s++)
      update_conflict (self, g_ptr_array_index (spenders, s));
  }
}

static void
take_seen (WalletTracker *self, const BtcTx *seen, WalletBatch *batch)
{
  if (wallet_tracker_is_relevant (self, seen)) {
    WalletTx *tx = wallet_tracker_take_tx (self, seen, batch, 0);
    if (tx->state != WALLET_TX_MEMPOOL && tx->state != WALLET_TX_CONFIRMED)
      wallet_tracker_set_state (self, tx, WALLET_TX_MEMPOOL, batch);
    else if (tx->state == WALLET_TX_MEMPOOL && tx->presumed)
      wallet_tracker_set_in_mempool (self, tx);
  }
  note_rivals (self, seen);
}

void
wallet_tracker_mempool_add (WalletTracker *self, const BtcTx *seen, WalletBatch *batch)
{
  take_seen (self, seen, batch);
  update_spenders (self, seen);
}

static gboolean
is_rival (gpointer outpoint, gpointer txid32, gpointer data)
{
  return memcmp (txid32, data, 32) == 0;
}

void
wallet_tracker_mempool_remove (WalletTracker *self, const guint8 txid32[32], gboolean confirmed)
{
  WalletTx *tx = g_hash_table_lookup (self->txs, txid32);
  gboolean was_rival = g_hash_table_foreach_remove (self->rivals, is_rival, (gpointer) txid32) > 0;

  if (tx != NULL && tx->state == WALLET_TX_MEMPOOL && !confirmed) {
    tx->state = WALLET_TX_INACTIVE;
    wallet_tracker_changed (self);
  }
  for (guint i = 0; was_rival && i < self->ordered->len; i++)
    update_conflict (self, g_ptr_array_index (self->ordered, i));
}

void
wallet_tracker_set_mempool (WalletTracker *self, const GPtrArray *txs, gboolean complete, WalletBatch *batch)
{
  g_autoptr (GHashTable) inside = g_hash_table_new (btc_hash32_hash, btc_hash32_equal);

  g_hash_table_remove_all (self->rivals);
  for (guint i = 0; i < txs->len; i++) {
    const BtcTx *seen = g_ptr_array_index (txs, i);
    g_hash_table_add (inside, (gpointer) seen->txid32);
    take_seen (self, seen, batch);
  }
  for (guint i = 0; i < self->ordered->len; i++) {
    WalletTx *tx = g_ptr_array_index (self->ordered, i);
    if (complete && tx->state == WALLET_TX_MEMPOOL && !g_hash_table_contains (inside, tx->tx->txid32)) {
      tx->state = WALLET_TX_INACTIVE;
      wallet_tracker_changed (self);
    }
    update_conflict (self, tx);
  }
}
