/* A block: its bytes are the header and its transactions, one after the other. */
#include <stdlib.h>
#include <string.h>

#include "bitcoin/primitives/merkle.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, len);
  g_autoptr (BtcBlock) block = btc_block_new (bytes);
  guint8 header[BTC_HEADER_SIZE], root32[32];
  gboolean mutated;
  gsize at;

  if (block == NULL)
    return 0;
  btc_header_serialize (&block->header, header);
  if (memcmp (header, data, sizeof header) != 0)
    abort ();
  at = block->header_to_txs;
  for (guint32 i = 0; i < block->n_txs; i++) {
    g_autoptr (BtcTx) tx = btc_tx_dup (&block->txs[i]);

    if (tx == NULL || memcmp (data + at, tx->bytes.data, tx->bytes.len) != 0
        || memcmp (tx->wtxid32, block->txs[i].wtxid32, 32) != 0)
      abort ();
    at += tx->bytes.len;
  }
  if (at != len)
    abort ();
  btc_block_merkle_root (block, root32, &mutated);
  btc_block_witness_merkle_root (block, root32);
  return 0;
}
