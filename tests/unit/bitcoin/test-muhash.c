#include "bitcoin/crypto/muhash.h"

#include <string.h>

#include "common/hex.h"

/* The element of the reference's tests: 32 bytes, the first being I. */
static void
change (BtcMuHash *hash, guint8 i, gboolean insert)
{
  guint8 data[32] = { i };

  if (insert)
    btc_muhash_insert (hash, data, sizeof data);
  else
    btc_muhash_remove (hash, data, sizeof data);
}

static void
assert_hash (const BtcMuHash *hash, const char *expected)
{
  guint8 out[32];
  g_autofree char *text = NULL;

  btc_muhash_finish (hash, out);
  text = common_hex_encode_reversed (out, sizeof out);
  g_assert_cmpstr (text, ==, expected);
}

/* {0, 1} without 2: the known answer of the reference. */
static void
test_known (void)
{
  BtcMuHash hash, other;
  guint8 bytes[2 * BTC_MUHASH_NUMBER_SIZE];
  static const char *const known = "10d312b100cbd32ada024a6646e40d3482fcff103668d2625f10002a607d5863";

  btc_muhash_init (&hash);
  change (&hash, 0, TRUE);
  change (&hash, 1, TRUE);
  change (&hash, 2, FALSE);
  assert_hash (&hash, known);

  btc_muhash_init (&hash);
  btc_muhash_init (&other);
  change (&hash, 1, TRUE);
  change (&other, 2, FALSE);
  change (&other, 0, TRUE);
  btc_muhash_combine (&hash, &other);
  btc_muhash_serialize (&hash, bytes);
  btc_muhash_parse (&other, bytes);
  assert_hash (&other, known);
}

/* No set of coins has this value, but a damaged file may contain it. */
static void
test_zero (void)
{
  static const guint8 zeros[2 * BTC_MUHASH_NUMBER_SIZE];
  BtcMuHash hash;
  guint8 bytes[2 * BTC_MUHASH_NUMBER_SIZE], one[BTC_MUHASH_NUMBER_SIZE] = { 1 };

  btc_muhash_parse (&hash, zeros);
  btc_muhash_divide (&hash);
  btc_muhash_serialize (&hash, bytes);
  g_assert_cmpmem (bytes, BTC_MUHASH_NUMBER_SIZE, zeros, BTC_MUHASH_NUMBER_SIZE);
  g_assert_cmpmem (bytes + BTC_MUHASH_NUMBER_SIZE, BTC_MUHASH_NUMBER_SIZE, one, sizeof one);
}

static void
test_order (void)
{
  BtcMuHash a, b;
  guint8 hash_a[32], hash_b[32];

  btc_muhash_init (&a);
  btc_muhash_init (&b);
  for (guint i = 0; i < 20; i++) {
    change (&a, (guint8) i, TRUE);
    change (&b, (guint8) (19 - i), TRUE);
  }
  for (guint i = 5; i < 9; i++) {
    change (&b, (guint8) i, FALSE);
    change (&b, (guint8) i, TRUE);
  }
  btc_muhash_finish (&a, hash_a);
  btc_muhash_finish (&b, hash_b);
  g_assert_cmpmem (hash_a, 32, hash_b, 32);
  change (&b, 3, FALSE);
  btc_muhash_finish (&b, hash_b);
  g_assert_cmpint (memcmp (hash_a, hash_b, 32), !=, 0);
}

/* The modulus itself, and the largest number that fits, are reduced to numbers below the modulus. */
static void
test_reduce (void)
{
  guint8 bytes[2 * BTC_MUHASH_NUMBER_SIZE] = { 0 }, hash_a[32], hash_b[32];
  BtcMuHash a, b;

  btc_muhash_init (&a);
  memset (bytes, 0xff, BTC_MUHASH_NUMBER_SIZE);
  bytes[BTC_MUHASH_NUMBER_SIZE] = 1;
  btc_muhash_parse (&b, bytes);
  a.numerator.limb[0] = 1103716;
  btc_muhash_finish (&a, hash_a);
  btc_muhash_finish (&b, hash_b);
  g_assert_cmpmem (hash_a, 32, hash_b, 32);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/muhash/known", test_known);
  g_test_add_func ("/crypto/muhash/zero", test_zero);
  g_test_add_func ("/crypto/muhash/order", test_order);
  g_test_add_func ("/crypto/muhash/reduce", test_reduce);
  return g_test_run ();
}
