#include "bitcoin/primitives/uint256.h"

#include "common/hex.h"

static void
assert_hex (const BtcUint256 *value, const char *expected)
{
  guint8 data[32];
  g_autofree char *hex = NULL;

  btc_uint256_to_be (value, data);
  hex = common_hex_encode (data, 32);
  g_assert_cmpstr (hex, ==, expected);
}

static BtcUint256
from_hex (const char *hex)
{
  guint8 data[32];
  BtcUint256 value;

  g_assert_true (common_hex_decode_reversed (hex, data, 32));
  btc_uint256_from_le (&value, data);
  return value;
}

/* Compact targets, their values, and the compact form of those values. */
static void
test_compact (void)
{
  static const struct {
    guint32 bits;
    const char *hex;
    gboolean negative, overflow;
    guint32 written;
  } cases[] = {
    { 0x00000000, "0000000000000000000000000000000000000000000000000000000000000000", FALSE, FALSE, 0 },
    { 0x00123456, "0000000000000000000000000000000000000000000000000000000000000000", FALSE, FALSE, 0 },
    { 0x01123456, "0000000000000000000000000000000000000000000000000000000000000012", FALSE, FALSE, 0x01120000 },
    { 0x01fedcba, "000000000000000000000000000000000000000000000000000000000000007e", TRUE, FALSE, 0x017e0000 },
    { 0x02008000, "0000000000000000000000000000000000000000000000000000000000000080", FALSE, FALSE, 0x02008000 },
    { 0x04123456, "0000000000000000000000000000000000000000000000000000000012345600", FALSE, FALSE, 0x04123456 },
    { 0x04923456, "0000000000000000000000000000000000000000000000000000000012345600", TRUE, FALSE, 0x04123456 },
    { 0x1d00ffff, "00000000ffff0000000000000000000000000000000000000000000000000000", FALSE, FALSE, 0x1d00ffff },
    { 0x207fffff, "7fffff0000000000000000000000000000000000000000000000000000000000", FALSE, FALSE, 0x207fffff },
    { 0x2100ffff, "ffff000000000000000000000000000000000000000000000000000000000000", FALSE, FALSE, 0x2100ffff },
    { 0x21010000, "0000000000000000000000000000000000000000000000000000000000000000", FALSE, TRUE, 0 },
    { 0xff123456, "0000000000000000000000000000000000000000000000000000000000000000", FALSE, TRUE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    BtcUint256 value;
    gboolean negative, overflow;

    btc_uint256_from_compact (&value, cases[i].bits, &negative, &overflow);
    assert_hex (&value, cases[i].hex);
    g_assert_cmpint (negative, ==, cases[i].negative);
    g_assert_cmpint (overflow, ==, cases[i].overflow);
    g_assert_cmphex (btc_uint256_to_compact (&value), ==, cases[i].written);
  }
}

static void
test_arithmetic (void)
{
  BtcUint256 max = from_hex ("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
  BtcUint256 one, value, other;

  btc_uint256_from_u64 (&one, 1);
  btc_uint256_add (&value, &max, &one);
  g_assert_true (btc_uint256_is_zero (&value));
  btc_uint256_sub (&value, &value, &one);
  g_assert_cmpint (btc_uint256_compare (&value, &max), ==, 0);
  g_assert_cmpint (btc_uint256_compare (&one, &max), ==, -1);

  btc_uint256_shift_left (&value, &one, 200);
  g_assert_cmpuint (btc_uint256_bits (&value), ==, 201);
  btc_uint256_shift_right (&value, &value, 200);
  g_assert_cmpint (btc_uint256_compare (&value, &one), ==, 0);
  btc_uint256_shift_left (&value, &one, 256);
  g_assert_true (btc_uint256_is_zero (&value));

  value = from_hex ("00000000ffff0000000000000000000000000000000000000000000000000000");
  btc_uint256_mul_u32 (&value, &value, 1209600);
  assert_hex (&value, "001274ed8b000000000000000000000000000000000000000000000000000000");
  btc_uint256_from_u64 (&other, 1209600);
  btc_uint256_div (&value, &value, &other);
  assert_hex (&value, "00000000ffff0000000000000000000000000000000000000000000000000000");
}

/* a = q * b + r for many shapes of a and b. */
static void
test_division (void)
{
  BtcUint256 state = from_hex ("123456789abcdef0fedcba9876543210deadbeefcafebabe0123456789abcdef");

  for (guint i = 1; i < 200; i++) {
    BtcUint256 a, q, product, rest;
    guint32 b = 0x9e3779b9u / i;
    BtcUint256 divisor;

    btc_uint256_shift_right (&a, &state, i % 250);
    btc_uint256_from_u64 (&divisor, b);
    btc_uint256_div (&q, &a, &divisor);
    btc_uint256_mul_u32 (&product, &q, b);
    g_assert_cmpint (btc_uint256_compare (&product, &a), <=, 0);
    btc_uint256_sub (&rest, &a, &product);
    g_assert_cmpint (btc_uint256_compare (&rest, &divisor), <, 0);
    btc_uint256_mul_u32 (&state, &state, 0x10dcd + i);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/primitives/uint256/compact", test_compact);
  g_test_add_func ("/primitives/uint256/arithmetic", test_arithmetic);
  g_test_add_func ("/primitives/uint256/division", test_division);
  return g_test_run ();
}
