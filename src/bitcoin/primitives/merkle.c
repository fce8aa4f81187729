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

/* Replaces the N hashes of a level, more than one, by those of the level above it, whose number is returned. */
static gsize
merkle_next_level (guint8 *hashes, gsize n)
{
  btc_sha256d_64_many (hashes, hashes, n / 2);
  if (n % 2 == 1) {
    guint8 last[64];

    memcpy (last, hashes + 32 * (n - 1), 32);
    memcpy (last + 32, last, 32);
    btc_sha256d_64_many (hashes + 32 * (n / 2), last, 1);
  }
  return n / 2 + n % 2;
}

void
btc_merkle_root (guint8 *hashes, gsize n, guint8 out32[32], gboolean *mutated)
{
  gboolean equal = FALSE;

  while (n > 1) {
    if (mutated != NULL && !equal)
      equal = has_equal_pair (hashes, n);
    n = merkle_next_level (hashes, n);
  }

  if (n == 1)
    memcpy (out32, hashes, 32);
  else
    memset (out32, 0, 32);
  if (mutated != NULL)
    *mutated = equal;
}

void
btc_block_coinbase_path (const BtcBlock *block, GByteArray *out)
{
  g_autofree guint8 *hashes = g_malloc (32 * (gsize) block->n_txs);

  for (guint32 i = 0; i < block->n_txs; i++)
    memcpy (hashes + 32 * (gsize) i, block->txs[i].txid32, 32);
  for (gsize n = block->n_txs; n > 1; n = merkle_next_level (hashes, n))
    g_byte_array_append (out, hashes + 32, 32);
}

void
btc_merkle_root_of_coinbase (const guint8 txid32[32], const guint8 *path, gsize n, guint8 out32[32])
{
  guint8 pair[64];

  memcpy (out32, txid32, 32);
  for (gsize i = 0; i < n; i++) {
    memcpy (pair, out32, 32);
    memcpy (pair + 32, path + 32 * i, 32);
    btc_sha256d (pair, sizeof pair, out32);
  }
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
