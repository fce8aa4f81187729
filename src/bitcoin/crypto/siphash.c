#include "bitcoin/crypto/hash.h"

#include <string.h>

typedef struct {
  guint64 v0, v1, v2, v3;
} State;

static inline guint64
rotate (guint64 x, guint n) {
  return x << n | x >> (64 - n);
}

static inline void
mix (State *s, guint rounds) {
  for (guint i = 0; i < rounds; i++) {
    s->v0 += s->v1;
    s->v1 = rotate (s->v1, 13) ^ s->v0;
    s->v0 = rotate (s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate (s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate (s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate (s->v1, 17) ^ s->v2;
    s->v2 = rotate (s->v2, 32);
  }
}

static inline void
absorb (State *s, guint64 word) {
  s->v3 ^= word;
  mix (s, 2);
  s->v0 ^= word;
}

static inline guint64
read_le (const guint8 *at) {
  guint64 word;

  memcpy (&word, at, 8);
  return GUINT64_FROM_LE (word);
}

guint64
btc_siphash (guint64 k0, guint64 k1, const guint8 *data, gsize len) {
  State s = {
    k0 ^ 0x736f6d6570736575,
    k1 ^ 0x646f72616e646f6d,
    k0 ^ 0x6c7967656e657261,
    k1 ^ 0x7465646279746573,
  };
  guint64 last = (guint64) len << 56;
  gsize whole = len / 8 * 8;

  for (gsize i = 0; i < whole; i += 8)
    absorb (&s, read_le (data + i));
  for (gsize i = whole; i < len; i++)
    last |= (guint64) data[i] << 8 * (i - whole);
  absorb (&s, last);

  s.v2 ^= 0xff;
  mix (&s, 4);
  return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
