/* Undo data of a block with two transactions, whose number of inputs is in the first byte. */
#include <stdlib.h>
#include <string.h>

#include "node/store/block_files.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  BtcTx txs[3] = { { .n_in = 1 } };
  BtcBlock block = { .txs = txs, .n_txs = 3 };
  g_autofree BtcCoin *coins = NULL, *coins2 = NULL;
  g_autoptr (GByteArray) scripts = g_byte_array_new (), scripts2 = g_byte_array_new (), again = g_byte_array_new ();
  g_autoptr (GBytes) undo = NULL, undo2 = NULL;
  guint32 n;

  if (len < 1)
    return 0;
  txs[1].n_in = 1 + data[0] % 4;
  txs[2].n_in = 1 + data[0] / 4 % 4;
  n = txs[1].n_in + txs[2].n_in;
  coins = g_new0 (BtcCoin, n);
  coins2 = g_new0 (BtcCoin, n);
  undo = g_bytes_new (data + 1, len - 1);
  if (!node_undo_parse (&block, undo, coins, scripts))
    return 0;
  node_undo_serialize (&block, coins, again);
  undo2 = g_bytes_new (again->data, again->len);
  if (!node_undo_parse (&block, undo2, coins2, scripts2) || scripts->len != scripts2->len)
    abort ();
  for (guint32 i = 0; i < n; i++)
    if (coins[i].height != coins2[i].height || coins[i].coinbase != coins2[i].coinbase
        || coins[i].out.value_sat != coins2[i].out.value_sat || coins[i].out.script.len != coins2[i].out.script.len)
      abort ();
  return 0;
}
