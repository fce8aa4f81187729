/* Transactions that can no longer be confirmed, or are abandoned, and their descendants. */
#include <string.h>

#include "wallet/track/tracker_private.h"

void
wallet_tracker_add_children (WalletTracker *self, const WalletTx *tx, GPtrArray *list)
{
  BtcOutpoint outpoint;

  memcpy (outpoint.txid32, tx->tx->txid32, 32);
  for (outpoint.n = 0; outpoint.n < tx->tx->n_out; outpoint.n++) {
    GPtrArray *spenders = g_hash_table_lookup (self->spends, &outpoint);
    if (spenders != NULL)
      g_ptr_array_extend (list, spenders, NULL, NULL);
  }
}

/* Marks a transaction and its descendants as conflicting with a block of this chain. */
static void
conflict_with (WalletTracker *self, WalletTx *first, const guint8 block32[32], gint32 height, WalletBatch *batch)
{
  g_autoptr (GPtrArray) left = g_ptr_array_new ();

  g_ptr_array_add (left, first);
  while (left->len > 0) {
    WalletTx *tx = g_ptr_array_steal_index_fast (left, left->len - 1);
    if (tx->state == WALLET_TX_CONFIRMED || tx->state == WALLET_TX_CONFLICTED)
      continue;
    tx->state = WALLET_TX_CONFLICTED;
    tx->presumed = FALSE;
    tx->height = height;
    wallet_tx_record_set_state (tx->record, WALLET_TX_SAVED_CONFLICTED, block32, -1);
    wallet_tracker_write_tx (self, tx, batch);
    wallet_tracker_add_children (self, tx, left);
    wallet_tracker_changed (self);
  }
}

void
wallet_tracker_mark_conflicts (WalletTracker *self,
                               const BtcTx *tx,
                               const guint8 block32[32],
                               gint32 height,
                               WalletBatch *batch)
{
  for (guint32 i = 0; i < tx->n_in; i++) {
    GPtrArray *spenders = g_hash_table_lookup (self->spends, &tx->in[i].prevout);
    for (guint s = 0; spenders != NULL && s < spenders->len; s++) {
      WalletTx *other = g_ptr_array_index (spenders, s);
      if (memcmp (other->tx->txid32, tx->txid32, 32) != 0)
        conflict_with (self, other, block32, height, batch);
    }
  }
}

gboolean
wallet_tracker_abandon (WalletTracker *self, WalletTx *first, WalletBatch *batch)
{
  g_autoptr (GPtrArray) left = g_ptr_array_new ();

  if (first->state == WALLET_TX_CONFIRMED || first->state == WALLET_TX_MEMPOOL || first->state == WALLET_TX_CONFLICTED)
    return FALSE;
  g_ptr_array_add (left, first);
  while (left->len > 0) {
    WalletTx *tx = g_ptr_array_steal_index_fast (left, left->len - 1);
    if (tx->state != WALLET_TX_INACTIVE)
      continue;
    wallet_tracker_set_state (self, tx, WALLET_TX_ABANDONED, batch);
    wallet_tracker_add_children (self, tx, left);
  }
  return TRUE;
}

/* Whether another payment that is not abandoned spends an input of TX. */
static gboolean
has_rival (WalletTracker *self, const WalletTx *tx)
{
  for (guint32 i = 0; i < tx->tx->n_in; i++) {
    const GPtrArray *spenders = g_hash_table_lookup (self->spends, &tx->tx->in[i].prevout);
    for (guint n = 0; spenders != NULL && n < spenders->len; n++) {
      const WalletTx *other = g_ptr_array_index (spenders, n);
      if (other != tx && other->state != WALLET_TX_ABANDONED)
        return TRUE;
    }
  }
  return FALSE;
}

void
wallet_tracker_presume_mempool (WalletTracker *self)
{
  g_autoptr (GPtrArray) presumed = g_ptr_array_new ();

  for (guint i = 0; i < self->ordered->len; i++) {
    WalletTx *tx = g_ptr_array_index (self->ordered, i);
    if (tx->state == WALLET_TX_INACTIVE && !btc_tx_is_coinbase (tx->tx) && tx->record->replaced_by_txid == NULL
        && !has_rival (self, tx))
      g_ptr_array_add (presumed, tx);
  }
  for (guint i = 0; i < presumed->len; i++) {
    WalletTx *tx = g_ptr_array_index (presumed, i);
    tx->state = WALLET_TX_MEMPOOL;
    tx->presumed = TRUE;
  }
}

static gint
compare_tx_ids (gconstpointer a, gconstpointer b)
{
  return memcmp (*(const guint8 *const *) a, *(const guint8 *const *) b, 32);
}

/* Sorts IDS, pointers to 32 bytes, and omits duplicates. */
static GByteArray *
join_ids (GPtrArray *ids)
{
  GByteArray *out = g_byte_array_new ();

  g_ptr_array_sort (ids, compare_tx_ids);
  for (guint i = 0; i < ids->len; i++)
    if (i == 0 || memcmp (ids->pdata[i], ids->pdata[i - 1], 32) != 0)
      g_byte_array_append (out, ids->pdata[i], 32);
  return out;
}

GByteArray *
wallet_tracker_list_conflicts (WalletTracker *self, const WalletTx *tx)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint32 i = 0; i < tx->tx->n_in; i++) {
    const GPtrArray *spenders = g_hash_table_lookup (self->spends, &tx->tx->in[i].prevout);
    for (guint n = 0; spenders != NULL && n < spenders->len; n++) {
      const WalletTx *other = g_ptr_array_index (spenders, n);
      if (other != tx)
        g_ptr_array_add (ids, (gpointer) other->tx->txid32);
    }
  }
  return join_ids (ids);
}

GByteArray *
wallet_tracker_list_rivals (WalletTracker *self, const WalletTx *tx)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new (), left = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  g_ptr_array_add (left, (gpointer) tx);
  while (left->len > 0) {
    const WalletTx *at = g_ptr_array_steal_index_fast (left, left->len - 1);

    for (guint32 i = 0; i < at->tx->n_in; i++) {
      guint8 *txid32 = g_hash_table_lookup (self->rivals, &at->tx->in[i].prevout);
      WalletTx *parent = g_hash_table_lookup (self->txs, at->tx->in[i].prevout.txid32);

      if (txid32 != NULL && memcmp (txid32, at->tx->txid32, 32) != 0)
        g_ptr_array_add (ids, txid32);
      if (parent != NULL && parent->state != WALLET_TX_CONFIRMED && parent->state != WALLET_TX_MEMPOOL
          && g_hash_table_add (seen, parent))
        g_ptr_array_add (left, parent);
    }
  }
  return join_ids (ids);
}
