#pragma once

#include "bitcoin/crypto/hash.h"
#include "bitcoin/primitives/tx.h"

G_BEGIN_DECLS

/* Serialises into SHA-256 through a small buffer: signature hashes are made of many short fields. Allocated on the
 * caller's stack; private to the signature hashes. */
typedef struct {
  BtcSha256 hash;
  guint used;
  guint8 buffer[512];
} BtcHashWriter;

void btc_hash_writer_init (BtcHashWriter *writer);
void btc_hash_writer_init_tagged (BtcHashWriter *writer, const char *tag);
void btc_hash_writer_data (BtcHashWriter *writer, const guint8 *data, gsize len);
void btc_hash_writer_u8 (BtcHashWriter *writer, guint8 value);
void btc_hash_writer_u32 (BtcHashWriter *writer, guint32 value);
void btc_hash_writer_u64 (BtcHashWriter *writer, guint64 value);
void btc_hash_writer_compact (BtcHashWriter *writer, guint64 value);
void btc_hash_writer_bytes (BtcHashWriter *writer, BtcSpan bytes); /* with their CompactSize */
void btc_hash_writer_outpoint (BtcHashWriter *writer, const BtcOutpoint *outpoint);
void btc_hash_writer_output (BtcHashWriter *writer, const BtcTxOut *output);
void btc_hash_writer_flush (BtcHashWriter *writer); /* all that was written is now in `hash` */
void btc_hash_writer_finish (BtcHashWriter *writer, guint8 out32[32]);
void btc_hash_writer_finish_double (BtcHashWriter *writer, guint8 out32[32]);

G_END_DECLS
