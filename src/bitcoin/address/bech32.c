#include "bitcoin/address/bech32.h"

#include <string.h>

/* Text: human-readable part · "1" · values as characters of the alphabet below · six characters of checksum. */

#define CHECKSUM_LEN 6

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static guint32
checksum_constant (BtcBech32 encoding)
{
  return encoding == BTC_BECH32M ? 0x2bc830a3 : 1;
}

/* What the five highest bits add when they are shifted out. */
#define BIT(top, i, generator) (((top) >> (i) &1) != 0 ? (generator) : 0)
#define SHIFTED(top)                                                                                                   \
  (BIT (top, 0, 0x3b6a57b2) ^ BIT (top, 1, 0x26508e6d) ^ BIT (top, 2, 0x1ea119fa) ^ BIT (top, 3, 0x3d4233dd)           \
   ^ BIT (top, 4, 0x2a1462b3))
#define FOUR(top) SHIFTED (top), SHIFTED ((top) + 1), SHIFTED ((top) + 2), SHIFTED ((top) + 3)

static guint32
polymod_step (guint32 state, guint8 value)
{
  static const guint32 shifted[32]
      = { FOUR (0), FOUR (4), FOUR (8), FOUR (12), FOUR (16), FOUR (20), FOUR (24), FOUR (28) };

  return ((state & 0x1ffffff) << 5 ^ value) ^ shifted[state >> 25];
}

static guint32
bech32_polymod (const char *hrp, const guint8 *values, gsize n)
{
  guint32 state = 1;

  for (const char *at = hrp; *at != '\0'; at++)
    state = polymod_step (state, (guint8) *at >> 5);
  state = polymod_step (state, 0);
  for (const char *at = hrp; *at != '\0'; at++)
    state = polymod_step (state, *at & 0x1f);
  for (gsize i = 0; i < n; i++)
    state = polymod_step (state, values[i]);
  return state;
}

static gboolean
good_characters (const char *text)
{
  gboolean lower = FALSE, upper = FALSE;

  for (const char *at = text; *at != '\0'; at++) {
    if (*at < 33 || *at > 126)
      return FALSE;
    lower |= g_ascii_islower (*at);
    upper |= g_ascii_isupper (*at);
  }
  return !(lower && upper);
}

/* Decodes the characters after the separator, including the checksum. */
static gboolean
read_values (const char *text, BtcBech32Text *decoded)
{
  decoded->n_values = 0;
  for (; *text != '\0'; text++) {
    const char *at = strchr (alphabet, g_ascii_tolower (*text));

    if (at == NULL)
      return FALSE;
    decoded->values[decoded->n_values++] = (guint8) (at - alphabet);
  }
  return TRUE;
}

/* Why TEXT is malformed, whatever its checksum; NULL: it is not. */
static const char *
bech32_parse (const char *text, BtcBech32Text *decoded)
{
  gsize len = strlen (text);
  const char *separator;

  if (len > BTC_BECH32_MAX)
    return "Bech32 string too long";
  if (!good_characters (text))
    return "Invalid character or mixed case";
  separator = strrchr (text, '1');
  if (separator == NULL)
    return "Missing separator";
  if (separator == text || separator + 1 + CHECKSUM_LEN > text + len)
    return "Invalid separator position";

  for (const char *at = text; at < separator; at++)
    decoded->hrp[at - text] = g_ascii_tolower (*at);
  decoded->hrp[separator - text] = '\0';
  return read_values (separator + 1, decoded) ? NULL : "Invalid Base 32 character";
}

gboolean
btc_bech32_decode (const char *text, BtcBech32Text *decoded, const char **why)
{
  const char *error;
  guint32 checksum;

  g_return_val_if_fail (text != NULL, FALSE);

  decoded->encoding = BTC_BECH32_NONE;
  error = bech32_parse (text, decoded);
  if (error == NULL) {
    checksum = bech32_polymod (decoded->hrp, decoded->values, decoded->n_values);
    if (checksum == checksum_constant (BTC_BECH32))
      decoded->encoding = BTC_BECH32;
    else if (checksum == checksum_constant (BTC_BECH32M))
      decoded->encoding = BTC_BECH32M;
    else
      error = "Invalid checksum";
  }
  if (error == NULL)
    decoded->n_values -= CHECKSUM_LEN;
  if (why != NULL)
    *why = error;
  return error == NULL;
}

/* ---- locating errors ---- */

/* The checksum is linear: a wrong value adds a remainder to it that depends only on the difference and on the distance
 * from the end. One or two errors are found by their sum; the code guarantees that at most one such pair exists. */
typedef struct {
  guint32 sums[BTC_BECH32_MAX][32]; /* by distance and difference */
  gsize n;                          /* of values */
  GHashTable *distances;            /* the distance of each sum */
} ErrorSums;

static void
error_sums_init (ErrorSums *sums, gsize n)
{
  sums->n = n;
  sums->distances = g_hash_table_new (NULL, NULL);
  for (guint32 value = 1; value < 32; value++) {
    guint32 state = value;
    for (gsize distance = 0; distance < n; distance++) {
      sums->sums[distance][value] = state;
      g_hash_table_insert (sums->distances, GUINT_TO_POINTER (state), GSIZE_TO_POINTER (distance));
      state = polymod_step (state, 0);
    }
  }
}

/* The distance of the one error whose remainder is SUM. */
static gboolean
find_error (const ErrorSums *sums, guint32 sum, gsize *distance)
{
  gpointer found;

  if (!g_hash_table_lookup_extended (sums->distances, GUINT_TO_POINTER (sum), NULL, &found))
    return FALSE;
  *distance = GPOINTER_TO_SIZE (found);
  return TRUE;
}

