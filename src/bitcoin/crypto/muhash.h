#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* MuHash3072: the hash of a set, independent of the order in which elements are inserted and removed. Each element
 * becomes a number modulo 2^3072 - 1103717 (ChaCha20 with the element's SHA-256 as its key); the set is their product.
 * Any thread; one thread at a time for each object. */

#define BTC_MUHASH_LIMBS 48
#define BTC_MUHASH_NUMBER_SIZE 384

typedef struct {
  guint64 limb[BTC_MUHASH_LIMBS]; /* least significant first */
} BtcMuHashNumber;

typedef struct {
  BtcMuHashNumber numerator;   /* what was inserted */
  BtcMuHashNumber denominator; /* what was removed */
} BtcMuHash;

void btc_muhash_init (BtcMuHash *hash); /* the empty set */
void btc_muhash_insert (BtcMuHash *hash, const guint8 *data, gsize len);
void btc_muhash_remove (BtcMuHash *hash, const guint8 *data, gsize len);
void btc_muhash_combine (BtcMuHash *hash, const BtcMuHash *other); /* applies all insertions and removals of OTHER */

/* Divides by the removed elements, so that the next btc_muhash_finish() is fast. The set does not change. */
void btc_muhash_divide (BtcMuHash *hash);

/* The hash of the set as of now; HASH stays usable. About 10 ms when something was removed. */
void btc_muhash_finish (const BtcMuHash *hash, guint8 out32[32]);

/* Both numbers, the numerator first, as the coin statistics index stores them. */
void btc_muhash_serialize (const BtcMuHash *hash, guint8 out[2 * BTC_MUHASH_NUMBER_SIZE]);
void btc_muhash_parse (BtcMuHash *hash, const guint8 data[2 * BTC_MUHASH_NUMBER_SIZE]);

G_END_DECLS
