#include "bitcoin/crypto/hash.h"

#include <string.h>

typedef struct {
  guint64 v0, v1, v2, v3;
} State;

static inline guint64
siphash_rotate (guint64 x, guint n)
{
  return x << n | x >> (64 - n);
}

static inline void
siphash_mix (State *s, guint rounds)
{
  for (guint i = 0; i < rounds; i++) {
    s->v0 += s->v1;
    s->v1 = siphash_rotate (s->v1, 13) ^ s->v0;
    s->v0 = siphash_rotate (s->v0, 32);
    s->v2 += s->v3;
    s->v3 = siphash_rotate (s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = siphash_rotate (s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = siphash_rotate (s->v1, 17) ^ s->v2;
    s->v2 = siphash_rotate (s->v2, 32);
  }
}

static inline void
siphash_absorb (State *s, guint64 word)
{
  s->v3 ^= word;
  siphash_mix (s, 2);
  s->v0 ^= word;
}

static inline guint64
read_le (const guint8 *at)
{
  guint64 word;

  memcpy (&word, at, 8);
  return GUINT64_FROM_LE (word);
}

static State
siphash_init (guint64 k0, guint64 k1)
{
  return (State){
    k0 ^ 0x736f6d6570736575,
    k1 ^ 0x646f72616e646f6d,
    k0 ^ 0x6c7967656e657261,
    k1 ^ 0x7465646279746573,
  };
}

guint64
btc_siphash (guint64 k0, guint64 k1, const guint8 *data, gsize len)
{
  State s = siphash_init (k0, k1);
  guint64 last = (guint64) len << 56;
  gsize whole = len / 8 * 8;

  for (gsize i = 0; i < whole; i += 8)
    siphash_absorb (&s, read_le (data + i));
  for (gsize i = whole; i < len; i++)
    last |= (guint64) data[i] << 8 * (i - whole);
  siphash_absorb (&s, last);

  s.v2 ^= 0xff;
  siphash_mix (&s, 4);
  return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

guint64
btc_siphash13_jumbo (guint64 k0, guint64 k1, const guint8 data32[32])
{
  State s = siphash_init (k0, k1);
  guint64 d0 = read_le (data32), d1 = read_le (data32 + 8), d2 = read_le (data32 + 16), d3 = read_le (data32 + 24);

  s.v0 ^= d1;
  s.v1 ^= d2;
  s.v2 ^= d3;
  s.v3 ^= d0;
  siphash_mix (&s, 1);
  s.v0 ^= d0;
  s.v1 ^= d1;
  s.v2 ^= d2;
  s.v3 ^= d3;
  /* "unpadded" in ASCII, where the ordinary form has 0xff */
  s.v2 ^= 0x6465646461706e75;
  siphash_mix (&s, 3);
  return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
