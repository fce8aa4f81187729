#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The wire encoding: little-endian integers, CompactSize lengths, and the VARINT of the block files. Pure, any thread. */

/* Borrowed bytes. */
typedef struct {
  const guint8 *data;
  gsize len;
} BtcSpan;

/* The largest length that a CompactSize may encode. */
#define BTC_MAX_SIZE 0x02000000u

/* A cursor over untrusted bytes. A read past the end, or a malformed number, sets `failed` permanently; every read
 * after that returns zero or an empty span, so a parser can check once at its end. */
typedef struct {
  const guint8 *data;
  gsize len;
  gsize pos;
  gboolean failed;
} BtcReader;

void btc_reader_init (BtcReader *reader, const guint8 *data, gsize len);
gsize btc_reader_left (const BtcReader *reader);
gboolean btc_reader_done (const BtcReader *reader); /* not failed, and nothing left */
guint8 btc_reader_u8 (BtcReader *reader);
guint16 btc_reader_u16 (BtcReader *reader);
guint16 btc_reader_u16_be (BtcReader *reader);
guint32 btc_reader_u32 (BtcReader *reader);
guint64 btc_reader_u64 (BtcReader *reader);
gint64 btc_reader_i64 (BtcReader *reader);
guint64 btc_reader_compact (BtcReader *reader);    /* canonical, any value */
gsize btc_reader_compact_size (BtcReader *reader); /* canonical, at most BTC_MAX_SIZE: a length or a count */
guint64 btc_reader_varint (BtcReader *reader);     /* the reference's VARINT, without overflow */
BtcSpan btc_reader_span (BtcReader *reader, gsize len);
BtcSpan btc_reader_bytes (BtcReader *reader); /* CompactSize length, then that many bytes */
void btc_reader_copy (BtcReader *reader, guint8 *out, gsize len);
void btc_reader_skip (BtcReader *reader, gsize len);

/* Writers append to OUT. */
void btc_write_u8 (GByteArray *out, guint8 value);
void btc_write_u16 (GByteArray *out, guint16 value);
void btc_write_u16_be (GByteArray *out, guint16 value);
void btc_write_u32 (GByteArray *out, guint32 value);
void btc_write_u64 (GByteArray *out, guint64 value);
void btc_write_i64 (GByteArray *out, gint64 value);
void btc_write_compact (GByteArray *out, guint64 value);
void btc_write_varint (GByteArray *out, guint64 value);
void btc_write_data (GByteArray *out, const guint8 *data, gsize len);
void btc_write_bytes (GByteArray *out, const guint8 *data, gsize len); /* with its CompactSize length */

gsize btc_compact_len (guint64 value); /* bytes of the CompactSize of VALUE: 1, 3, 5 or 9 */

/* At fixed positions. */
guint32 btc_get_u32 (const guint8 *at);
guint64 btc_get_u64 (const guint8 *at);
void btc_put_u32 (guint8 *at, guint32 value);
void btc_put_u64 (guint8 *at, guint64 value);

G_END_DECLS
