#include "bitcoin/crypto/hash.h"

#include <string.h>

#include "bitcoin/crypto/sha256_compress.h"

/* Our own implementation rather than a library's, because a large part of block validation is spent here: it uses the
 * SHA instructions of the processor, hashes two independent messages at a time in merkle trees, and makes no copies. */

typedef struct {
  guint32 state[8];
  guint64 len;
  guint8 pending[64];
} Context;

G_STATIC_ASSERT (sizeof (Context) <= sizeof (BtcSha256));

const BtcSha256Engine *
btc_sha256_engine (void)
{
  /* Every thread chooses the same engine, so it does not matter which of them stores it first. */
  static const BtcSha256Engine *chosen;
  const BtcSha256Engine *engine = g_atomic_pointer_get (&chosen);

  if (engine == NULL) {
    engine = btc_sha256_x86 ();
    if (engine == NULL)
      engine = &btc_sha256_portable;
    g_atomic_pointer_set (&chosen, (gpointer) engine);
  }
  return engine;
}

static void
store_state (const guint32 state[8], guint8 out32[32])
{
  for (guint i = 0; i < 8; i++) {
    guint32 word = GUINT32_TO_BE (state[i]);

    memcpy (out32 + 4 * i, &word, 4);
  }
}

void
btc_sha256_init (BtcSha256 *hash)
{
  Context *context = (Context *) hash;

  memcpy (context->state, btc_sha256_initial, sizeof context->state);
  context->len = 0;
}

void
btc_sha256_init_tagged (BtcSha256 *hash, const char *tag)
{
  guint8 tag32[32];

  btc_sha256 ((const guint8 *) tag, strlen (tag), tag32);
  btc_sha256_init (hash);
  btc_sha256_update (hash, tag32, 32);
  btc_sha256_update (hash, tag32, 32);
}

void
btc_sha256_update (BtcSha256 *hash, const guint8 *data, gsize len)
{
  Context *context = (Context *) hash;
  const BtcSha256Engine *engine = btc_sha256_engine ();
  gsize filled = context->len % 64;

  if (len == 0)
    return;
  context->len += len;

  if (filled > 0) {
    gsize part = MIN (len, 64 - filled);

    memcpy (context->pending + filled, data, part);
    data += part;
    len -= part;
    if (filled + part < 64)
      return;
    engine->blocks (context->state, context->pending, 1);
  }
  if (len >= 64) {
    engine->blocks (context->state, data, len / 64);
    data += len / 64 * 64;
    len %= 64;
  }
  if (len > 0)
    memcpy (context->pending, data, len);
}

void
btc_sha256_finish (BtcSha256 *hash, guint8 out32[32])
{
  Context *context = (Context *) hash;
  const BtcSha256Engine *engine = btc_sha256_engine ();
  guint64 bits = GUINT64_TO_BE (context->len * 8);
  gsize filled = context->len % 64;

  context->pending[filled++] = 0x80;
  if (filled > 56) {
    memset (context->pending + filled, 0, 64 - filled);
    engine->blocks (context->state, context->pending, 1);
    filled = 0;
  }
  memset (context->pending + filled, 0, 56 - filled);
  memcpy (context->pending + 56, &bits, 8);
  engine->blocks (context->state, context->pending, 1);
  store_state (context->state, out32);
}

void
btc_sha256_finish_double (BtcSha256 *hash, guint8 out32[32])
{
  guint8 first32[32];

  btc_sha256_finish (hash, first32);
  btc_sha256 (first32, 32, out32);
}

void
btc_sha256 (const guint8 *data, gsize len, guint8 out32[32])
{
  BtcSha256 hash;

  btc_sha256_init (&hash);
  btc_sha256_update (&hash, data, len);
  btc_sha256_finish (&hash, out32);
}

void
btc_sha256d (const guint8 *data, gsize len, guint8 out32[32])
{
  guint8 first32[32];

  btc_sha256 (data, len, first32);
  btc_sha256 (first32, 32, out32);
}

void
btc_sha256d_64_many (guint8 *out, const guint8 *in, gsize n)
{
  btc_sha256_engine ()->double_64 (out, in, n);
}

void
btc_tagged_hash (const char *tag, const guint8 *data, gsize len, guint8 out32[32])
{
  BtcSha256 hash;

  btc_sha256_init_tagged (&hash, tag);
  btc_sha256_update (&hash, data, len);
  btc_sha256_finish (&hash, out32);
}
