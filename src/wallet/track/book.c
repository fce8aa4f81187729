/* The book of addresses: labels, purposes, when an address was given out. */
#include "bitcoin/address/address.h"
#include "bitcoin/primitives/amount.h"
#include "wallet/store/record.h"
#include "wallet/track/tracker_private.h"

void
wallet_book_entry_free (WalletBookEntry *entry)
{
  g_free (entry->label);
  g_free (entry->purpose);
  g_free (entry);
}

static WalletBookEntry *
entry_for (WalletTracker *self, const char *address)
{
  WalletBookEntry *entry = g_hash_table_lookup (self->book, address);

  if (entry == NULL) {
    entry = g_new0 (WalletBookEntry, 1);
    g_hash_table_insert (self->book, g_strdup (address), entry);
  }
  return entry;
}

gboolean
wallet_tracker_load_book (WalletTracker *self, const char *name, BtcReader *key, const guint8 *value, gsize len)
{
  gboolean is_name = g_str_equal (name, WALLET_RECORD_NAME), is_purpose = g_str_equal (name, WALLET_RECORD_PURPOSE);
  gboolean is_time = g_str_equal (name, WALLET_RECORD_ADDRESS_TIME);
  g_autofree char *text = NULL;
  BtcReader reader;

  if (!is_name && !is_purpose && !is_time)
    return TRUE;
  g_autofree char *address = wallet_record_read_string (key);
  if (address == NULL)
    return FALSE;
  if (is_time) {
    if (len == 8)
      entry_for (self, address)->time = (gint64) btc_get_u64 (value);
    return len == 8;
  }
  btc_reader_init (&reader, value, len);
  text = wallet_record_read_string (&reader);
  if (text == NULL)
    return FALSE;
  WalletBookEntry *entry = entry_for (self, address);
  char **place = is_name ? &entry->label : &entry->purpose;
  g_free (*place);
  *place = g_steal_pointer (&text);
  return TRUE;
}

const WalletBookEntry *
wallet_tracker_get_entry (WalletTracker *self, const char *address)
{
  const WalletBookEntry *entry = g_hash_table_lookup (self->book, address);

  return entry != NULL && entry->label != NULL ? entry : NULL;
}

GHashTable *
wallet_tracker_get_book (WalletTracker *self)
{
  return self->book;
}

void
wallet_tracker_set_label (WalletTracker *self,
                          const char *address,
                          const char *label,
                          const char *purpose,
                          gint64 time,
                          WalletBatch *batch)
{
  WalletBookEntry *entry = entry_for (self, address);

  g_free (entry->label);
  entry->label = g_strdup (label);
  wallet_batch_set (batch, wallet_record_key_string (WALLET_RECORD_NAME, address), wallet_record_value_string (label));
  if (purpose != NULL) {
    g_free (entry->purpose);
    entry->purpose = g_strdup (purpose);
    wallet_batch_set (batch, wallet_record_key_string (WALLET_RECORD_PURPOSE, address),
                      wallet_record_value_string (purpose));
  }
  if (time != 0) {
    entry->time = time;
    wallet_batch_set (batch, wallet_record_key_string (WALLET_RECORD_ADDRESS_TIME, address),
                      wallet_record_value_u64 ((guint64) time));
  }
  wallet_tracker_changed (self);
}

gboolean
wallet_tracker_is_mine (WalletTracker *self, const char *address, WalletKeyRef *ref)
{
  g_autoptr (GBytes) script = btc_address_decode (address, self->network, NULL);
  BtcSpan span;

  if (script == NULL)
    return FALSE;
  span.data = g_bytes_get_data (script, &span.len);
  return wallet_keyring_find (self->keyring, span, ref);
}

gboolean
wallet_tracker_is_change (WalletTracker *self, const BtcTxOut *out)
{
  g_autofree char *address = NULL;

  if (!wallet_keyring_find (self->keyring, out->script, NULL))
    return FALSE;
  address = btc_address_encode (out->script, self->network);
  return address == NULL || wallet_tracker_get_entry (self, address) == NULL;
}

gint64
wallet_tracker_get_received (WalletTracker *self, BtcSpan script, gint32 min_depth, gboolean immature)
{
  gint64 sum = 0;

  for (guint i = 0; i < self->ordered->len; i++) {
    const WalletTx *tx = g_ptr_array_index (self->ordered, i);
    gint32 depth = wallet_tracker_confirmations (self, tx);
    /* What waits for a block counts wherever it waits, as with the reference; a coinbase that is in no block does not. */
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
