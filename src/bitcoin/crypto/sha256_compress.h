#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The compression function of SHA-256 (FIPS 180-4), in portable C and with the SHA instructions of x86. Private to this
 * folder. Pure, any thread. */

typedef struct {
  /* Feeds N blocks of 64 bytes into STATE. */
  void (*blocks) (guint32 state[8], const guint8 *data, gsize n);
  /* Double hashes of N messages of 64 bytes; OUT may be IN. */
  void (*double_64) (guint8 *out, const guint8 *in, gsize n);
} BtcSha256Engine;

extern const guint32 btc_sha256_initial[8];
extern const guint32 btc_sha256_k[64];

/* For each round, the constant plus the message word of the block that pads a message of 64 bytes. */
extern const guint32 btc_sha256_k_pad64[64];

/* The fastest engine that this processor has. */
const BtcSha256Engine *btc_sha256_engine (void);

extern const BtcSha256Engine btc_sha256_portable;

/* NULL where the processor has no SHA instructions. */
const BtcSha256Engine *btc_sha256_x86 (void);

G_END_DECLS
