#include "bitcoin/crypto/sha256_compress.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define SHA_TARGET __attribute__ ((target ("sha,sse4.1,ssse3")))

/* The instructions keep the state as two registers: words A B E F, and C D G H. */
typedef struct {
  __m128i abef;
  __m128i cdgh;
} State;

SHA_TARGET static inline __m128i
swap_words (__m128i data)
{
  return _mm_shuffle_epi8 (data, _mm_set_epi64x (0x0c0d0e0f08090a0bLL, 0x0405060700010203LL));
}

SHA_TARGET static inline State
load_state (const guint32 state[8])
{
  __m128i low = _mm_shuffle_epi32 (_mm_loadu_si128 ((const __m128i *) state), 0xb1);
  __m128i high = _mm_shuffle_epi32 (_mm_loadu_si128 ((const __m128i *) (state + 4)), 0x1b);

  return (State){ _mm_alignr_epi8 (low, high, 8), _mm_blend_epi16 (high, low, 0xf0) };
}

/* The state as words A B C D in *LOW and E F G H in *HIGH. */
SHA_TARGET static inline void
unpack_state (State s, __m128i *low, __m128i *high)
{
  __m128i feba = _mm_shuffle_epi32 (s.abef, 0x1b);
  __m128i dchg = _mm_shuffle_epi32 (s.cdgh, 0xb1);

  *low = _mm_blend_epi16 (feba, dchg, 0xf0);
  *high = _mm_alignr_epi8 (dchg, feba, 8);
}

SHA_TARGET static inline void
add_state (State *s, State saved)
{
  s->abef = _mm_add_epi32 (s->abef, saved.abef);
  s->cdgh = _mm_add_epi32 (s->cdgh, saved.cdgh);
}

/* Four rounds with the four sums of constant and message word in KW. */
SHA_TARGET static inline void
four_rounds (State *s, __m128i kw)
{
  s->cdgh = _mm_sha256rnds2_epu32 (s->cdgh, s->abef, kw);
  s->abef = _mm_sha256rnds2_epu32 (s->abef, s->cdgh, _mm_shuffle_epi32 (kw, 0x0e));
}

SHA_TARGET static inline __m128i
constants (const guint32 *k)
{
  return _mm_loadu_si128 ((const __m128i *) k);
}

/* The four message words after those in M0 … M3. */
SHA_TARGET static inline __m128i
next_words (__m128i m0, __m128i m1, __m128i m2, __m128i m3)
{
  __m128i sum = _mm_add_epi32 (_mm_sha256msg1_epu32 (m0, m1), _mm_alignr_epi8 (m3, m2, 4));

  return _mm_sha256msg2_epu32 (sum, m3);
}

SHA_TARGET static inline State
one_block (State s, __m128i m0, __m128i m1, __m128i m2, __m128i m3)
{
  State saved = s;

  for (guint i = 0;; i += 16) {
    four_rounds (&s, _mm_add_epi32 (m0, constants (btc_sha256_k + i)));
    four_rounds (&s, _mm_add_epi32 (m1, constants (btc_sha256_k + i + 4)));
    four_rounds (&s, _mm_add_epi32 (m2, constants (btc_sha256_k + i + 8)));
    four_rounds (&s, _mm_add_epi32 (m3, constants (btc_sha256_k + i + 12)));
    if (i == 48)
      break;
    m0 = next_words (m0, m1, m2, m3);
    m1 = next_words (m1, m2, m3, m0);
    m2 = next_words (m2, m3, m0, m1);
    m3 = next_words (m3, m0, m1, m2);
  }
  add_state (&s, saved);
  return s;
}

SHA_TARGET static inline __m128i
load_words (const guint8 *data)
{
  return swap_words (_mm_loadu_si128 ((const __m128i *) data));
}

SHA_TARGET static void
x86_blocks (guint32 state[8], const guint8 *data, gsize n)
{
  State s = load_state (state);
  __m128i low, high;

  for (; n > 0; n--, data += 64)
    s = one_block (s, load_words (data), load_words (data + 16), load_words (data + 32), load_words (data + 48));

  unpack_state (s, &low, &high);
  _mm_storeu_si128 ((__m128i *) state, low);
  _mm_storeu_si128 ((__m128i *) (state + 4), high);
}

