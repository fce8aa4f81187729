#include "wallet/store/record.h"

#include <string.h>

#include "common/text.h"

GByteArray *
wallet_record_key (const char *name)
{
  GByteArray *key = g_byte_array_new ();

  btc_write_bytes (key, (const guint8 *) name, strlen (name));
  return key;
}

void
wallet_record_write_string (GByteArray *out, const char *text)
{
  gsize len;
  g_autofree char *bytes = common_text_to_bytes (text, &len);

  btc_write_bytes (out, (const guint8 *) bytes, len);
}

GByteArray *
wallet_record_key_string (const char *name, const char *field)
{
  GByteArray *key = wallet_record_key (name);

  wallet_record_write_string (key, field);
  return key;
}

GByteArray *
wallet_record_key_data (const char *name, const guint8 *field, gsize len)
{
  GByteArray *key = wallet_record_key (name);

  btc_write_data (key, field, len);
  return key;
}

GByteArray *
wallet_record_key_outpoint (const char *name, const BtcOutpoint *outpoint)
{
  GByteArray *key = wallet_record_key_data (name, outpoint->txid32, 32);

  btc_write_u32 (key, outpoint->n);
  return key;
}

gboolean
wallet_record_read_name (BtcReader *key, char name[32])
{
  BtcSpan span = btc_reader_bytes (key);

  if (key->failed || span.len == 0 || span.len > 31)
    return FALSE;
  memcpy (name, span.data, span.len);
  name[span.len] = '\0';
  return strlen (name) == span.len;
}

char *
wallet_record_read_string (BtcReader *reader)
{
  BtcSpan span = btc_reader_bytes (reader);

  return reader->failed ? NULL : common_text_from_bytes ((const char *) span.data, span.len);
}

GByteArray *
wallet_record_value_string (const char *text)
{
  GByteArray *value = g_byte_array_new ();

  wallet_record_write_string (value, text);
  return value;
}

GByteArray *
wallet_record_value_u32 (guint32 number)
{
  GByteArray *value = g_byte_array_new ();

  btc_write_u32 (value, number);
  return value;
}

GByteArray *
wallet_record_value_u64 (guint64 number)
{
  GByteArray *value = g_byte_array_new ();

  btc_write_u64 (value, number);
  return value;
}

/* i32 version, CompactSize count, hashes */
GByteArray *
wallet_record_value_locator (const guint8 *hashes, gsize n)
{
  GByteArray *value = wallet_record_value_u32 (WALLET_LOCATOR_VERSION);

  btc_write_compact (value, n);
  btc_write_data (value, hashes, 32 * n);
  return value;
}

GByteArray *
wallet_record_read_locator (const guint8 *value, gsize len)
{
  BtcReader reader;
  GByteArray *hashes;
  gsize count;

  btc_reader_init (&reader, value, len);
  btc_reader_u32 (&reader);
  count = btc_reader_compact_size (&reader);
  if (reader.failed || count > btc_reader_left (&reader) / 32)
    return NULL;
  hashes = g_byte_array_new ();
  BtcSpan span = btc_reader_span (&reader, 32 * count);
  btc_write_data (hashes, span.data, span.len);
  return hashes;
}
