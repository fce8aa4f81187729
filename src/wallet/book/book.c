/* The address book: labels, purposes, and the time at which each address was handed out. */
#include "wallet/book/book.h"

#include <string.h>

#include "wallet/store/record.h"

#define USED "used"

struct _WalletBook {
  GHashTable *entries; /* address → WalletBookEntry */
};

static void
book_entry_free (gpointer data)
{
  WalletBookEntry *entry = data;

  g_free (entry->label);
  g_free (entry->purpose);
  g_free (entry);
}

WalletBook *
wallet_book_new (void)
{
  WalletBook *self = g_new (WalletBook, 1);

  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, book_entry_free);
  return self;
}

void
wallet_book_free (WalletBook *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

static WalletBookEntry *
book_entry_for (WalletBook *self, const char *address)
{
  WalletBookEntry *entry = g_hash_table_lookup (self->entries, address);

  if (entry == NULL) {
    entry = g_new0 (WalletBookEntry, 1);
    g_hash_table_insert (self->entries, g_strdup (address), entry);
  }
  return entry;
}

gboolean
wallet_book_load_record (WalletBook *self, const char *name, BtcReader *key, const guint8 *value, gsize len)
{
  gboolean is_name = g_str_equal (name, WALLET_RECORD_NAME), is_purpose = g_str_equal (name, WALLET_RECORD_PURPOSE);
  gboolean is_time = g_str_equal (name, WALLET_RECORD_ADDRESS_TIME);
  gboolean is_data = g_str_equal (name, WALLET_RECORD_ADDRESS_DATA);
  g_autofree char *text = NULL;
  BtcReader reader;

  if (!is_name && !is_purpose && !is_time && !is_data)
    return TRUE;
  g_autofree char *address = wallet_record_read_string (key);
  if (address == NULL)
    return FALSE;
  if (is_data) {
    text = wallet_record_read_string (key);
    if (g_strcmp0 (text, USED) == 0)
      book_entry_for (self, address)->used = TRUE;
    return text != NULL;
  }
  if (is_time) {
    if (len == 8)
      book_entry_for (self, address)->time = (gint64) btc_get_u64 (value);
    return len == 8;
  }
  btc_reader_init (&reader, value, len);
  text = wallet_record_read_string (&reader);
  if (text == NULL)
    return FALSE;
  WalletBookEntry *entry = book_entry_for (self, address);
  char **place = is_name ? &entry->label : &entry->purpose;
  g_free (*place);
  *place = g_steal_pointer (&text);
  return TRUE;
}

const WalletBookEntry *
wallet_book_get (WalletBook *self, const char *address)
{
  const WalletBookEntry *entry = g_hash_table_lookup (self->entries, address);

  return entry != NULL && entry->label != NULL ? entry : NULL;
}

GHashTable *
wallet_book_get_entries (WalletBook *self)
{
  return self->entries;
}

void
wallet_book_set_used (WalletBook *self, const char *address, WalletBatch *batch)
{
  GByteArray *key = wallet_record_key_string (WALLET_RECORD_ADDRESS_DATA, address);

  btc_write_bytes (key, (const guint8 *) USED, strlen (USED));
  wallet_batch_set (batch, key, wallet_record_value_string ("1"));
  book_entry_for (self, address)->used = TRUE;
}

void
wallet_book_set (WalletBook *self,
                 const char *address,
                 const char *label,
                 const char *purpose,
                 gint64 time,
                 WalletBatch *batch)
{
  WalletBookEntry *entry = book_entry_for (self, address);

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
}
