#include "bitcoin/crypto/muhash.h"

#include <gmp.h>
#include <nettle/chacha.h>
#include <string.h>

#include "bitcoin/crypto/hash.h"

#define LIMBS BTC_MUHASH_LIMBS
/* The modulus is 2^3072 minus this. */
#define SHORTFALL 1103717u

G_STATIC_ASSERT (sizeof (mp_limb_t) == sizeof (guint64));

/* A *= B. The result is below 2^3072, but not necessarily below the modulus. The part above 2^3072 is multiplied by
 * SHORTFALL and added. */
static void
muhash_multiply (BtcMuHashNumber *a, const BtcMuHashNumber *b)
{
  mp_limb_t product[2 * LIMBS];
  mp_limb_t carry;

  mpn_mul_n (product, a->limb, b->limb, LIMBS);
  carry = mpn_addmul_1 (product, product + LIMBS, LIMBS, SHORTFALL);
  while (carry != 0)
    carry = mpn_add_1 (product, product, LIMBS, carry * SHORTFALL);
  memcpy (a->limb, product, sizeof a->limb);
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

/* Zero, which is not the number of any element, remains zero. */
static void
muhash_invert (BtcMuHashNumber *value)
{
  mpz_t number, modulus, inverse;
  gsize n_limbs;

  mpz_inits (modulus, inverse, NULL);
  mpz_setbit (modulus, LIMBS * 64);
  mpz_sub_ui (modulus, modulus, SHORTFALL);
  if (!mpz_invert (inverse, mpz_roinit_n (number, value->limb, LIMBS), modulus))
    mpz_set_ui (inverse, 0);
  n_limbs = mpz_size (inverse);
  memset (value, 0, sizeof *value);
  memcpy (value->limb, mpz_limbs_read (inverse), n_limbs * sizeof value->limb[0]);
  mpz_clears (modulus, inverse, NULL);
}

/* Reduces VALUE below the modulus. */
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
