#include "bitcoin/crypto/ellswift.h"

#include <gmp.h>
#include <string.h>

#include "bitcoin/crypto/hash.h"

/* Numbers are elements of the field of secp256k1: below its size, which is 2^256 - 2^32 - 977. */
typedef struct {
  mpz_t size;
  mpz_t half;       /* 1 / 2 */
  mpz_t root;       /* the square root of -3 that BIP 324 uses */
  mpz_t root_power; /* (size + 1) / 4: this power of a square is its root */
} Field;

static void
field_reduce (const Field *field, mpz_t value)
{
  mpz_mod (value, value, field->size);
}

static void
field_multiply (const Field *field, mpz_t out, const mpz_t a, const mpz_t b)
{
  mpz_mul (out, a, b);
  field_reduce (field, out);
}

/* OUT = A / B; B is not 0. */
static void
field_divide (const Field *field, mpz_t out, const mpz_t a, const mpz_t b)
{
  mpz_t inverse;

  mpz_init (inverse);
  mpz_invert (inverse, b, field->size);
  field_multiply (field, out, a, inverse);
  mpz_clear (inverse);
}

static gboolean
field_is_square (const Field *field, const mpz_t value)
{
  return mpz_legendre (value, field->size) >= 0;
}

static gboolean
field_root (const Field *field, mpz_t out, const mpz_t value)
{
  if (!field_is_square (field, value))
    return FALSE;
  mpz_powm (out, value, field->root_power, field->size);
  return TRUE;
}

/* OUT = X^3 + 7: the square of Y, if X is on the curve. */
static void
field_curve (const Field *field, mpz_t out, const mpz_t x)
{
  mpz_powm_ui (out, x, 3, field->size);
  mpz_add_ui (out, out, 7);
  field_reduce (field, out);
}

static gboolean
field_on_curve (const Field *field, const mpz_t x)
{
  mpz_t square;
  gboolean valid;

  mpz_init (square);
  field_curve (field, square, x);
  valid = field_is_square (field, square);
  mpz_clear (square);
  return valid;
}

static const Field *
field_get (void)
{
  static Field field;
  static gsize ready;

  if (g_once_init_enter (&ready)) {
    mpz_inits (field.size, field.half, field.root, field.root_power, NULL);
    mpz_setbit (field.size, 256);
    mpz_sub_ui (field.size, field.size, (1ul << 32) + 977);
    mpz_add_ui (field.half, field.size, 1);
    mpz_fdiv_q_2exp (field.half, field.half, 1);
    mpz_add_ui (field.root_power, field.size, 1);
    mpz_fdiv_q_2exp (field.root_power, field.root_power, 2);
    mpz_sub_ui (field.root, field.size, 3);
    field_root (&field, field.root, field.root);
    g_once_init_leave (&ready, 1);
  }
  return &field;
}

static void
field_read (const Field *field, mpz_t out, const guint8 bytes32[32])
{
  mpz_import (out, 32, 1, 1, 1, 0, bytes32);
  field_reduce (field, out);
}

static void
field_write (const mpz_t value, guint8 bytes32[32])
{
  gsize len = (mpz_sizeinbase (value, 2) + 7) / 8;

  memset (bytes32, 0, 32);
  if (mpz_sgn (value) != 0)
    mpz_export (bytes32 + 32 - len, NULL, 1, 1, 1, 0, value);
}

/* ---- decoding: XSwiftEC ---- */

/* The values of U and T for which the formulas are not defined are replaced. */
static void
decode_replace (const Field *field, mpz_t u, mpz_t t)
{
  mpz_t sum;

  if (mpz_sgn (u) == 0)
    mpz_set_ui (u, 1);
  if (mpz_sgn (t) == 0)
    mpz_set_ui (t, 1);
  mpz_init (sum);
  field_curve (field, sum, u);
  mpz_addmul (sum, t, t);
  field_reduce (field, sum);
  if (mpz_sgn (sum) == 0) {
    mpz_mul_ui (t, t, 2);
    field_reduce (field, t);
  }
  mpz_clear (sum);
}

/* The auxiliary X = (U^3 + 7 - T^2) / 2T and Y = (X + T) / (root U). */
static void
decode_auxiliary (const Field *field, mpz_t x, mpz_t y, const mpz_t u, const mpz_t t)
{
  mpz_t divisor;

  mpz_init (divisor);
  field_curve (field, x, u);
  mpz_submul (x, t, t);
  field_reduce (field, x);
  mpz_mul_ui (divisor, t, 2);
  field_divide (field, x, x, divisor);
  mpz_add (y, x, t);
  field_multiply (field, divisor, field->root, u);
  field_divide (field, y, y, divisor);
  mpz_clear (divisor);
}

