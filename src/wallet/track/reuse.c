/* Addresses that were spent from. In a wallet with the flag avoid_reuse, coins that they receive later are kept apart:
 * spending one with others would show that they belong together. */
#include "bitcoin/address/address.h"
#include "wallet/store/record.h"
#include "wallet/track/tracker_private.h"

static gboolean
heeds_reuse (WalletTracker *self)
{
  return (self->flags & WALLET_FLAG_AVOID_REUSE) != 0;
}

void
wallet_tracker_load_reuse (WalletTracker *self)
{
  GHashTableIter iter;
  gpointer address, value;

  g_hash_table_iter_init (&iter, wallet_book_get_entries (self->book));
  while (g_hash_table_iter_next (&iter, &address, &value)) {
    GBytes *script = ((WalletBookEntry *) value)->used ? btc_address_decode (address, self->network, NULL) : NULL;
    if (script != NULL)
      g_hash_table_add (self->reused, script);
  }
}

static gboolean
is_in_reused (WalletTracker *self, BtcSpan script)
{
  g_autoptr (GBytes) key = g_bytes_new_static (script.data, script.len);

  return g_hash_table_contains (self->reused, key);
}

gboolean
wallet_tracker_is_reused (WalletTracker *self, BtcSpan script)
{
  return heeds_reuse (self) && is_in_reused (self, script);
}

void
wallet_tracker_mark_reuse (WalletTracker *self, const BtcTx *tx, WalletBatch *batch)
{
  for (guint32 i = 0; heeds_reuse (self) && i < tx->n_in; i++) {
    const WalletCoin *coin = g_hash_table_lookup (self->coins, &tx->in[i].prevout);
    g_autofree char *address = NULL;

    if (coin == NULL || is_in_reused (self, coin->out->script))
      continue;
    address = btc_address_encode (coin->out->script, self->network);
    if (address == NULL)
      continue;
    wallet_book_set_used (self->book, address, batch);
    g_hash_table_add (self->reused, g_bytes_new (coin->out->script.data, coin->out->script.len));
    wallet_tracker_changed (self);
  }
}
