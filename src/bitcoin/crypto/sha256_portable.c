#include "bitcoin/crypto/sha256_compress.h"

#include <string.h>

const guint32 btc_sha256_initial[8] = {
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

const guint32 btc_sha256_k[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

const guint32 btc_sha256_k_pad64[64] = {
  0xc28a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf374,
  0x649b69c1, 0xf0fe4786, 0x0fe1edc6, 0x240cf254, 0x4fe9346f, 0x6cc984be, 0x61b9411e, 0x16f988fa,
  0xf2c65152, 0xa88e5a6d, 0xb019fc65, 0xb9d99ec7, 0x9a1231c3, 0xe70eeaa0, 0xfdb1232b, 0xc7353eb0,
  0x3069bad5, 0xcb976d5f, 0x5a0f118f, 0xdc1eeefd, 0x0a35b689, 0xde0b7a04, 0x58f4ca9d, 0xe15d5b16,
  0x007f3e86, 0x37088980, 0xa507ea32, 0x6fab9537, 0x17406110, 0x0d8cd6f1, 0xcdaa3b6d, 0xc0bbbe37,
  0x83613bda, 0xdb48a363, 0x0b02e931, 0x6fd15ca7, 0x521afaca, 0x31338431, 0x6ed41a95, 0x6d437890,
  0xc39c91f2, 0x9eccabbd, 0xb5c9a0e6, 0x532fb63c, 0xd2c741c6, 0x07237ea3, 0xa4954b68, 0x4c191d76,
};

static inline guint32
sha256_rotate (guint32 x, guint n)
{
  return x >> n | x << (32 - n);
}

static inline guint32
read_be (const guint8 *at)
{
  guint32 word;

  memcpy (&word, at, 4);
  return GUINT32_FROM_BE (word);
}

static inline void
write_be (guint8 *at, guint32 word)
{
  word = GUINT32_TO_BE (word);
  memcpy (at, &word, 4);
}

/* The 64 rounds. KW is, for each round, the constant plus the message word. */
static void
sha256_rounds (guint32 state[8], const guint32 kw[64])
{
  guint32 a = state[0], b = state[1], c = state[2], d = state[3];
  guint32 e = state[4], f = state[5], g = state[6], h = state[7];

  for (guint i = 0; i < 64; i++) {
    guint32 t1
        = h + (sha256_rotate (e, 6) ^ sha256_rotate (e, 11) ^ sha256_rotate (e, 25)) + (g ^ (e & (f ^ g))) + kw[i];
    guint32 t2 = (sha256_rotate (a, 2) ^ sha256_rotate (a, 13) ^ sha256_rotate (a, 22)) + ((a & b) | (c & (a | b)));

    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }

  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

static void
portable_blocks (guint32 state[8], const guint8 *data, gsize n)
{
  guint32 w[64];
  guint32 kw[64];

  for (; n > 0; n--, data += 64) {
    for (guint i = 0; i < 16; i++)
      w[i] = read_be (data + 4 * i);
    for (guint i = 16; i < 64; i++) {
      guint32 s0 = sha256_rotate (w[i - 15], 7) ^ sha256_rotate (w[i - 15], 18) ^ w[i - 15] >> 3;
      guint32 s1 = sha256_rotate (w[i - 2], 17) ^ sha256_rotate (w[i - 2], 19) ^ w[i - 2] >> 10;

      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    for (guint i = 0; i < 64; i++)
      kw[i] = w[i] + btc_sha256_k[i];
    sha256_rounds (state, kw);
  }
}

static void
portable_double_64 (guint8 *out, const guint8 *in, gsize n)
{
  guint8 block[64] = { 0 };
  guint32 state[8];

  block[32] = 0x80;
  block[62] = 1; /* the length in bits: 256 */
  for (; n > 0; n--, in += 64, out += 32) {
    memcpy (state, btc_sha256_initial, sizeof state);
    portable_blocks (state, in, 1);
    sha256_rounds (state, btc_sha256_k_pad64);
    for (guint i = 0; i < 8; i++)
      write_be (block + 4 * i, state[i]);
    memcpy (state, btc_sha256_initial, sizeof state);
    portable_blocks (state, block, 1);
    for (guint i = 0; i < 8; i++)
      write_be (out + 4 * i, state[i]);
  }
}

const BtcSha256Engine btc_sha256_portable = { portable_blocks, portable_double_64 };
