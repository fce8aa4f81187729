/* CBlockUndo: a CTxUndo for each transaction except the coinbase.
 *   CompactSize transactions, then for each: CompactSize inputs, then for each:
 *     VARINT(2 * height + coinbase) [VARINT(0) when height > 0: formerly a version] TxOutCompression */
#include "bitcoin/primitives/amount.h"
#include "node/store/block_files.h"

void
node_undo_serialize (const BtcBlock *block, const BtcCoin *spent, GByteArray *out)
{
  const BtcCoin *coin = spent;

  btc_write_compact (out, block->n_txs - 1);
  for (guint32 t = 1; t < block->n_txs; t++) {
    btc_write_compact (out, block->txs[t].n_in);
    for (guint32 i = 0; i < block->txs[t].n_in; i++, coin++) {
      btc_write_varint (out, (guint64) coin->height * 2 + (coin->coinbase ? 1 : 0));
      if (coin->height > 0)
        btc_write_u8 (out, 0);
      node_txout_compress (&coin->out, out);
    }
  }
}

static gboolean
parse_coin (BtcReader *reader, BtcCoin *coin, GByteArray *scripts)
{
  guint64 code = btc_reader_varint (reader);

  if (reader->failed || code > G_MAXUINT32)
    return FALSE;
  coin->height = (guint32) (code >> 1);
  coin->coinbase = code & 1;
  if (coin->height > 0)
    btc_reader_varint (reader);
  return node_txout_decompress (reader, &coin->out, scripts) && btc_amount_in_range (coin->out.value_sat);
}

gboolean
node_undo_parse (const BtcBlock *block, GBytes *undo, BtcCoin *coins, GByteArray *scripts)
{
  BtcReader reader;
  gsize len, n = 0;
  const guint8 *data = g_bytes_get_data (undo, &len);

  g_return_val_if_fail (block->n_txs > 0, FALSE);

  g_byte_array_set_size (scripts, 0);
  btc_reader_init (&reader, data, len);
  if (btc_reader_compact_size (&reader) != block->n_txs - 1)
    return FALSE;
  for (guint32 t = 1; t < block->n_txs; t++) {
    if (btc_reader_compact_size (&reader) != block->txs[t].n_in)
      return FALSE;
    for (guint32 i = 0; i < block->txs[t].n_in; i++)
      if (!parse_coin (&reader, &coins[n++], scripts))
        return FALSE;
  }
  if (!btc_reader_done (&reader))
    return FALSE;
  /* The array is no longer reallocated: offsets become pointers. */
  for (gsize i = 0; i < n; i++)
    coins[i].out.script.data = scripts->data + GPOINTER_TO_SIZE (coins[i].out.script.data);
  return TRUE;
}
