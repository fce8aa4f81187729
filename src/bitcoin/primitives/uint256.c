#include "bitcoin/primitives/uint256.h"

#include <string.h>

#define LIMBS 4

void
btc_uint256_from_le (BtcUint256 *value, const guint8 data32[32])
{
  memcpy (value->limb, data32, 32);
  for (guint i = 0; i < LIMBS; i++)
    value->limb[i] = GUINT64_FROM_LE (value->limb[i]);
}

void
btc_uint256_to_le (const BtcUint256 *value, guint8 out32[32])
{
  for (guint i = 0; i < LIMBS; i++) {
    guint64 limb = GUINT64_TO_LE (value->limb[i]);

    memcpy (out32 + 8 * i, &limb, 8);
  }
}

void
btc_uint256_to_be (const BtcUint256 *value, guint8 out32[32])
{
  for (guint i = 0; i < LIMBS; i++) {
    guint64 limb = GUINT64_TO_BE (value->limb[LIMBS - 1 - i]);

    memcpy (out32 + 8 * i, &limb, 8);
  }
}

void
btc_uint256_from_u64 (BtcUint256 *value, guint64 n)
{
  *value = (BtcUint256){ .limb = { n } };
}

int
btc_uint256_compare (const BtcUint256 *a, const BtcUint256 *b)
{
  for (guint i = LIMBS; i-- > 0;)
    if (a->limb[i] != b->limb[i])
      return a->limb[i] < b->limb[i] ? -1 : 1;
  return 0;
}

gboolean
btc_uint256_is_zero (const BtcUint256 *a)
{
  return (a->limb[0] | a->limb[1] | a->limb[2] | a->limb[3]) == 0;
}

guint
btc_uint256_bits (const BtcUint256 *a)
{
  for (guint i = LIMBS; i-- > 0;)
    if (a->limb[i] != 0)
      return 64 * i + 64 - (guint) __builtin_clzll (a->limb[i]);
  return 0;
}

void
btc_uint256_add (BtcUint256 *sum, const BtcUint256 *a, const BtcUint256 *b)
{
  unsigned __int128 carry = 0;

  for (guint i = 0; i < LIMBS; i++) {
    carry += (unsigned __int128) a->limb[i] + b->limb[i];
    sum->limb[i] = (guint64) carry;
    carry >>= 64;
  }
}

void
btc_uint256_sub (BtcUint256 *difference, const BtcUint256 *a, const BtcUint256 *b)
{
  gboolean borrow = FALSE;

  for (guint i = 0; i < LIMBS; i++) {
    guint64 first, result;
    gboolean under = __builtin_sub_overflow (a->limb[i], b->limb[i], &first);

    under |= __builtin_sub_overflow (first, (guint64) borrow, &result);
    difference->limb[i] = result;
    borrow = under;
  }
}

void
btc_uint256_mul_u32 (BtcUint256 *product, const BtcUint256 *a, guint32 b)
{
  unsigned __int128 carry = 0;

  for (guint i = 0; i < LIMBS; i++) {
    carry += (unsigned __int128) a->limb[i] * b;
    product->limb[i] = (guint64) carry;
    carry >>= 64;
  }
}

void
btc_uint256_div (BtcUint256 *quotient, const BtcUint256 *a, const BtcUint256 *b)
{
  BtcUint256 rest = *a;
  BtcUint256 divisor;
  BtcUint256 result = { 0 };
  guint a_bits = btc_uint256_bits (a);
  guint b_bits = btc_uint256_bits (b);

  g_return_if_fail (b_bits > 0);

  if (b_bits <= a_bits) {
    guint shift = a_bits - b_bits;

    btc_uint256_shift_left (&divisor, b, shift);
    for (;; shift--) {
      if (btc_uint256_compare (&rest, &divisor) >= 0) {
        btc_uint256_sub (&rest, &rest, &divisor);
        result.limb[shift / 64] |= G_GUINT64_CONSTANT (1) << shift % 64;
      }
      if (shift == 0)
        break;
      btc_uint256_shift_right (&divisor, &divisor, 1);
    }
  }
  *quotient = result;
}

void
btc_uint256_shift_left (BtcUint256 *out, const BtcUint256 *a, guint bits)
{
  BtcUint256 result = { 0 };
  guint limbs = bits / 64;

  bits %= 64;
  for (guint i = limbs; i < LIMBS; i++) {
    result.limb[i] = a->limb[i - limbs] << bits;
    if (bits > 0 && i > limbs)
      result.limb[i] |= a->limb[i - limbs - 1] >> (64 - bits);
  }
  *out = result;
}

void
btc_uint256_shift_right (BtcUint256 *out, const BtcUint256 *a, guint bits)
{
  BtcUint256 result = { 0 };
  guint limbs = bits / 64;

  bits %= 64;
  for (guint i = 0; i + limbs < LIMBS; i++) {
    result.limb[i] = a->limb[i + limbs] >> bits;
    if (bits > 0 && i + limbs + 1 < LIMBS)
      result.limb[i] |= a->limb[i + limbs + 1] << (64 - bits);
  }
  *out = result;
}

double
btc_uint256_to_double (const BtcUint256 *a)
{
  double value = 0;

  for (guint i = LIMBS; i-- > 0;)
    value = value * 18446744073709551616.0 + (double) a->limb[i];
  return value;
}

/* nBits: the highest byte is a length in bytes, bit 23 a sign, the other 23 bits the leading digits. */
void
btc_uint256_from_compact (BtcUint256 *value, guint32 bits, gboolean *negative, gboolean *overflow)
{
  guint len = bits >> 24;
  guint32 word = bits & 0x007fffff;

  if (len <= 3) {
    word >>= 8 * (3 - len);
    btc_uint256_from_u64 (value, word);
  } else {
    btc_uint256_from_u64 (value, word);
    btc_uint256_shift_left (value, value, 8 * (len - 3));
  }
  if (negative != NULL)
    *negative = word != 0 && (bits & 0x00800000) != 0;
  if (overflow != NULL)
    *overflow = word != 0 && (len > 34 || (word > 0xff && len > 33) || (word > 0xffff && len > 32));
}

guint32
btc_uint256_to_compact (const BtcUint256 *value)
{
  guint len = (btc_uint256_bits (value) + 7) / 8;
  guint32 compact;

  if (len <= 3) {
    compact = (guint32) (value->limb[0] << 8 * (3 - len));
  } else {
    BtcUint256 top;

    btc_uint256_shift_right (&top, value, 8 * (len - 3));
    compact = (guint32) top.limb[0];
  }
  /* The sign bit must stay clear. */
  if (compact & 0x00800000) {
    compact >>= 8;
    len++;
  }
  return compact | len << 24;
}
