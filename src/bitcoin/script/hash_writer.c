#include "bitcoin/script/hash_writer.h"

#include <string.h>

void
btc_hash_writer_init (BtcHashWriter *writer)
{
  btc_sha256_init (&writer->hash);
  writer->used = 0;
}

void
btc_hash_writer_init_tagged (BtcHashWriter *writer, const char *tag)
{
  btc_sha256_init_tagged (&writer->hash, tag);
  writer->used = 0;
}

void
btc_hash_writer_flush (BtcHashWriter *writer)
{
  btc_sha256_update (&writer->hash, writer->buffer, writer->used);
  writer->used = 0;
}

void
btc_hash_writer_data (BtcHashWriter *writer, const guint8 *data, gsize len)
{
  if (len == 0)
    return;
  if (len > sizeof writer->buffer - writer->used) {
    btc_hash_writer_flush (writer);
    if (len > sizeof writer->buffer) {
      btc_sha256_update (&writer->hash, data, len);
      return;
    }
  }
  memcpy (writer->buffer + writer->used, data, len);
  writer->used += len;
}

void
btc_hash_writer_u8 (BtcHashWriter *writer, guint8 value)
{
  btc_hash_writer_data (writer, &value, 1);
}

void
btc_hash_writer_u32 (BtcHashWriter *writer, guint32 value)
{
  guint8 bytes[4];

  btc_put_u32 (bytes, value);
  btc_hash_writer_data (writer, bytes, sizeof bytes);
}

void
btc_hash_writer_u64 (BtcHashWriter *writer, guint64 value)
{
  guint8 bytes[8];

  btc_put_u64 (bytes, value);
  btc_hash_writer_data (writer, bytes, sizeof bytes);
}

void
btc_hash_writer_compact (BtcHashWriter *writer, guint64 value)
{
  guint8 bytes[9];
  gsize len = btc_compact_len (value);

  if (len == 1) {
    btc_hash_writer_u8 (writer, value);
    return;
  }
  bytes[0] = len == 3 ? 0xfd : len == 5 ? 0xfe : 0xff;
  btc_hash_writer_u8 (writer, bytes[0]);
  btc_put_u64 (bytes, value);
  btc_hash_writer_data (writer, bytes, len - 1);
}

void
btc_hash_writer_bytes (BtcHashWriter *writer, BtcSpan bytes)
{
  btc_hash_writer_compact (writer, bytes.len);
  btc_hash_writer_data (writer, bytes.data, bytes.len);
}

void
btc_hash_writer_outpoint (BtcHashWriter *writer, const BtcOutpoint *outpoint)
{
  btc_hash_writer_data (writer, outpoint->txid32, 32);
  btc_hash_writer_u32 (writer, outpoint->n);
}

void
btc_hash_writer_output (BtcHashWriter *writer, const BtcTxOut *output)
{
  btc_hash_writer_u64 (writer, (guint64) output->value_sat);
  btc_hash_writer_bytes (writer, output->script);
}

void
btc_hash_writer_finish (BtcHashWriter *writer, guint8 out32[32])
{
  btc_hash_writer_flush (writer);
  btc_sha256_finish (&writer->hash, out32);
}

void
btc_hash_writer_finish_double (BtcHashWriter *writer, guint8 out32[32])
{
  btc_hash_writer_flush (writer);
  btc_sha256_finish_double (&writer->hash, out32);
}
