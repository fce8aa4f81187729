#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 256-bit unsigned arithmetic for targets and chain work. Pure, any thread. */
typedef struct {
  guint64 limb[4]; /* least significant first */
} BtcUint256;

void btc_uint256_from_le (BtcUint256 *value, const guint8 data32[32]); /* hashes: internal order is little-endian */
void btc_uint256_to_le (const BtcUint256 *value, guint8 out32[32]);
void btc_uint256_to_be (const BtcUint256 *value, guint8 out32[32]);
void btc_uint256_from_u64 (BtcUint256 *value, guint64 n);
int btc_uint256_compare (const BtcUint256 *a, const BtcUint256 *b);
gboolean btc_uint256_is_zero (const BtcUint256 *a);
guint btc_uint256_bits (const BtcUint256 *a); /* position of the highest set bit, from 1; 0 for zero */
void btc_uint256_add (BtcUint256 *sum, const BtcUint256 *a, const BtcUint256 *b); /* modulo 2^256 */
void btc_uint256_sub (BtcUint256 *difference, const BtcUint256 *a, const BtcUint256 *b);
void btc_uint256_mul_u32 (BtcUint256 *product, const BtcUint256 *a, guint32 b);
void btc_uint256_div (BtcUint256 *quotient, const BtcUint256 *a, const BtcUint256 *b); /* B is not zero */
void btc_uint256_shift_left (BtcUint256 *out, const BtcUint256 *a, guint bits);
void btc_uint256_shift_right (BtcUint256 *out, const BtcUint256 *a, guint bits);
double btc_uint256_to_double (const BtcUint256 *a);

/* The "compact" form of `nBits`. *NEGATIVE and *OVERFLOW (may be NULL) as the reference defines them. */
void btc_uint256_from_compact (BtcUint256 *value, guint32 bits, gboolean *negative, gboolean *overflow);
guint32 btc_uint256_to_compact (const BtcUint256 *value);

G_END_DECLS
