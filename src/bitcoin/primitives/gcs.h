#pragma once

#include "bitcoin/primitives/serialize.h"

G_BEGIN_DECLS

/* Golomb-coded sets (BIP 158): elements are hashed to the range below N * M, sorted, and the differences written with
 * Golomb-Rice codes of P bits. A set has no false negatives, and a false positive for one element in M. Pure, any
 * thread. */

typedef struct {
  guint64 k0, k1; /* of the SipHash */
  guint8 p;       /* 1 to 32 */
  guint32 m;
} BtcGcsParams;

/* Appends the set of the N ELEMENTS to OUT: CompactSize count, then the codes, padded to a whole byte. Duplicate
 * elements count once. */
void btc_gcs_write (const BtcGcsParams *params, const BtcSpan *elements, gsize n, GByteArray *out);

/* Whether SET, which may be untrusted, is well-formed: it has as many codes as it declares, and nothing after them. */
gboolean btc_gcs_check (const BtcGcsParams *params, BtcSpan set);

/* *MATCH: may any of the N ELEMENTS be in SET? FALSE: SET is malformed (as far as it had to be read). */
gboolean btc_gcs_match_any (const BtcGcsParams *params, BtcSpan set, const BtcSpan *elements, gsize n, gboolean *match);

G_END_DECLS
