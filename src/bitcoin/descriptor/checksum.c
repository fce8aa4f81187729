#include "bitcoin/descriptor/descriptor.h"

/* BIP 380: a BCH code over 5-bit groups. Each character adds its position in a class of 32; after every third one, the
 * three classes add another group. */

#define CHECKSUM_LEN 8

/* The place of each character in that order, plus one. 0: it is not allowed. */
static const guint8 places[256] = {
  ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,   ['4'] = 5,  ['5'] = 6,  ['6'] = 7,   ['7'] = 8,  ['8'] = 9,
  ['9'] = 10, ['('] = 11, [')'] = 12, ['['] = 13,  [']'] = 14, [','] = 15, ['\''] = 16, ['/'] = 17, ['*'] = 18,
  ['a'] = 19, ['b'] = 20, ['c'] = 21, ['d'] = 22,  ['e'] = 23, ['f'] = 24, ['g'] = 25,  ['h'] = 26, ['@'] = 27,
  [':'] = 28, ['$'] = 29, ['%'] = 30, ['{'] = 31,  ['}'] = 32, ['I'] = 33, ['J'] = 34,  ['K'] = 35, ['L'] = 36,
  ['M'] = 37, ['N'] = 38, ['O'] = 39, ['P'] = 40,  ['Q'] = 41, ['R'] = 42, ['S'] = 43,  ['T'] = 44, ['U'] = 45,
  ['V'] = 46, ['W'] = 47, ['X'] = 48, ['Y'] = 49,  ['Z'] = 50, ['&'] = 51, ['+'] = 52,  ['-'] = 53, ['.'] = 54,
  [';'] = 55, ['<'] = 56, ['='] = 57, ['>'] = 58,  ['?'] = 59, ['!'] = 60, ['^'] = 61,  ['_'] = 62, ['|'] = 63,
  ['~'] = 64, ['i'] = 65, ['j'] = 66, ['k'] = 67,  ['l'] = 68, ['m'] = 69, ['n'] = 70,  ['o'] = 71, ['p'] = 72,
  ['q'] = 73, ['r'] = 74, ['s'] = 75, ['t'] = 76,  ['u'] = 77, ['v'] = 78, ['w'] = 79,  ['x'] = 80, ['y'] = 81,
  ['z'] = 82, ['A'] = 83, ['B'] = 84, ['C'] = 85,  ['D'] = 86, ['E'] = 87, ['F'] = 88,  ['G'] = 89, ['H'] = 90,
  ['`'] = 91, ['#'] = 92, ['"'] = 93, ['\\'] = 94, [' '] = 95,
};
static const char checksum_characters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* What the five highest bits add when they are shifted out. */
#define BIT(top, i, generator) (((top) >> (i) &1) != 0 ? G_GUINT64_CONSTANT (generator) : 0)
#define SHIFTED(top)                                                                                                   \
  (BIT (top, 0, 0xf5dee51989) ^ BIT (top, 1, 0xa9fdca3312) ^ BIT (top, 2, 0x1bab10e32d) ^ BIT (top, 3, 0x3706b1677a)   \
   ^ BIT (top, 4, 0x644d626ffd))
#define FOUR(top) SHIFTED (top), SHIFTED ((top) + 1), SHIFTED ((top) + 2), SHIFTED ((top) + 3)

static guint64
checksum_step (guint64 state, guint group)
{
  static const guint64 shifted[32]
      = { FOUR (0), FOUR (4), FOUR (8), FOUR (12), FOUR (16), FOUR (20), FOUR (24), FOUR (28) };

  return ((state & 0x7ffffffff) << 5 ^ group) ^ shifted[state >> 35];
}

gboolean
btc_descriptor_checksum (const char *text, gsize len, char out9[9])
{
  guint64 state = 1;
  guint classes = 0, n_classes = 0;

  for (gsize i = 0; i < len; i++) {
    guint place = places[(guint8) text[i]];

    if (place-- == 0)
      return FALSE;
    state = checksum_step (state, place & 31);
    classes = classes * 3 + (place >> 5);
    if (++n_classes == 3) {
      state = checksum_step (state, classes);
      classes = 0;
      n_classes = 0;
    }
  }
  if (n_classes > 0)
    state = checksum_step (state, classes);
  for (guint i = 0; i < CHECKSUM_LEN; i++)
    state = checksum_step (state, 0);
  state ^= 1;

  for (guint i = 0; i < CHECKSUM_LEN; i++)
    out9[i] = checksum_characters[state >> 5 * (CHECKSUM_LEN - 1 - i) & 31];
  out9[CHECKSUM_LEN] = '\0';
  return TRUE;
}
