/* A transaction, with and without witness: what is parsed must be written again byte for byte. */
#include <stdlib.h>
#include <string.h>

#include "bitcoin/primitives/block.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

static void
check (const guint8 *data, gsize len, gboolean allow_witness)
{
  g_autoptr (BtcTx) tx = btc_tx_new (data, len, allow_witness);
  g_autoptr (BtcTxBuilder) builder = NULL;
  g_autoptr (BtcTx) again = NULL;
  g_autoptr (BtcTx) plain = NULL;
  g_autoptr (GByteArray) stripped = g_byte_array_new ();

  if (tx == NULL)
    return;
  builder = btc_tx_builder_new_from_tx (tx);
  again = btc_tx_builder_finish (builder);
  if (again == NULL || again->bytes.len != len || memcmp (again->bytes.data, data, len) != 0
      || memcmp (again->wtxid32, tx->wtxid32, 32) != 0)
    abort ();
  btc_tx_write_stripped (tx, stripped);
  plain = btc_tx_new (stripped->data, stripped->len, FALSE);
  if (plain == NULL || stripped->len != tx->stripped_size || memcmp (plain->wtxid32, tx->txid32, 32) != 0)
    abort ();
  for (guint32 i = 0; i < tx->n_in; i++)
    for (guint32 item = 0; item < MIN (tx->in[i].witness_count, 16); item++)
      if (btc_tx_in_witness_item (&tx->in[i], item).len > tx->in[i].witness.len)
        abort ();
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  check (data, len, TRUE);
  check (data, len, FALSE);
  return 0;
}
