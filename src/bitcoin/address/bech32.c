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

static guint32
polymod_step (guint32 state, guint8 value)
{
  static const guint32 generator[5] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
  guint32 top = state >> 25;

  state = (state & 0x1ffffff) << 5 ^ value;
  for (guint i = 0; i < G_N_ELEMENTS (generator); i++)
    if (top >> i & 1)
      state ^= generator[i];
  return state;
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

static const char *
bech32_parse (const char *text, BtcBech32Text *decoded)
{
  gsize len = strlen (text);
  const char *separator;
  guint32 checksum;

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
  if (!read_values (separator + 1, decoded))
    return "Invalid Base 32 character";

  checksum = bech32_polymod (decoded->hrp, decoded->values, decoded->n_values);
  if (checksum == checksum_constant (BTC_BECH32))
    decoded->encoding = BTC_BECH32;
  else if (checksum == checksum_constant (BTC_BECH32M))
    decoded->encoding = BTC_BECH32M;
  else
    return decoded->values[0] == 0 ? "Invalid Bech32 checksum" : "Invalid Bech32m checksum";
  decoded->n_values -= CHECKSUM_LEN;
  return NULL;
}

gboolean
btc_bech32_decode (const char *text, BtcBech32Text *decoded, const char **why)
{
  const char *error;

  g_return_val_if_fail (text != NULL, FALSE);

  decoded->encoding = BTC_BECH32_NONE;
  error = bech32_parse (text, decoded);
  if (why != NULL)
    *why = error;
  return error == NULL;
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
