#include "bitcoin/primitives/tx.h"

#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "bitcoin/primitives/block.h"
#include "bitcoin/primitives/tx_read.h"

/* A separate transaction is one block of memory: this, the inputs, the outputs, the bytes. */
typedef struct {
  gint references;
  BtcTx tx;
} OwnTx;

static OwnTx *
own_tx (BtcTx *tx)
{
  return (OwnTx *) ((char *) tx - G_STRUCT_OFFSET (OwnTx, tx));
}

/* Copies the LEN bytes at DATA, which are one transaction as MEASURED, and parses them. */
static BtcTx *
make_own (const guint8 *data, gsize len, gboolean allow_witness, const BtcTx *measured)
{
  BtcReader reader;
  OwnTx *own;
  guint8 *bytes;

  /* Every input and output took bytes of DATA, so that this cannot overflow. */
  own = g_malloc (sizeof *own + measured->n_in * sizeof (BtcTxIn) + measured->n_out * sizeof (BtcTxOut) + len);
  own->references = 1;
  own->tx.in = (BtcTxIn *) (own + 1);
  own->tx.out = (BtcTxOut *) (own->tx.in + measured->n_in);
  bytes = (guint8 *) (own->tx.out + measured->n_out);
  memcpy (bytes, data, len);

  btc_reader_init (&reader, bytes, len);
  btc_tx_read (&reader, allow_witness, &own->tx);
  return &own->tx;
}

BtcTx *
btc_tx_new (const guint8 *data, gsize len, gboolean allow_witness)
{
  BtcReader reader;
  BtcTx measured;

  /* The weight must fit its type. */
  if (len > G_MAXUINT32 / BTC_WITNESS_SCALE)
    return NULL;
  btc_reader_init (&reader, data, len);
  if (!btc_tx_measure (&reader, allow_witness, &measured) || !btc_reader_done (&reader))
    return NULL;
  return make_own (data, len, allow_witness, &measured);
}

BtcTx *
btc_tx_new_first (const guint8 *data, gsize len)
{
  BtcReader reader;
  BtcTx measured;

  btc_reader_init (&reader, data, MIN (len, G_MAXUINT32 / BTC_WITNESS_SCALE));
  return btc_tx_measure (&reader, TRUE, &measured) ? make_own (data, reader.pos, TRUE, &measured) : NULL;
}

BtcTx *
btc_tx_dup (const BtcTx *tx)
{
  g_return_val_if_fail (tx != NULL, NULL);

  /* Without inputs the two formats would be ambiguous, but the format of the parsed bytes is known. */
  return btc_tx_new (tx->bytes.data, tx->bytes.len, tx->has_witness);
}

BtcTx *
btc_tx_ref (BtcTx *tx)
{
  g_return_val_if_fail (tx != NULL, NULL);

  g_atomic_int_inc (&own_tx (tx)->references);
  return tx;
}

void
btc_tx_unref (BtcTx *tx)
{
  if (tx != NULL && g_atomic_int_dec_and_test (&own_tx (tx)->references))
    g_free (own_tx (tx));
}

gboolean
btc_outpoint_equal (const BtcOutpoint *a, const BtcOutpoint *b)
{
  return a->n == b->n && memcmp (a->txid32, b->txid32, 32) == 0;
}

gboolean
btc_outpoint_is_null (const BtcOutpoint *outpoint)
{
  static const guint8 zero32[32];

  return outpoint->n == G_MAXUINT32 && memcmp (outpoint->txid32, zero32, 32) == 0;
}

gboolean
btc_tx_is_coinbase (const BtcTx *tx)
{
  return tx->n_in == 1 && btc_outpoint_is_null (&tx->in[0].prevout);
}

guint32
btc_tx_weight (const BtcTx *tx)
{
  return tx->stripped_size * (BTC_WITNESS_SCALE - 1) + (guint32) tx->bytes.len;
}

guint32
btc_tx_vsize (const BtcTx *tx)
{
  return (btc_tx_weight (tx) + BTC_WITNESS_SCALE - 1) / BTC_WITNESS_SCALE;
}

gboolean
btc_tx_outputs_sum (const BtcTx *tx, gint64 *sum_sat)
{
  gint64 sum = 0;

  for (guint32 i = 0; i < tx->n_out; i++)
    if (!btc_amount_in_range (tx->out[i].value_sat) || !btc_amount_add (sum, tx->out[i].value_sat, &sum))
      return FALSE;
  *sum_sat = sum;
  return TRUE;
}

void
btc_tx_write_stripped (const BtcTx *tx, GByteArray *out)
{
  if (!tx->has_witness) {
    btc_write_data (out, tx->bytes.data, tx->bytes.len);
    return;
  }
  /* The marker and the flag follow the version, the witnesses precede the lock time. */
  btc_write_data (out, tx->bytes.data, 4);
  btc_write_data (out, tx->bytes.data + 6, tx->stripped_size - 8);
  btc_write_data (out, tx->bytes.data + tx->bytes.len - 4, 4);
}

BtcSpan
btc_tx_in_witness_item (const BtcTxIn *in, guint32 i)
{
  BtcReader reader;

  g_return_val_if_fail (i < in->witness_count, ((BtcSpan){ NULL, 0 }));

  btc_reader_init (&reader, in->witness.data, in->witness.len);
  for (guint32 skipped = 0; skipped < i; skipped++)
    btc_reader_bytes (&reader);
  return btc_reader_bytes (&reader);
}
