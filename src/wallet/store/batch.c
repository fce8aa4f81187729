#include "wallet/store/batch.h"

#include "common/secret.h"

struct _WalletBatch {
  GHashTable *changes; /* GBytes key → GBytes value, NULL for a deletion */
};

static void
bytes_free (gpointer bytes)
{
  if (bytes != NULL)
    g_bytes_unref (bytes);
}

WalletBatch *
wallet_batch_new (void)
{
  WalletBatch *batch = g_new0 (WalletBatch, 1);

  batch->changes = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, bytes_free, bytes_free);
  return batch;
}

void
wallet_batch_free (WalletBatch *batch)
{
  if (batch == NULL)
    return;
  g_hash_table_unref (batch->changes);
  g_free (batch);
}

static void
value_free (gpointer data)
{
  GByteArray *value = data;

  common_secret_wipe (value->data, value->len);
  g_byte_array_unref (value);
}

void
wallet_batch_set (WalletBatch *batch, GByteArray *key, GByteArray *value)
{
  GBytes *bytes = NULL;

  g_return_if_fail (batch != NULL && key != NULL);

  /* Some values are private keys, which must not remain in freed memory. */
  if (value != NULL)
    bytes = g_bytes_new_with_free_func (value->data, value->len, value_free, value);
  g_hash_table_replace (batch->changes, g_byte_array_free_to_bytes (key), bytes);
}

void
wallet_batch_delete (WalletBatch *batch, GByteArray *key)
{
  wallet_batch_set (batch, key, NULL);
}

gboolean
wallet_batch_is_empty (const WalletBatch *batch)
{
  return g_hash_table_size (batch->changes) == 0;
}

void
wallet_batch_clear (WalletBatch *batch)
{
  g_hash_table_remove_all (batch->changes);
}

void
wallet_batch_merge (WalletBatch *to, const WalletBatch *from)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, from->changes);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_replace (to->changes, g_bytes_ref (key), value != NULL ? g_bytes_ref (value) : NULL);
}

gboolean
wallet_batch_foreach (const WalletBatch *batch, WalletBatchFunc func, gpointer data)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, batch->changes);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!func (key, value, data))
      return FALSE;
  return TRUE;
}
