#include "bitcoin/crypto/ellswift.h"

#include <string.h>

#include "common/hex.h"

static void
from_hex (const char *text, guint8 *out, gsize len)
{
  g_assert_true (common_hex_decode (text, out, len));
}

/* Two encodings with a special case each (U or T is 0 modulo the field's size), and one without: from BIP 324. */
static void
test_decode (void)
{
  static const char *const rows[][2] = {
    { "0000000000000000000000000000000000000000000000000000000000000000"
      "0000000000000000000000000000000000000000000000000000000000000000",
      "edd1fd3e327ce90cc7a3542614289aee9682003e9cf7dcc9cf2ca9743be5aa0c" },
    { "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"
      "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
      "edd1fd3e327ce90cc7a3542614289aee9682003e9cf7dcc9cf2ca9743be5aa0c" },
    { "000000000000000000000000000000000000000000000000000000000000000001d3475bf7655b0fb2d852921035b2ef607f49069b9745"
      "4e6795251062741771",
      "b5da00b73cd6560520e7c364086e7cd23a34bf60d0e707be9fc34d4cd5fdfa2c" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint8 ell64[64], x32[32], expected32[32];

    from_hex (rows[i][0], ell64, sizeof ell64);
    from_hex (rows[i][1], expected32, sizeof expected32);
    btc_ellswift_decode (ell64, x32);
    g_assert_cmpmem (x32, 32, expected32, 32);
  }
}

/* Every encoding is decoded to the coordinate, and another seed gives another one. */
static void
test_round (void)
{
  guint8 x32[32], first64[64];

  from_hex ("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", x32, sizeof x32);
  for (guint i = 0; i < 50; i++) {
    const guint8 seed32[32] = { (guint8) i };
    guint8 ell64[64], back32[32];

    btc_ellswift_encode (x32, seed32, ell64);
    btc_ellswift_decode (ell64, back32);
    g_assert_cmpmem (back32, 32, x32, 32);
    if (i == 0)
      memcpy (first64, ell64, sizeof first64);
    else
      g_assert_true (memcmp (first64, ell64, sizeof first64) != 0);
  }
}

/* Each T of each branch leads back to the coordinate; none is another branch's. */
static void
test_branches (void)
{
  guint8 x32[32];
  guint n_found = 0;

  from_hex ("c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5", x32, sizeof x32);
  for (guint i = 1; i <= 40; i++) {
    guint8 ell64[64] = { [31] = (guint8) i };

    for (guint branch = 0; branch < 8; branch++) {
      guint8 back32[32];

      if (!btc_ellswift_invert (x32, ell64, branch, ell64 + 32))
        continue;
      n_found++;
      btc_ellswift_decode (ell64, back32);
      g_assert_cmpmem (back32, 32, x32, 32);
    }
  }
  g_assert_cmpuint (n_found, >, 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/ellswift/decode", test_decode);
  g_test_add_func ("/crypto/ellswift/round", test_round);
  g_test_add_func ("/crypto/ellswift/branches", test_branches);
  return g_test_run ();
}