/* The number of errors, at most two, that explain SUM; 0: there are more. DISTANCES: the larger one first. */
static guint
find_errors (const ErrorSums *sums, guint32 sum, gsize distances[2])
{
  if (find_error (sums, sum, &distances[0]))
    return 1;
  for (gsize i = 1; i < sums->n; i++)
    for (guint value = 1; value < 32; value++)
      if (find_error (sums, sum ^ sums->sums[i][value], &distances[1]) && distances[1] < i) {
        distances[0] = i;
        return 2;
      }
  return 0;
}

static void
add_range (GArray *places, gsize from, gsize to)
{
  for (gsize i = from; i < to; i++)
    g_array_append_val (places, i);
}

/* Adds the characters that are not allowed, and those of the case that came second. */
static void
add_bad_characters (GArray *places, const char *text)
{
  gboolean lower = FALSE, upper = FALSE;

  for (gsize i = 0; text[i] != '\0'; i++) {
    gboolean is_lower = g_ascii_islower (text[i]), is_upper = g_ascii_isupper (text[i]);
    if ((is_lower && upper) || (is_upper && lower) || text[i] < 33 || text[i] > 126)
      g_array_append_val (places, i);
    lower |= is_lower && !upper;
    upper |= is_upper && !lower;
  }
}

static void
add_malformed (GArray *places, const char *text)
{
  gsize len = strlen (text), at;
  const char *separator = strrchr (text, '1');

  if (len > BTC_BECH32_MAX) {
    add_range (places, BTC_BECH32_MAX, len);
  } else if (!good_characters (text)) {
    add_bad_characters (places, text);
  } else if (separator != NULL) {
    at = (gsize) (separator - text);
    if (at == 0 || at + CHECKSUM_LEN >= len) {
      add_range (places, at, at + 1);
      return;
    }
    for (at++; text[at] != '\0' && strchr (alphabet, g_ascii_tolower (text[at])) != NULL;)
      at++;
    add_range (places, at, at + 1);
  }
}

const char *
btc_bech32_locate_errors (const char *text, GArray *places)
{
  static const BtcBech32 encodings[] = { BTC_BECH32, BTC_BECH32M };
  gsize len = strlen (text), distances[2], best[2];
  BtcBech32Text decoded;
  const char *why = bech32_parse (text, &decoded);
  guint n_best = 0;
  ErrorSums sums;
  guint32 checksum;

  if (why != NULL) {
    if (places != NULL)
      add_malformed (places, text);
    return why;
  }
  why = "Invalid checksum";
  error_sums_init (&sums, decoded.n_values);
  checksum = bech32_polymod (decoded.hrp, decoded.values, decoded.n_values);
  for (guint i = 0; i < G_N_ELEMENTS (encodings); i++) {
    guint n = find_errors (&sums, checksum ^ checksum_constant (encodings[i]), distances);
    if (n == 0 || (n_best > 0 && n >= n_best))
      continue;
    n_best = n;
    memcpy (best, distances, sizeof best);
    why = encodings[i] == BTC_BECH32 ? "Invalid Bech32 checksum" : "Invalid Bech32m checksum";
  }
  for (guint i = 0; places != NULL && i < n_best; i++)
    add_range (places, len - 1 - best[i], len - best[i]);
  g_hash_table_unref (sums.distances);
  return why;
}

char *
btc_bech32_encode (BtcBech32 encoding, const char *hrp, const guint8 *values, gsize n_values)
{
  guint8 all[BTC_BECH32_MAX];
  guint32 checksum;
  GString *text;

  g_return_val_if_fail (encoding != BTC_BECH32_NONE, NULL);
  g_return_val_if_fail (strlen (hrp) + 1 + n_values + CHECKSUM_LEN <= BTC_BECH32_MAX, NULL);

  if (n_values > 0)
    memcpy (all, values, n_values);
  memset (all + n_values, 0, CHECKSUM_LEN);
  checksum = bech32_polymod (hrp, all, n_values + CHECKSUM_LEN) ^ checksum_constant (encoding);
  for (guint i = 0; i < CHECKSUM_LEN; i++)
    all[n_values + i] = checksum >> 5 * (CHECKSUM_LEN - 1 - i) & 0x1f;

  text = g_string_new (hrp);
  g_string_append_c (text, '1');
  for (gsize i = 0; i < n_values + CHECKSUM_LEN; i++)
    g_string_append_c (text, alphabet[all[i]]);
  return g_string_free (text, FALSE);
}

gsize
btc_bech32_from_bytes (const guint8 *data, gsize len, guint8 *out)
{
  guint32 bits = 0;
  guint n_bits = 0;
  gsize n = 0;

  for (gsize i = 0; i < len; i++) {
    bits = (bits << 8 | data[i]) & 0xfff;
    for (n_bits += 8; n_bits >= 5; n_bits -= 5)
      out[n++] = bits >> (n_bits - 5) & 0x1f;
  }
  if (n_bits > 0)
    out[n++] = bits << (5 - n_bits) & 0x1f;
  return n;
}

gboolean
btc_bech32_to_bytes (const guint8 *values, gsize n, guint8 *out, gsize *len)
{
  guint32 bits = 0;
  guint n_bits = 0;

  *len = 0;
  for (gsize i = 0; i < n; i++) {
    bits = (bits << 5 | values[i]) & 0xfff;
    n_bits += 5;
    if (n_bits >= 8) {
      n_bits -= 8;
      out[(*len)++] = (guint8) (bits >> n_bits);
    }
  }
  return n_bits < 5 && (bits & ((1u << n_bits) - 1)) == 0;
}
