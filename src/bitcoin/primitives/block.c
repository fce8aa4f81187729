#include "bitcoin/primitives/block.h"

#include <string.h>

#include "bitcoin/crypto/hash.h"
#include "bitcoin/primitives/tx_read.h"

/* Bytes:
 *   header        80: version i32 LE · previous block's hash 32 · merkle root 32 · time u32 LE · bits u32 LE · nonce u32 LE
 *   transactions  CompactSize count, then each (see tx_read.c) */

typedef struct {
  BtcBlock block;
  gint references;
  BtcTxIn *in;
  BtcTxOut *out;
} OwnBlock;

void
btc_header_parse (BtcHeader *header, const guint8 data80[BTC_HEADER_SIZE])
{
  header->version = (gint32) btc_get_u32 (data80);
  memcpy (header->prev32, data80 + 4, 32);
  memcpy (header->merkle_root32, data80 + 36, 32);
  header->time = btc_get_u32 (data80 + 68);
  header->bits = btc_get_u32 (data80 + 72);
  header->nonce = btc_get_u32 (data80 + 76);
}

void
btc_header_serialize (const BtcHeader *header, guint8 out80[BTC_HEADER_SIZE])
{
  btc_put_u32 (out80, (guint32) header->version);
  memcpy (out80 + 4, header->prev32, 32);
  memcpy (out80 + 36, header->merkle_root32, 32);
  btc_put_u32 (out80 + 68, header->time);
  btc_put_u32 (out80 + 72, header->bits);
  btc_put_u32 (out80 + 76, header->nonce);
}

void
btc_header_hash (const BtcHeader *header, guint8 out32[32])
{
  guint8 data[BTC_HEADER_SIZE];

  btc_header_serialize (header, data);
  btc_sha256d (data, sizeof data, out32);
}

/* Checks the encoding of all transactions, and counts; *END is where they end. */
static gboolean
block_measure (BtcReader reader, guint32 n_txs, gsize *n_in, gsize *n_out, gsize *end)
{
  *n_in = 0;
  *n_out = 0;
  for (guint32 i = 0; i < n_txs; i++) {
    BtcTx tx;

    if (!btc_tx_measure (&reader, TRUE, &tx))
      return FALSE;
    *n_in += tx.n_in;
    *n_out += tx.n_out;
  }
  *end = reader.pos;
  return !reader.failed;
}

static void
read_txs (OwnBlock *own, BtcReader *reader)
{
  BtcBlock *block = &own->block;
  BtcTxIn *in = own->in;
  BtcTxOut *out = own->out;

  for (guint32 i = 0; i < block->n_txs; i++) {
    BtcTx *tx = &block->txs[i];

    tx->in = in;
    tx->out = out;
    btc_tx_read (reader, TRUE, tx);
    in += tx->n_in;
    out += tx->n_out;
    block->stripped_size += tx->stripped_size;
  }
}

/* A block of BYTES, which is consumed, without its transactions: they begin at HEADER_TO_TXS. */
static OwnBlock *
block_alloc (GBytes *bytes, guint32 n_txs, gsize n_in, gsize n_out, gsize header_to_txs)
{
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  OwnBlock *own = g_new0 (OwnBlock, 1);

  own->references = 1;
  own->in = g_new (BtcTxIn, MAX (n_in, 1));
  own->out = g_new (BtcTxOut, MAX (n_out, 1));
  own->block.bytes = bytes;
  own->block.txs = g_new (BtcTx, n_txs);
  own->block.n_txs = n_txs;
  own->block.n_inputs = (guint32) n_in;
  own->block.header_to_txs = (guint32) header_to_txs;
  own->block.stripped_size = (guint32) header_to_txs;
  btc_header_parse (&own->block.header, data);
  btc_sha256d (data, BTC_HEADER_SIZE, own->block.hash32);
  return own;
}

static BtcBlock *
block_new (GBytes *bytes, gboolean with_rest)
{
  gsize len, n_in, n_out, end;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  BtcReader reader;
  guint32 n_txs;
  OwnBlock *own;

  /* The weight must fit its type. */
  if (len > G_MAXUINT32 / BTC_WITNESS_SCALE)
    return NULL;
  btc_reader_init (&reader, data, len);
  btc_reader_span (&reader, BTC_HEADER_SIZE);
  n_txs = (guint32) btc_reader_compact_size (&reader);
  if (reader.failed || !block_measure (reader, n_txs, &n_in, &n_out, &end) || (end != len && !with_rest))
    return NULL;

  own = block_alloc (end == len ? g_bytes_ref (bytes) : g_bytes_new_from_bytes (bytes, 0, end), n_txs, n_in, n_out,
                     reader.pos);
  read_txs (own, &reader);
  return &own->block;
}

