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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/primitives/merkle/root", test_root);
  g_test_add_func ("/primitives/merkle/mutated", test_mutated);
  g_test_add_func ("/primitives/merkle/empty", test_empty);
  return g_test_run ();
}
