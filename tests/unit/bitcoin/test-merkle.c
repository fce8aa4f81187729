#include "bitcoin/primitives/merkle.h"

#include <string.h>

#include "bitcoin/crypto/hash.h"

/* The root by its definition, one pair at a time. */
static void
plain_root (guint8 *hashes, gsize n, guint8 out32[32])
{
  for (; n > 1; n = (n + 1) / 2)
    for (gsize i = 0; i < n; i += 2) {
      guint8 pair[64];

      memcpy (pair, hashes + 32 * i, 32);
      memcpy (pair + 32, hashes + 32 * MIN (i + 1, n - 1), 32);
      btc_sha256d (pair, 64, hashes + 32 * (i / 2));
    }
  memcpy (out32, hashes, 32);
}

static void
fill (guint8 *hashes, gsize n)
{
  for (gsize i = 0; i < n; i++)
    btc_sha256 ((const guint8 *) &i, sizeof i, hashes + 32 * i);
}

static void
test_root (void)
{
  guint8 hashes[32 * 40], other[32 * 40], root[32], expected[32];

  for (gsize n = 1; n <= 40; n++) {
    gboolean mutated = TRUE;

    fill (hashes, n);
    memcpy (other, hashes, 32 * n);
    plain_root (other, n, expected);
    btc_merkle_root (hashes, n, root, &mutated);
    g_assert_cmpmem (root, 32, expected, 32);
    g_assert_false (mutated);
  }
}

/* CVE-2012-2459: the last hashes repeated give the same root. */
static void
test_mutated (void)
{
  guint8 hashes[32 * 8], root[32], expected[32];
  gboolean mutated = FALSE;

  fill (hashes, 6);
  btc_merkle_root (hashes, 6, expected, NULL);
  fill (hashes, 6);
  memcpy (hashes + 32 * 6, hashes + 32 * 4, 64);
  btc_merkle_root (hashes, 8, root, &mutated);
  g_assert_cmpmem (root, 32, expected, 32);
  g_assert_true (mutated);
}

static void
test_empty (void)
{
  guint8 zero[32] = { 0 }, root[32];

  memset (root, 1, 32);
  btc_merkle_root (NULL, 0, root, NULL);
  g_assert_cmpmem (root, 32, zero, 32);
}

/* The root is that of the coinbase and its path, in blocks of any number of transactions. */
static void
test_path (void)
{
  g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  const BtcOutpoint none = { .n = 0 };

  for (guint32 n = 1; n <= 40; n++) {
    g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, n);
    g_autoptr (GByteArray) path = g_byte_array_new ();
    g_autoptr (BtcBlock) block = NULL;
    BtcHeader header = { 0 };
    guint8 root[32], expected[32];

    btc_tx_builder_add_in (builder, &none, 0);
    btc_tx_builder_add_out (builder, n, NULL, 0);
    g_ptr_array_add (txs, btc_tx_builder_finish (builder));
    block = btc_block_new_from_txs (&header, (const BtcTx *const *) txs->pdata, n);
    btc_block_coinbase_path (block, path);
    g_assert_cmpuint (path->len, ==, 32 * g_bit_storage (n - 1) * (n > 1));
    btc_merkle_root_of_coinbase (block->txs[0].txid32, path->data, path->len / 32, root);
    btc_block_merkle_root (block, expected, NULL);
    g_assert_cmpmem (root, 32, expected, 32);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/primitives/merkle/root", test_root);
  g_test_add_func ("/primitives/merkle/mutated", test_mutated);
  g_test_add_func ("/primitives/merkle/empty", test_empty);
  g_test_add_func ("/primitives/merkle/path", test_path);
  return g_test_run ();
}