BtcBlock *
btc_block_new (GBytes *bytes)
{
  return block_new (bytes, FALSE);
}

BtcBlock *
btc_block_new_prefix (GBytes *bytes)
{
  return block_new (bytes, TRUE);
}

/* ---- from transactions with known IDs ---- */

static GBytes *
block_join (const guint8 header80[BTC_HEADER_SIZE], const BtcTx *const *txs, guint32 n_txs)
{
  gsize len = BTC_HEADER_SIZE + 9;
  GByteArray *bytes;

  for (guint32 i = 0; i < n_txs; i++)
    len += txs[i]->bytes.len;
  if (len > G_MAXUINT32 / BTC_WITNESS_SCALE)
    return NULL;
  bytes = g_byte_array_sized_new ((guint) len);
  btc_write_data (bytes, header80, BTC_HEADER_SIZE);
  btc_write_compact (bytes, n_txs);
  for (guint32 i = 0; i < n_txs; i++)
    btc_write_data (bytes, txs[i]->bytes.data, txs[i]->bytes.len);
  return g_byte_array_free_to_bytes (bytes);
}

/* SPAN of a transaction whose bytes begin at FROM, in a copy of it that begins at TO. */
static BtcSpan
span_move (BtcSpan span, const guint8 *from, const guint8 *to)
{
  return span.data == NULL ? span : (BtcSpan){ to + (span.data - from), span.len };
}

/* Sets COPY, which has room for its inputs and outputs, to TX, whose bytes are at DATA. */
static void
block_copy_tx (BtcTx *copy, const BtcTx *tx, const guint8 *data, BtcTxIn *in, BtcTxOut *out)
{
  const guint8 *from = tx->bytes.data;

  *copy = *tx;
  copy->bytes.data = data;
  copy->in = in;
  copy->out = out;
  for (guint32 i = 0; i < tx->n_in; i++) {
    in[i] = tx->in[i];
    in[i].script_sig = span_move (tx->in[i].script_sig, from, data);
    in[i].witness = span_move (tx->in[i].witness, from, data);
  }
  for (guint32 i = 0; i < tx->n_out; i++)
    out[i] = (BtcTxOut){ tx->out[i].value_sat, span_move (tx->out[i].script, from, data) };
}

BtcBlock *
btc_block_new_from_txs (const BtcHeader *header, const BtcTx *const *txs, guint32 n_txs)
{
  guint8 header80[BTC_HEADER_SIZE];
  gsize n_in = 0, n_out = 0, pos;
  const guint8 *data;
  GBytes *bytes;
  OwnBlock *own;

  g_return_val_if_fail (header != NULL && (txs != NULL || n_txs == 0), NULL);
  btc_header_serialize (header, header80);
  bytes = block_join (header80, txs, n_txs);
  if (bytes == NULL)
    return NULL;
  for (guint32 i = 0; i < n_txs; i++) {
    n_in += txs[i]->n_in;
    n_out += txs[i]->n_out;
  }
  pos = BTC_HEADER_SIZE + btc_compact_len (n_txs);
  own = block_alloc (bytes, n_txs, n_in, n_out, pos);
  data = g_bytes_get_data (bytes, NULL);
  n_in = n_out = 0;
  for (guint32 i = 0; i < n_txs; i++) {
    block_copy_tx (&own->block.txs[i], txs[i], data + pos, own->in + n_in, own->out + n_out);
    pos += txs[i]->bytes.len;
    n_in += txs[i]->n_in;
    n_out += txs[i]->n_out;
    own->block.stripped_size += txs[i]->stripped_size;
  }
  return &own->block;
}

BtcBlock *
btc_block_ref (BtcBlock *block)
{
  g_return_val_if_fail (block != NULL, NULL);

  g_atomic_int_inc (&((OwnBlock *) block)->references);
  return block;
}

void
btc_block_unref (BtcBlock *block)
{
  OwnBlock *own = (OwnBlock *) block;

  if (block == NULL || !g_atomic_int_dec_and_test (&own->references))
    return;
  g_bytes_unref (block->bytes);
  g_free (block->txs);
  g_free (own->in);
  g_free (own->out);
  g_free (own);
}

guint32
btc_block_weight (const BtcBlock *block)
{
  return block->stripped_size * (BTC_WITNESS_SCALE - 1) + (guint32) g_bytes_get_size (block->bytes);
}
