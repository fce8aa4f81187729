#include "bitcoin/primitives/amount.h"

#include <string.h>

#define DECIMALS 8
#define WHOLE_DIGITS 8 /* of 21,000,000 */
#define OPTION_DIGITS 10

gboolean
btc_amount_in_range (gint64 sat)
{
  return sat >= 0 && sat <= BTC_MAX_MONEY;
}

gboolean
btc_amount_add (gint64 a, gint64 b, gint64 *sum)
{
  gint64 result;

  if (__builtin_add_overflow (a, b, &result) || !btc_amount_in_range (result))
    return FALSE;
  *sum = result;
  return TRUE;
}

gint64
btc_amount_add_saturated (gint64 a, gint64 b)
{
  gint64 sum;

  if (__builtin_add_overflow (a, b, &sum))
    return a < 0 ? G_MININT64 : G_MAXINT64;
  return sum;
}

char *
btc_amount_format (gint64 sat)
{
  guint64 magnitude = sat < 0 ? -(guint64) sat : (guint64) sat;

  return g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%08" G_GUINT64_FORMAT, sat < 0 ? "-" : "", magnitude / BTC_COIN,
                          magnitude % BTC_COIN);
}

char *
btc_amount_format_short (gint64 sat)
{
  char *text = btc_amount_format (sat);
  gsize len = strlen (text);

  for (guint zeros = 0; zeros < 6 && text[len - 1] == '0'; zeros++)
    text[--len] = '\0';
  return text;
}

gboolean
btc_amount_parse (const char *text, gint64 *sat)
{
  const char *at = text;
  gint64 value = 0;
  guint decimals = 0;

  for (; g_ascii_isdigit (*at); at++) {
    if (at - text >= WHOLE_DIGITS || (at > text && *text == '0'))
      return FALSE;
    value = value * 10 + g_ascii_digit_value (*at);
  }
  if (at == text)
    return FALSE;

  if (*at == '.') {
    for (at++; g_ascii_isdigit (*at); at++) {
      if (++decimals > DECIMALS)
        return FALSE;
      value = value * 10 + g_ascii_digit_value (*at);
    }
    if (decimals == 0)
      return FALSE;
  }
  if (*at != '\0')
    return FALSE;

  for (; decimals < DECIMALS; decimals++)
    value *= 10;
  if (!btc_amount_in_range (value))
    return FALSE;
  *sat = value;
  return TRUE;
}

gboolean
btc_amount_parse_loose (const char *text, gint64 *sat)
{
  const char *at = text;
  gint64 value = 0;
  guint digits = 0, decimals = 0;

  for (; g_ascii_isdigit (*at); at++, digits++) {
    value = value * 10 + g_ascii_digit_value (*at);
    if (value > BTC_MAX_MONEY / BTC_COIN)
      return FALSE;
  }
  if (*at == '.') {
    for (at++; g_ascii_isdigit (*at); at++, digits++) {
      if (decimals < DECIMALS)
        value = value * 10 + g_ascii_digit_value (*at);
      else if (*at != '0')
        return FALSE;
      decimals = MIN (decimals + 1, DECIMALS);
    }
  }
  if (digits == 0 || *at != '\0')
    return FALSE;
  for (; decimals < DECIMALS; decimals++)
    value *= 10;
  if (!btc_amount_in_range (value))
    return FALSE;
  *sat = value;
  return TRUE;
}

gboolean
btc_amount_parse_option (const char *text, gint64 *sat)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  const char *at = trimmed;
  gint64 value = 0;
  guint decimals = 0;

  if (*at == '\0')
    return FALSE;
  for (; g_ascii_isdigit (*at); at++) {
    if (at - trimmed >= OPTION_DIGITS)
      return FALSE;
    value = value * 10 + g_ascii_digit_value (*at);
  }
  if (*at == '.')
    for (at++; g_ascii_isdigit (*at) && decimals < DECIMALS; at++, decimals++)
      value = value * 10 + g_ascii_digit_value (*at);
  if (*at != '\0')
    return FALSE;
  for (; decimals < DECIMALS; decimals++)
    value *= 10;
  if (!btc_amount_in_range (value))
    return FALSE;
  *sat = value;
  return TRUE;
}