void
btc_ellswift_decode (const guint8 ell64[BTC_ELLSWIFT_SIZE], guint8 x32[32])
{
  const Field *field = field_get ();
  mpz_t u, t, x, y, candidate;

  mpz_inits (u, t, x, y, candidate, NULL);
  field_read (field, u, ell64);
  field_read (field, t, ell64 + 32);
  decode_replace (field, u, t);
  decode_auxiliary (field, x, y, u, t);

  mpz_mul (candidate, y, y);
  mpz_mul_ui (candidate, candidate, 4);
  mpz_add (candidate, candidate, u);
  field_reduce (field, candidate);
  if (!field_on_curve (field, candidate)) {
    /* (-X / Y - U) / 2; if that is not on the curve either, (X / Y - U) / 2 is. */
    field_divide (field, x, x, y);
    mpz_add (candidate, x, u);
    mpz_neg (candidate, candidate);
    field_multiply (field, candidate, candidate, field->half);
    if (!field_on_curve (field, candidate)) {
      mpz_sub (candidate, x, u);
      field_multiply (field, candidate, candidate, field->half);
    }
  }
  field_write (candidate, x32);
  mpz_clears (u, t, x, y, candidate, NULL);
}

/* ---- encoding: the inverse of XSwiftEC ---- */

/* Branches 0, 1, 4, 5: V is X, and S = -(U^3 + 7) / (U^2 + U V + V^2). */
static gboolean
invert_first (const Field *field, mpz_t v, mpz_t s, const mpz_t x, const mpz_t u)
{
  mpz_t divisor;
  gboolean valid;

  mpz_init (divisor);
  mpz_add (divisor, x, u);
  mpz_neg (divisor, divisor);
  field_reduce (field, divisor);
  valid = !field_on_curve (field, divisor);
  if (valid) {
    mpz_set (v, x);
    mpz_add (divisor, u, v);
    mpz_mul (divisor, divisor, u);
    mpz_addmul (divisor, v, v);
    field_reduce (field, divisor);
    field_curve (field, s, u);
    mpz_neg (s, s);
    field_divide (field, s, s, divisor);
  }
  mpz_clear (divisor);
  return valid;
}

/* Branches 2, 3, 6, 7: S = X - U, and V = (root (-S (4 (U^3 + 7) + 3 S U^2)) / S - U) / 2. */
static gboolean
invert_second (const Field *field, mpz_t v, mpz_t s, const mpz_t x, const mpz_t u, gboolean odd)
{
  mpz_t r;
  gboolean valid;

  mpz_sub (s, x, u);
  field_reduce (field, s);
  if (mpz_sgn (s) == 0)
    return FALSE;
  mpz_init (r);
  field_curve (field, r, u);
  mpz_mul_ui (r, r, 4);
  mpz_mul (v, u, u);
  mpz_mul (v, v, s);
  mpz_addmul_ui (r, v, 3);
  mpz_mul (r, r, s);
  mpz_neg (r, r);
  field_reduce (field, r);
  valid = field_root (field, r, r) && !(odd && mpz_sgn (r) == 0);
  if (valid) {
    field_divide (field, v, r, s);
    mpz_sub (v, v, u);
    field_multiply (field, v, v, field->half);
  }
  mpz_clear (r);
  return valid;
}

/* T = ±W (U (1 ± root) / 2 + V), where W is the root of S: the signs are the branch. */
static gboolean
invert_finish (const Field *field, mpz_t t, const mpz_t v, const mpz_t s, const mpz_t u, guint branch)
{
  gboolean plus = (branch & 1) != 0, negative = (branch & 5) == 0 || (branch & 5) == 5;
  mpz_t w;
  gboolean valid;

  mpz_init (w);
  valid = field_root (field, w, s);
  if (valid) {
    mpz_set_ui (t, 1);
    if (plus)
      mpz_add (t, t, field->root);
    else
      mpz_sub (t, t, field->root);
    mpz_mul (t, t, field->half);
    mpz_mul (t, t, u);
    mpz_add (t, t, v);
    mpz_mul (t, t, w);
    if (negative)
      mpz_neg (t, t);
    field_reduce (field, t);
  }
  mpz_clear (w);
  return valid;
}

gboolean
btc_ellswift_invert (const guint8 x32[32], const guint8 u32[32], guint branch, guint8 t32[32])
{
  const Field *field = field_get ();
  mpz_t x, u, v, s, t;
  gboolean valid;

  mpz_inits (x, u, v, s, t, NULL);
  field_read (field, x, x32);
  field_read (field, u, u32);
  valid = (branch & 2) == 0 ? invert_first (field, v, s, x, u) : invert_second (field, v, s, x, u, (branch & 1) != 0);
  valid = valid && invert_finish (field, t, v, s, u, branch);
  if (valid)
    field_write (t, t32);
  mpz_clears (x, u, v, s, t, NULL);
  return valid;
}

/* A quarter of all attempts succeed. Each encoding is equally likely, because each U has at most one T in each branch. */
void
btc_ellswift_encode (const guint8 x32[32], const guint8 seed32[32], guint8 ell64[BTC_ELLSWIFT_SIZE])
{
  for (guint32 attempt = 0;; attempt++) {
    guint8 choice32[32];
    const guint32 counter_le = GUINT32_TO_LE (attempt);
    BtcSha256 hash;

    btc_sha256_init_tagged (&hash, "moneyrocket/ellswift");
    btc_sha256_update (&hash, seed32, 32);
    btc_sha256_update (&hash, x32, 32);
    btc_sha256_update (&hash, (const guint8 *) &counter_le, sizeof counter_le);
    btc_sha256_finish (&hash, choice32);
    btc_sha256 (choice32, 32, ell64); /* another number than the branch is taken from */
    if (btc_ellswift_invert (x32, ell64, choice32[0] & 7, ell64 + 32))
      return;
  }
}
