#include "bitcoin/primitives/merkle.h"

#include <string.h>

#include "bitcoin/crypto/hash.h"

static gboolean
has_equal_pair (const guint8 *hashes, gsize n)
{
  for (gsize i = 0; i + 1 < n; i += 2)
    if (memcmp (hashes + 32 * i, hashes + 32 * (i + 1), 32) == 0)
      return TRUE;
  return FALSE;
}

void
btc_merkle_root (guint8 *hashes, gsize n, guint8 out32[32], gboolean *mutated)
{
  gboolean equal = FALSE;

  while (n > 1) {
    if (mutated != NULL && !equal)
      equal = has_equal_pair (hashes, n);
    btc_sha256d_64_many (hashes, hashes, n / 2);
    if (n % 2 == 1) {
      guint8 last[64];

      memcpy (last, hashes + 32 * (n - 1), 32);
      memcpy (last + 32, last, 32);
      btc_sha256d_64_many (hashes + 32 * (n / 2), last, 1);
    }
    n = n / 2 + n % 2;
  }

  if (n == 1)
    memcpy (out32, hashes, 32);
  else
    memset (out32, 0, 32);
  if (mutated != NULL)
    *mutated = equal;
}

void
btc_block_merkle_root (const BtcBlock *block, guint8 out32[32], gboolean *mutated)
{
  g_autofree guint8 *hashes = g_malloc (32 * (gsize) block->n_txs);

  for (guint32 i = 0; i < block->n_txs; i++)
    memcpy (hashes + 32 * (gsize) i, block->txs[i].txid32, 32);
  btc_merkle_root (hashes, block->n_txs, out32, mutated);
}

void
btc_block_witness_merkle_root (const BtcBlock *block, guint8 out32[32])
{
  g_autofree guint8 *hashes = g_malloc0 (32 * (gsize) block->n_txs);

  for (guint32 i = 1; i < block->n_txs; i++)
    memcpy (hashes + 32 * (gsize) i, block->txs[i].wtxid32, 32);
  btc_merkle_root (hashes, block->n_txs, out32, NULL);
}
