#include "bitcoin/primitives/tx_read.h"

#include <string.h>

#include "bitcoin/crypto/hash.h"

/* Bytes (BIP 144):
 *   version      u32 LE
 *   marker flag  00 01, only where there is a witness
 *   inputs       CompactSize count, each: txid 32 · index u32 LE · CompactSize length, script · sequence u32 LE
 *   outputs      CompactSize count, each: value i64 LE · CompactSize length, script
 *   witnesses    only after the marker; for each input: CompactSize count, each item CompactSize length, bytes
 *   lock time    u32 LE
 * In the older format the marker means "no inputs". A marker without any witness, and any other flag, are malformed. */

#define FLAG_WITNESS 0x01

/* Room for the inputs, or NULL to only count them. */
static guint32
read_inputs (BtcReader *reader, BtcTxIn *inputs)
{
  gsize n = btc_reader_compact_size (reader);

  for (gsize i = 0; i < n && !reader->failed; i++) {
    BtcTxIn in = { 0 };

    btc_reader_copy (reader, in.prevout.txid32, 32);
    in.prevout.n = btc_reader_u32 (reader);
    in.script_sig = btc_reader_bytes (reader);
    in.sequence = btc_reader_u32 (reader);
    if (inputs != NULL)
      inputs[i] = in;
  }
  return (guint32) n;
}

static guint32
read_outputs (BtcReader *reader, BtcTxOut *outputs)
{
  gsize n = btc_reader_compact_size (reader);

  for (gsize i = 0; i < n && !reader->failed; i++) {
    BtcTxOut out;

    out.value_sat = btc_reader_i64 (reader);
    out.script = btc_reader_bytes (reader);
    if (outputs != NULL)
      outputs[i] = out;
  }
  return (guint32) n;
}

/* TRUE when at least one input has a witness. */
static gboolean
read_witnesses (BtcReader *reader, BtcTxIn *inputs, guint32 n_in)
{
  gboolean any = FALSE;

  for (guint32 i = 0; i < n_in && !reader->failed; i++) {
    gsize count = btc_reader_compact_size (reader);
    gsize start = reader->pos;

    for (gsize item = 0; item < count && !reader->failed; item++)
      btc_reader_bytes (reader);
    any |= count > 0;
    if (inputs != NULL) {
      inputs[i].witness_count = (guint32) count;
      inputs[i].witness = (BtcSpan){ reader->data + start, reader->pos - start };
    }
  }
  return any;
}

/* Fills in all of TX except its IDs; only counts if tx->in is NULL. Returns the length of the witnesses. */
static gsize
tx_walk (BtcReader *reader, gboolean allow_witness, BtcTx *tx)
{
  gsize witness_len = 0;
  guint8 flags = 0;

  tx->version = btc_reader_u32 (reader);
  tx->n_out = 0;
  tx->n_in = read_inputs (reader, tx->in);
  if (tx->n_in == 0 && allow_witness) {
    /* A zero here instead of a flag is the count of outputs: no inputs and no outputs. */
    flags = btc_reader_u8 (reader);
    if (flags != 0) {
      tx->n_in = read_inputs (reader, tx->in);
      tx->n_out = read_outputs (reader, tx->out);
    }
  } else {
    tx->n_out = read_outputs (reader, tx->out);
  }

  if (flags & FLAG_WITNESS) {
    gsize start = reader->pos;

    if (!read_witnesses (reader, tx->in, tx->n_in))
      reader->failed = TRUE;
    witness_len = reader->pos - start;
  }
  if ((flags & ~FLAG_WITNESS) != 0)
    reader->failed = TRUE;
  tx->has_witness = flags != 0;
  tx->locktime = btc_reader_u32 (reader);
  return witness_len;
}

gboolean
btc_tx_measure (BtcReader *reader, gboolean allow_witness, BtcTx *tx)
{
  tx->in = NULL;
  tx->out = NULL;
  tx_walk (reader, allow_witness, tx);
  return !reader->failed;
}

static void
hash_without_witness (BtcTx *tx)
{
  BtcSha256 hash;

  btc_sha256_init (&hash);
  btc_sha256_update (&hash, tx->bytes.data, 4);
  btc_sha256_update (&hash, tx->bytes.data + 6, tx->stripped_size - 8);
  btc_sha256_update (&hash, tx->bytes.data + tx->bytes.len - 4, 4);
  btc_sha256_finish_double (&hash, tx->txid32);
}

void
btc_tx_read (BtcReader *reader, gboolean allow_witness, BtcTx *tx)
{
  gsize start = reader->pos;
  gsize witness_len = tx_walk (reader, allow_witness, tx);

  g_assert (!reader->failed);

  tx->bytes = (BtcSpan){ reader->data + start, reader->pos - start };
  tx->stripped_size = (guint32) (tx->bytes.len - (tx->has_witness ? witness_len + 2 : 0));
  btc_sha256d (tx->bytes.data, tx->bytes.len, tx->wtxid32);
  if (tx->has_witness)
    hash_without_witness (tx);
  else
    memcpy (tx->txid32, tx->wtxid32, 32);
}