/* Two blocks of two messages in parallel: a single one would leave the unit idle for half of the time. */
SHA_TARGET static inline void
two_blocks (State *a, State *b, __m128i ma[4], __m128i mb[4])
{
  State saved_a = *a, saved_b = *b;
  __m128i a0 = ma[0], a1 = ma[1], a2 = ma[2], a3 = ma[3];
  __m128i b0 = mb[0], b1 = mb[1], b2 = mb[2], b3 = mb[3];

  for (guint i = 0;; i += 16) {
    four_rounds (a, _mm_add_epi32 (a0, constants (btc_sha256_k + i)));
    four_rounds (b, _mm_add_epi32 (b0, constants (btc_sha256_k + i)));
    four_rounds (a, _mm_add_epi32 (a1, constants (btc_sha256_k + i + 4)));
    four_rounds (b, _mm_add_epi32 (b1, constants (btc_sha256_k + i + 4)));
    four_rounds (a, _mm_add_epi32 (a2, constants (btc_sha256_k + i + 8)));
    four_rounds (b, _mm_add_epi32 (b2, constants (btc_sha256_k + i + 8)));
    four_rounds (a, _mm_add_epi32 (a3, constants (btc_sha256_k + i + 12)));
    four_rounds (b, _mm_add_epi32 (b3, constants (btc_sha256_k + i + 12)));
    if (i == 48)
      break;
    a0 = next_words (a0, a1, a2, a3);
    b0 = next_words (b0, b1, b2, b3);
    a1 = next_words (a1, a2, a3, a0);
    b1 = next_words (b1, b2, b3, b0);
    a2 = next_words (a2, a3, a0, a1);
    b2 = next_words (b2, b3, b0, b1);
    a3 = next_words (a3, a0, a1, a2);
    b3 = next_words (b3, b0, b1, b2);
  }
  add_state (a, saved_a);
  add_state (b, saved_b);
}

SHA_TARGET static inline void
two_paddings (State *a, State *b)
{
  State saved_a = *a, saved_b = *b;

  for (guint i = 0; i < 64; i += 4) {
    four_rounds (a, constants (btc_sha256_k_pad64 + i));
    four_rounds (b, constants (btc_sha256_k_pad64 + i));
  }
  add_state (a, saved_a);
  add_state (b, saved_b);
}

/* The message words of the second hash: the first hash, and the padding of 32 bytes. */
SHA_TARGET static inline void
second_message (State s, __m128i m[4])
{
  unpack_state (s, &m[0], &m[1]);
  m[2] = _mm_set_epi32 (0, 0, 0, (int) 0x80000000u);
  m[3] = _mm_set_epi32 (256, 0, 0, 0);
}

SHA_TARGET static inline void
store_hash (guint8 *out, State s)
{
  __m128i low, high;

  unpack_state (s, &low, &high);
  _mm_storeu_si128 ((__m128i *) out, swap_words (low));
  _mm_storeu_si128 ((__m128i *) (out + 16), swap_words (high));
}

SHA_TARGET static inline void
two_doubles (guint8 *out_a, guint8 *out_b, const guint8 *in_a, const guint8 *in_b)
{
  const State initial = load_state (btc_sha256_initial);
  State a = initial, b = initial;
  __m128i ma[4], mb[4];

  for (guint i = 0; i < 4; i++) {
    ma[i] = load_words (in_a + 16 * i);
    mb[i] = load_words (in_b + 16 * i);
  }
  two_blocks (&a, &b, ma, mb);
  two_paddings (&a, &b);
  second_message (a, ma);
  second_message (b, mb);
  a = initial;
  b = initial;
  two_blocks (&a, &b, ma, mb);
  store_hash (out_a, a);
  store_hash (out_b, b);
}

SHA_TARGET static void
x86_double_64 (guint8 *out, const guint8 *in, gsize n)
{
  for (; n > 1; n -= 2, in += 128, out += 64)
    two_doubles (out, out + 32, in, in + 64);
  if (n == 1) {
    guint8 unused[32];

    two_doubles (out, unused, in, in);
  }
}

static gboolean
have_instructions (void)
{
  guint a, b, c, d;

  if (!__get_cpuid (1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1))
    return FALSE;
  return __get_cpuid_count (7, 0, &a, &b, &c, &d) && (b & (1u << 29)) != 0;
}

const BtcSha256Engine *
btc_sha256_x86 (void)
{
  static const BtcSha256Engine engine = { x86_blocks, x86_double_64 };

  return have_instructions () ? &engine : NULL;
}

#else

const BtcSha256Engine *
btc_sha256_x86 (void)
{
  return NULL;
}

#endif
