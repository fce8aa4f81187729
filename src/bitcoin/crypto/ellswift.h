#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* ElligatorSwift (BIP 324): encodes the X coordinate of a point of secp256k1 as 64 bytes that cannot be told from random
 * ones. Debian 12's libsecp256k1 does not have it. The arithmetic is not constant-time: all of its inputs are public.
 * Any thread. */

#define BTC_ELLSWIFT_SIZE 64

/* The X coordinate that ELL64 encodes; every 64 bytes encode one. Big-endian. */
void btc_ellswift_decode (const guint8 ell64[BTC_ELLSWIFT_SIZE], guint8 x32[32]);

/* An encoding of X32, which must be the X coordinate of a point. SEED32 selects it among all encodings; if it is
 * uniformly random and secret, so is the choice. */
void btc_ellswift_encode (const guint8 x32[32], const guint8 seed32[32], guint8 ell64[BTC_ELLSWIFT_SIZE]);

/* The T of branch BRANCH (0 to 7) with which U32 and T encode X32; FALSE: there is none. U32 is not 0 modulo the field's
 * size. For btc_ellswift_encode() and its tests. */
gboolean btc_ellswift_invert (const guint8 x32[32], const guint8 u32[32], guint branch, guint8 t32[32]);

G_END_DECLS
