#include "wallet/store/record_descriptor.h"

#include <string.h>

#include "bitcoin/crypto/hash.h"
#include "bitcoin/keys/privkey.h"
#include "wallet/store/record.h"

gboolean
wallet_descriptor_record_is_known (const guint8 *value, gsize len)
{
  BtcReader reader;

  btc_reader_init (&reader, value, len);
  btc_reader_bytes (&reader);
  btc_reader_span (&reader, 20);
  return !reader.failed;
}

gboolean
wallet_descriptor_record_parse (WalletDescriptorRecord *record, const guint8 *value, gsize len)
{
  BtcReader reader;

  btc_reader_init (&reader, value, len);
  record->text = wallet_record_read_string (&reader);
  record->creation_time = btc_reader_u64 (&reader);
  record->next_index = (gint32) btc_reader_u32 (&reader);
  record->range_start = (gint32) btc_reader_u32 (&reader);
  record->range_end = (gint32) btc_reader_u32 (&reader);
  if (!reader.failed && record->next_index >= 0 && record->range_start >= 0 && record->range_end >= record->range_start)
    return TRUE;
  wallet_descriptor_record_clear (record);
  return FALSE;
}

GByteArray *
wallet_descriptor_record_write (const WalletDescriptorRecord *record)
{
  GByteArray *out = wallet_record_value_string (record->text);

  btc_write_u64 (out, record->creation_time);
  btc_write_u32 (out, (guint32) record->next_index);
  btc_write_u32 (out, (guint32) record->range_start);
  btc_write_u32 (out, (guint32) record->range_end);
  return out;
}

void
wallet_descriptor_record_clear (WalletDescriptorRecord *record)
{
  g_clear_pointer (&record->text, g_free);
}

/* Double SHA-256 of the public key and the DER form. */
static void
key_checksum (const guint8 pubkey33[33], const guint8 *der, gsize len, guint8 out32[32])
{
  BtcSha256 hash;

  btc_sha256_init (&hash);
  btc_sha256_update (&hash, pubkey33, 33);
  btc_sha256_update (&hash, der, len);
  btc_sha256_finish_double (&hash, out32);
  common_secret_wipe (&hash, sizeof hash);
}

CommonSecret *
wallet_key_record_parse (const guint8 *value, gsize len, const guint8 pubkey33[33])
{
  BtcReader reader;
  BtcSpan der, saved;
  guint8 checksum32[32];

  btc_reader_init (&reader, value, len);
  der = btc_reader_bytes (&reader);
  saved = btc_reader_span (&reader, 32);
  if (reader.failed)
    return NULL;
  key_checksum (pubkey33, der.data, der.len, checksum32);
  return memcmp (checksum32, saved.data, 32) == 0 ? btc_privkey_from_der (der.data, der.len) : NULL;
}

GByteArray *
wallet_key_record_write (const guint8 key32[32], const guint8 pubkey33[33])
{
  /* Allocated in full, so that growing does not leave a copy of the key in freed memory. */
  GByteArray *out = g_byte_array_sized_new (512);
  g_autoptr (CommonSecret) der = btc_privkey_to_der (key32, TRUE);
  guint8 checksum32[32];

  btc_write_bytes (out, der->data, der->len);
  key_checksum (pubkey33, der->data, der->len, checksum32);
  btc_write_data (out, checksum32, 32);
  return out;
}
