#include "bitcoin/primitives/serialize.h"

#include <string.h>

/* Bytes:
 * CompactSize  n < 253: u8 · below 2^16: 0xfd u16 LE · below 2^32: 0xfe u32 LE · else 0xff u64 LE; only the shortest.
 * VARINT       groups of 7 bits, highest first, bit 7 set on all but the last; one is subtracted from every group but
 *              the last, so that each number has exactly one form. */

guint32
btc_get_u32 (const guint8 *at)
{
  guint32 value;

  memcpy (&value, at, 4);
  return GUINT32_FROM_LE (value);
}

guint64
btc_get_u64 (const guint8 *at)
{
  guint64 value;

  memcpy (&value, at, 8);
  return GUINT64_FROM_LE (value);
}

void
btc_put_u32 (guint8 *at, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (at, &value, 4);
}

void
btc_put_u64 (guint8 *at, guint64 value)
{
  value = GUINT64_TO_LE (value);
  memcpy (at, &value, 8);
}

void
btc_reader_init (BtcReader *reader, const guint8 *data, gsize len)
{
  *reader = (BtcReader){ .data = data, .len = len };
}

gsize
btc_reader_left (const BtcReader *reader)
{
  return reader->failed ? 0 : reader->len - reader->pos;
}

gboolean
btc_reader_done (const BtcReader *reader)
{
  return !reader->failed && reader->pos == reader->len;
}

/* The next LEN bytes, or NULL. */
static inline const guint8 *
reader_take (BtcReader *reader, gsize len)
{
  const guint8 *at;

  if (G_UNLIKELY (reader->failed || len > reader->len - reader->pos)) {
    reader->failed = TRUE;
    return NULL;
  }
  at = reader->data + reader->pos;
  reader->pos += len;
  return at;
}

guint8
btc_reader_u8 (BtcReader *reader)
{
  const guint8 *at = reader_take (reader, 1);

  return at != NULL ? at[0] : 0;
}

guint16
btc_reader_u16 (BtcReader *reader)
{
  const guint8 *at = reader_take (reader, 2);

  return at != NULL ? (guint16) (at[0] | at[1] << 8) : 0;
}

guint16
btc_reader_u16_be (BtcReader *reader)
{
  const guint8 *at = reader_take (reader, 2);

  return at != NULL ? (guint16) (at[0] << 8 | at[1]) : 0;
}

guint32
btc_reader_u32 (BtcReader *reader)
{
  const guint8 *at = reader_take (reader, 4);

  return at != NULL ? btc_get_u32 (at) : 0;
}

guint64
btc_reader_u64 (BtcReader *reader)
{
  const guint8 *at = reader_take (reader, 8);

  return at != NULL ? btc_get_u64 (at) : 0;
}

gint64
btc_reader_i64 (BtcReader *reader)
{
  return (gint64) btc_reader_u64 (reader);
}

guint64
btc_reader_compact (BtcReader *reader)
{
  guint8 first = btc_reader_u8 (reader);
  guint64 value = first;
  guint64 smallest = 0;

  if (G_LIKELY (first < 253))
    return value;

  if (first == 253) {
    value = btc_reader_u16 (reader);
    smallest = 253;
  } else if (first == 254) {
    value = btc_reader_u32 (reader);
    smallest = G_GUINT64_CONSTANT (0x10000);
  } else {
    value = btc_reader_u64 (reader);
    smallest = G_GUINT64_CONSTANT (0x100000000);
  }
  if (reader->failed || value < smallest) {
    reader->failed = TRUE;
    return 0;
  }
  return value;
}

gsize
btc_reader_compact_size (BtcReader *reader)
{
  guint64 value = btc_reader_compact (reader);

  if (G_UNLIKELY (value > BTC_MAX_SIZE)) {
    reader->failed = TRUE;
    return 0;
  }
  return (gsize) value;
}

guint64
btc_reader_varint (BtcReader *reader)
{
  guint64 value = 0;

  for (;;) {
    guint8 byte = btc_reader_u8 (reader);

    if (reader->failed || value > G_MAXUINT64 >> 7)
      break;
    value = value << 7 | (byte & 0x7f);
    if ((byte & 0x80) == 0)
      return value;
    if (value == G_MAXUINT64)
      break;
    value++;
  }
  reader->failed = TRUE;
  return 0;
}

BtcSpan
btc_reader_span (BtcReader *reader, gsize len)
{
  const guint8 *at = reader_take (reader, len);

  return at != NULL ? (BtcSpan){ at, len } : (BtcSpan){ NULL, 0 };
}

BtcSpan
btc_reader_bytes (BtcReader *reader)
{
  gsize len = btc_reader_compact_size (reader);

  return btc_reader_span (reader, len);
}

void
btc_reader_copy (BtcReader *reader, guint8 *out, gsize len)
{
  const guint8 *at = reader_take (reader, len);

  if (at == NULL)
    memset (out, 0, len);
  else if (len > 0)
    memcpy (out, at, len);
}

void
btc_reader_skip (BtcReader *reader, gsize len)
{
  reader_take (reader, len);
}

void
btc_write_u8 (GByteArray *out, guint8 value)
{
  g_byte_array_append (out, &value, 1);
}

void
btc_write_u16 (GByteArray *out, guint16 value)
{
  value = GUINT16_TO_LE (value);
  g_byte_array_append (out, (const guint8 *) &value, 2);
}

void
btc_write_u16_be (GByteArray *out, guint16 value)
{
  value = GUINT16_TO_BE (value);
  g_byte_array_append (out, (const guint8 *) &value, 2);
}

void
btc_write_u32 (GByteArray *out, guint32 value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (out, (const guint8 *) &value, 4);
}

void
btc_write_u64 (GByteArray *out, guint64 value)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (out, (const guint8 *) &value, 8);
}

void
btc_write_i64 (GByteArray *out, gint64 value)
{
  btc_write_u64 (out, (guint64) value);
}

void
btc_write_compact (GByteArray *out, guint64 value)
{
  if (value < 253) {
    btc_write_u8 (out, (guint8) value);
  } else if (value <= G_MAXUINT16) {
    btc_write_u8 (out, 253);
    btc_write_u16 (out, (guint16) value);
  } else if (value <= G_MAXUINT32) {
    btc_write_u8 (out, 254);
    btc_write_u32 (out, (guint32) value);
  } else {
    btc_write_u8 (out, 255);
    btc_write_u64 (out, value);
  }
}

void
btc_write_varint (GByteArray *out, guint64 value)
{
  guint8 groups[10];
  guint at = sizeof groups;

  groups[--at] = value & 0x7f;
  while (value > 0x7f) {
    value = (value >> 7) - 1;
    groups[--at] = 0x80 | (value & 0x7f);
  }
  g_byte_array_append (out, groups + at, sizeof groups - at);
}

void
btc_write_data (GByteArray *out, const guint8 *data, gsize len)
{
  g_return_if_fail (len <= G_MAXUINT - out->len);

  if (len > 0)
    g_byte_array_append (out, data, (guint) len);
}

void
btc_write_bytes (GByteArray *out, const guint8 *data, gsize len)
{
  btc_write_compact (out, len);
  btc_write_data (out, data, len);
}

gsize
btc_compact_len (guint64 value)
{
  if (value < 253)
    return 1;
  if (value <= G_MAXUINT16)
    return 3;
  if (value <= G_MAXUINT32)
    return 5;
  return 9;
}
