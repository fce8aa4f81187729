#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The hash functions of the protocol. Pure, any thread. Outputs are in internal byte order. */

void btc_sha256 (const guint8 *data, gsize len, guint8 out32[32]);
void btc_sha256d (const guint8 *data, gsize len, guint8 out32[32]); /* SHA-256 twice: "hash256" */
void btc_hash160 (const guint8 *data, gsize len, guint8 out20[20]); /* RIPEMD-160 of SHA-256 */
void btc_ripemd160 (const guint8 *data, gsize len, guint8 out20[20]);
void btc_sha1 (const guint8 *data, gsize len, guint8 out20[20]);
void btc_sha512 (const guint8 *data, gsize len, guint8 out64[64]);

/* N independent double hashes of 64 bytes each, as in a merkle tree: IN has 64 * N bytes, OUT 32 * N; they may be the
 * same memory. Uses the SHA instructions of the processor if available. */
void btc_sha256d_64_many (guint8 *out, const guint8 *in, gsize n);

/* Incremental SHA-256. */
typedef struct {
  guint64 opaque[24];
} BtcSha256;
void btc_sha256_init (BtcSha256 *hash);
void btc_sha256_init_tagged (BtcSha256 *hash, const char *tag); /* BIP 340: starts with SHA256(tag) twice */
void btc_sha256_update (BtcSha256 *hash, const guint8 *data, gsize len);
void btc_sha256_finish (BtcSha256 *hash, guint8 out32[32]);
void btc_sha256_finish_double (BtcSha256 *hash, guint8 out32[32]);

/* BIP 340 tagged hash of DATA. */
void btc_tagged_hash (const char *tag, const guint8 *data, gsize len, guint8 out32[32]);

void btc_hmac_sha512 (const guint8 *key, gsize key_len, const guint8 *data, gsize len, guint8 out64[64]);
void btc_pbkdf2_hmac_sha512 (const guint8 *password,
                             gsize password_len,
                             const guint8 *salt,
                             gsize salt_len,
                             guint iterations,
                             guint8 out64[64]);

/* SipHash-2-4 with the key (K0, K1). */
guint64 btc_siphash (guint64 k0, guint64 k1, const guint8 *data, gsize len);

/* The reference's SipHash-1-3 of a single block of 32 bytes, which is added to the state at once and has no padding:
 * for keys of its transaction index. Only for DATA32 that is a hash itself. */
guint64 btc_siphash13_jumbo (guint64 k0, guint64 k1, const guint8 data32[32]);

G_END_DECLS
