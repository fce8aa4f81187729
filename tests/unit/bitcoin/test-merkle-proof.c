#include "bitcoin/primitives/merkle_proof.h"

#include <string.h>

#include "bitcoin/crypto/hash.h"
#include "bitcoin/primitives/merkle.h"

static void
fill (guint8 *hashes, guint32 n)
{
  for (guint32 i = 0; i < n; i++)
    btc_sha256 ((const guint8 *) &i, sizeof i, hashes + 32 * i);
}

/* Every subset of transactions survives the round trip, in trees of every shape. */
static void
test_round_trip (void)
{
  guint8 hashes[32 * 9], copy[32 * 9], root[32], proven[32];
  gboolean wanted[9];

  for (guint32 n = 1; n <= 9; n++)
    for (guint choice = 0; choice < 1u << n; choice++) {
      g_autoptr (GByteArray) proof = g_byte_array_new (), matches = g_byte_array_new (), expected = g_byte_array_new ();
      BtcReader reader;
      guint32 told;

      fill (hashes, n);
      memcpy (copy, hashes, sizeof copy);
      btc_merkle_root (copy, n, root, NULL);
      for (guint32 i = 0; i < n; i++) {
        wanted[i] = (choice >> i) & 1;
        if (wanted[i])
          g_byte_array_append (expected, hashes + 32 * i, 32);
      }
      btc_merkle_proof_write (proof, hashes, n, wanted);
      btc_reader_init (&reader, proof->data, proof->len);
      g_assert_true (btc_merkle_proof_read (&reader, &told, proven, matches));
      g_assert_true (btc_reader_done (&reader));
      g_assert_cmpuint (told, ==, n);
      g_assert_cmpmem (proven, 32, root, 32);
      g_assert_cmpmem (matches->data, matches->len, expected->data, expected->len);
    }
}

/* A proof that is truncated, or has any byte changed, proves nothing, or leads to another root. */
static void
test_damaged (void)
{
  guint8 hashes[32 * 7], copy[32 * 7], root[32], proven[32];
  gboolean wanted[7] = { FALSE, TRUE, FALSE, FALSE, FALSE, TRUE, FALSE };
  g_autoptr (GByteArray) proof = g_byte_array_new ();
  BtcReader reader;
  guint32 n;

  fill (hashes, 7);
  memcpy (copy, hashes, sizeof copy);
  btc_merkle_root (copy, 7, root, NULL);
  btc_merkle_proof_write (proof, hashes, 7, wanted);
  for (guint len = 0; len < proof->len; len++) {
    g_autoptr (GByteArray) matches = g_byte_array_new ();
    btc_reader_init (&reader, proof->data, len);
    g_assert_false (btc_merkle_proof_read (&reader, &n, proven, matches));
  }
  for (guint at = 0; at < proof->len; at++) {
    g_autoptr (GByteArray) matches = g_byte_array_new ();
    gboolean good;
    proof->data[at] ^= 1;
    btc_reader_init (&reader, proof->data, proof->len);
    good = btc_merkle_proof_read (&reader, &n, proven, matches);
    /* The last byte is only padding of the flag bits. */
    g_assert_true (!good || n != 7 || memcmp (proven, root, 32) != 0 || at == proof->len - 1);
    proof->data[at] ^= 1;
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/merkle-proof/round-trip", test_round_trip);
  g_test_add_func ("/merkle-proof/damaged", test_damaged);
  return g_test_run ();
}
