#include "bitcoin/primitives/tx.h"

typedef struct {
  BtcOutpoint prevout;
  guint32 sequence;
  guint32 witness_count;
  GByteArray *script_sig;
  GByteArray *witness; /* the items as serialised */
} In;

typedef struct {
  gint64 value_sat;
  GByteArray *script;
} Out;

struct _BtcTxBuilder {
  guint32 version;
  guint32 locktime;
  GArray *in;
  GArray *out;
};

static void
clear_in (gpointer data)
{
  In *in = data;

  g_byte_array_unref (in->script_sig);
  g_byte_array_unref (in->witness);
}

static void
clear_out (gpointer data)
{
  g_byte_array_unref (((Out *) data)->script);
}

BtcTxBuilder *
btc_tx_builder_new (guint32 version, guint32 locktime)
{
  BtcTxBuilder *builder = g_new0 (BtcTxBuilder, 1);

  builder->version = version;
  builder->locktime = locktime;
  builder->in = g_array_new (FALSE, TRUE, sizeof (In));
  builder->out = g_array_new (FALSE, TRUE, sizeof (Out));
  g_array_set_clear_func (builder->in, clear_in);
  g_array_set_clear_func (builder->out, clear_out);
  return builder;
}

BtcTxBuilder *
btc_tx_builder_new_from_tx (const BtcTx *tx)
{
  BtcTxBuilder *builder;

  g_return_val_if_fail (tx != NULL, NULL);

  builder = btc_tx_builder_new (tx->version, tx->locktime);
  for (guint32 i = 0; i < tx->n_in; i++) {
    const BtcTxIn *from = &tx->in[i];
    In *in;

    btc_tx_builder_add_in (builder, &from->prevout, from->sequence);
    in = &g_array_index (builder->in, In, i);
    btc_write_data (in->script_sig, from->script_sig.data, from->script_sig.len);
    btc_write_data (in->witness, from->witness.data, from->witness.len);
    in->witness_count = from->witness_count;
  }
  for (guint32 i = 0; i < tx->n_out; i++)
    btc_tx_builder_add_out (builder, tx->out[i].value_sat, tx->out[i].script.data, tx->out[i].script.len);
  return builder;
}

void
btc_tx_builder_free (BtcTxBuilder *builder)
{
  if (builder == NULL)
    return;
  g_array_unref (builder->in);
  g_array_unref (builder->out);
  g_free (builder);
}

void
btc_tx_builder_add_in (BtcTxBuilder *builder, const BtcOutpoint *prevout, guint32 sequence)
{
  In in = { .prevout = *prevout, .sequence = sequence };

  in.script_sig = g_byte_array_new ();
  in.witness = g_byte_array_new ();
  g_array_append_val (builder->in, in);
}

void
btc_tx_builder_add_out (BtcTxBuilder *builder, gint64 value_sat, const guint8 *script, gsize len)
{
  Out out = { .value_sat = value_sat, .script = g_byte_array_sized_new ((guint) len) };

  btc_write_data (out.script, script, len);
  g_array_append_val (builder->out, out);
}

void
btc_tx_builder_set_script_sig (BtcTxBuilder *builder, guint32 in, const guint8 *script, gsize len)
{
  GByteArray *script_sig;

  g_return_if_fail (in < builder->in->len);

  script_sig = g_array_index (builder->in, In, in).script_sig;
  g_byte_array_set_size (script_sig, 0);
  btc_write_data (script_sig, script, len);
}

void
btc_tx_builder_set_witness (BtcTxBuilder *builder, guint32 in, const BtcSpan *items, guint32 n)
{
  In *at;

  g_return_if_fail (in < builder->in->len);

  at = &g_array_index (builder->in, In, in);
  g_byte_array_set_size (at->witness, 0);
  for (guint32 i = 0; i < n; i++)
    btc_write_bytes (at->witness, items[i].data, items[i].len);
  at->witness_count = n;
}

static gboolean
has_witness (const BtcTxBuilder *builder)
{
  for (guint i = 0; i < builder->in->len; i++)
    if (g_array_index (builder->in, In, i).witness_count > 0)
      return TRUE;
  return FALSE;
}

BtcTx *
btc_tx_builder_finish (BtcTxBuilder *builder)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gboolean witness;

  g_return_val_if_fail (builder != NULL, NULL);

  witness = has_witness (builder);
  btc_write_u32 (bytes, builder->version);
  if (witness) {
    btc_write_u8 (bytes, 0);
    btc_write_u8 (bytes, 1);
  }
  btc_write_compact (bytes, builder->in->len);
  for (guint i = 0; i < builder->in->len; i++) {
    const In *in = &g_array_index (builder->in, In, i);

    btc_write_data (bytes, in->prevout.txid32, 32);
    btc_write_u32 (bytes, in->prevout.n);
    btc_write_bytes (bytes, in->script_sig->data, in->script_sig->len);
    btc_write_u32 (bytes, in->sequence);
  }
  btc_write_compact (bytes, builder->out->len);
  for (guint i = 0; i < builder->out->len; i++) {
    const Out *out = &g_array_index (builder->out, Out, i);

    btc_write_i64 (bytes, out->value_sat);
    btc_write_bytes (bytes, out->script->data, out->script->len);
  }
  for (guint i = 0; witness && i < builder->in->len; i++) {
    const In *in = &g_array_index (builder->in, In, i);

    btc_write_compact (bytes, in->witness_count);
    btc_write_data (bytes, in->witness->data, in->witness->len);
  }
  btc_write_u32 (bytes, builder->locktime);
  return btc_tx_new (bytes->data, bytes->len, witness);
}
