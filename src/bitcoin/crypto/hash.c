#include "bitcoin/crypto/hash.h"

#include <nettle/hmac.h>
#include <nettle/pbkdf2.h>
#include <nettle/ripemd160.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include "common/secret.h"

/* The hash functions that nettle provides. */

void
btc_ripemd160 (const guint8 *data, gsize len, guint8 out20[20])
{
  struct ripemd160_ctx context;

  ripemd160_init (&context);
  ripemd160_update (&context, len, data);
  ripemd160_digest (&context, 20, out20);
}

void
btc_hash160 (const guint8 *data, gsize len, guint8 out20[20])
{
  guint8 hash32[32];

  btc_sha256 (data, len, hash32);
  btc_ripemd160 (hash32, 32, out20);
}

void
btc_sha1 (const guint8 *data, gsize len, guint8 out20[20])
{
  struct sha1_ctx context;

  sha1_init (&context);
  sha1_update (&context, len, data);
  sha1_digest (&context, 20, out20);
}

void
btc_sha512 (const guint8 *data, gsize len, guint8 out64[64])
{
  struct sha512_ctx context;

  sha512_init (&context);
  sha512_update (&context, len, data);
  sha512_digest (&context, 64, out64);
}

void
btc_hmac_sha512 (const guint8 *key, gsize key_len, const guint8 *data, gsize len, guint8 out64[64])
{
  struct hmac_sha512_ctx context;

  hmac_sha512_set_key (&context, key_len, key);
  hmac_sha512_update (&context, len, data);
  hmac_sha512_digest (&context, 64, out64);
  common_secret_wipe (&context, sizeof context);
}

void
btc_pbkdf2_hmac_sha512 (const guint8 *password,
                        gsize password_len,
                        const guint8 *salt,
                        gsize salt_len,
                        guint iterations,
                        guint8 out64[64])
{
  struct hmac_sha512_ctx context;

  g_return_if_fail (iterations > 0);

  hmac_sha512_set_key (&context, password_len, password);
  pbkdf2 (&context, (nettle_hash_update_func *) hmac_sha512_update, (nettle_hash_digest_func *) hmac_sha512_digest, 64,
          iterations, salt_len, salt, 64, out64);
  common_secret_wipe (&context, sizeof context);
}
