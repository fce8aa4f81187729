#include "bitcoin/crypto/muhash.h"

#include <nettle/chacha.h>
#include <string.h>

#include "bitcoin/crypto/hash.h"

#define LIMBS BTC_MUHASH_LIMBS
/* The modulus is 2^3072 less this. */
#define SHORTFALL 1103717u
#define LOW_BITS 21

typedef unsigned __int128 Wide;

/* VALUE += CARRY * 2^3072, which is CARRY * SHORTFALL modulo the modulus. */
static void
fold_carry (BtcMuHashNumber *value, guint64 carry)
{
  while (carry != 0) {
    Wide sum = (Wide) carry * SHORTFALL;
    for (guint i = 0; i < LIMBS && sum != 0; i++) {
      sum += value->limb[i];
      value->limb[i] = (guint64) sum;
      sum >>= 64;
    }
    carry = (guint64) sum;
  }
}

/* A *= B. The results are below 2^3072, which may still be the modulus or more. */
static void
muhash_multiply (BtcMuHashNumber *a, const BtcMuHashNumber *b)
{
  guint64 product[2 * LIMBS] = { 0 };
  guint64 carry = 0;

  for (guint i = 0; i < LIMBS; i++) {
    guint64 over = 0;
    for (guint k = 0; k < LIMBS; k++) {
      Wide sum = (Wide) a->limb[i] * b->limb[k] + product[i + k] + over;
      product[i + k] = (guint64) sum;
      over = (guint64) (sum >> 64);
    }
    product[i + LIMBS] = over;
  }
  for (guint i = 0; i < LIMBS; i++) {
    Wide sum = (Wide) product[i + LIMBS] * SHORTFALL + product[i] + carry;
    a->limb[i] = (guint64) sum;
    carry = (guint64) (sum >> 64);
  }
  fold_carry (a, carry);
}

static void
set_one (BtcMuHashNumber *value)
{
  memset (value, 0, sizeof *value);
  value->limb[0] = 1;
}

static gboolean
is_one (const BtcMuHashNumber *value)
{
  BtcMuHashNumber one;

  set_one (&one);
  return memcmp (value, &one, sizeof one) == 0;
}

static void
square_times (BtcMuHashNumber *value, guint times)
{
  for (; times > 0; times--) {
    BtcMuHashNumber same = *value;
    muhash_multiply (value, &same);
  }
}

/* VALUE to the power of the modulus less 2 is its inverse (Fermat). The bits of that exponent are all set above the
 * lowest 21, which are those of 2^21 - SHORTFALL - 2. */
static void
muhash_invert (BtcMuHashNumber *value)
{
  const guint32 low_bits = (1u << LOW_BITS) - SHORTFALL - 2;
  const guint n_ones = LIMBS * 64 - LOW_BITS;
  BtcMuHashNumber power = *value; /* to 2^have - 1 */
  guint have = 1;

  for (guint bit = g_bit_storage (n_ones) - 1; bit-- > 0;) {
    BtcMuHashNumber half = power;
    square_times (&power, have);
    muhash_multiply (&power, &half);
    have *= 2;
    if (n_ones >> bit & 1) {
      square_times (&power, 1);
      muhash_multiply (&power, value);
      have++;
    }
  }
  for (guint bit = LOW_BITS; bit-- > 0;) {
    square_times (&power, 1);
    if (low_bits >> bit & 1)
      muhash_multiply (&power, value);
  }
  *value = power;
}

/* Brings VALUE below the modulus. */
static void
muhash_normalise (BtcMuHashNumber *value)
{
  for (guint i = 1; i < LIMBS; i++)
    if (value->limb[i] != G_MAXUINT64)
      return;
  if (value->limb[0] < G_MAXUINT64 - SHORTFALL + 1)
    return;
  value->limb[0] += SHORTFALL;
  memset (value->limb + 1, 0, sizeof value->limb - sizeof value->limb[0]);
}

static void
number_to_bytes (const BtcMuHashNumber *value, guint8 out[BTC_MUHASH_NUMBER_SIZE])
{
  for (guint i = 0; i < LIMBS; i++) {
    guint64 limb = GUINT64_TO_LE (value->limb[i]);
    memcpy (out + 8 * i, &limb, 8);
  }
}

static void
number_from_bytes (BtcMuHashNumber *value, const guint8 data[BTC_MUHASH_NUMBER_SIZE])
{
  for (guint i = 0; i < LIMBS; i++) {
    guint64 limb;
    memcpy (&limb, data + 8 * i, 8);
    value->limb[i] = GUINT64_FROM_LE (limb);
  }
}

static void
number_of_element (BtcMuHashNumber *value, const guint8 *data, gsize len)
{
  static const guint8 zeros[BTC_MUHASH_NUMBER_SIZE];
  guint8 key[32], stream[BTC_MUHASH_NUMBER_SIZE];
  struct chacha_ctx chacha;

  btc_sha256 (data, len, key);
  chacha_set_key (&chacha, key);
  chacha_set_nonce (&chacha, zeros);
  chacha_crypt (&chacha, sizeof stream, stream, zeros);
  number_from_bytes (value, stream);
}

void
btc_muhash_init (BtcMuHash *hash)
{
  set_one (&hash->numerator);
  set_one (&hash->denominator);
}

void
btc_muhash_insert (BtcMuHash *hash, const guint8 *data, gsize len)
{
  BtcMuHashNumber value;

  number_of_element (&value, data, len);
  muhash_multiply (&hash->numerator, &value);
}

void
btc_muhash_remove (BtcMuHash *hash, const guint8 *data, gsize len)
{
  BtcMuHashNumber value;

  number_of_element (&value, data, len);
  muhash_multiply (&hash->denominator, &value);
}

void
btc_muhash_combine (BtcMuHash *hash, const BtcMuHash *other)
{
  BtcMuHash copy = *other;

  muhash_multiply (&hash->numerator, &copy.numerator);
  muhash_multiply (&hash->denominator, &copy.denominator);
}

void
btc_muhash_divide (BtcMuHash *hash)
{
  if (!is_one (&hash->denominator)) {
    muhash_invert (&hash->denominator);
    muhash_multiply (&hash->numerator, &hash->denominator);
    set_one (&hash->denominator);
  }
  muhash_normalise (&hash->numerator);
}

void
btc_muhash_finish (const BtcMuHash *hash, guint8 out32[32])
{
  BtcMuHashNumber value = hash->numerator;
  guint8 bytes[BTC_MUHASH_NUMBER_SIZE];

  if (!is_one (&hash->denominator)) {
    BtcMuHashNumber inverse = hash->denominator;
    muhash_invert (&inverse);
    muhash_multiply (&value, &inverse);
  }
  muhash_normalise (&value);
  number_to_bytes (&value, bytes);
  btc_sha256 (bytes, sizeof bytes, out32);
}

void
btc_muhash_serialize (const BtcMuHash *hash, guint8 out[2 * BTC_MUHASH_NUMBER_SIZE])
{
  number_to_bytes (&hash->numerator, out);
  number_to_bytes (&hash->denominator, out + BTC_MUHASH_NUMBER_SIZE);
}

void
btc_muhash_parse (BtcMuHash *hash, const guint8 data[2 * BTC_MUHASH_NUMBER_SIZE])
{
  number_from_bytes (&hash->numerator, data);
  number_from_bytes (&hash->denominator, data + BTC_MUHASH_NUMBER_SIZE);
}
