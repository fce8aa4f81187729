#include "bitcoin/descriptor/descriptor.h"

#include <string.h>

/* BIP 380: a BCH code over 5-bit groups. Each character adds its position in a class of 32; after every third one, the
 * three classes add another group. */

#define CHECKSUM_LEN 8

static const char characters[] = "0123456789()[],'/*abcdefgh@:$%{}"
                                 "IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~"
                                 "ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
static const char checksum_characters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static guint64
checksum_step (guint64 state, guint group)
{
  static const guint64 generator[5] = { 0xf5dee51989, 0xa9fdca3312, 0x1bab10e32d, 0x3706b1677a, 0x644d626ffd };
  guint top = (guint) (state >> 35);

  state = (state & 0x7ffffffff) << 5 ^ group;
  for (guint i = 0; i < G_N_ELEMENTS (generator); i++)
    if (top >> i & 1)
      state ^= generator[i];
  return state;
}

gboolean
btc_descriptor_checksum (const char *text, gsize len, char out9[9])
{
  guint64 state = 1;
  guint classes = 0, n_classes = 0;

  for (gsize i = 0; i < len; i++) {
    const char *at = text[i] != '\0' ? strchr (characters, text[i]) : NULL;
    guint place;

    if (at == NULL)
      return FALSE;
    place = (guint) (at - characters);
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
