#include "rpc/json_private.h"

#include <errno.h>
#include <string.h>

/* Numbers: their grammar (RFC 8259, section 6) and exact reading. */

/* An amount has at most this many digits before scaling, so that nothing below can overflow. */
#define AMOUNT_BOUND G_GINT64_CONSTANT (1000000000000000000)
#define AMOUNT_DECIMALS 8

static gsize
digits_len (const char *text, gsize len)
{
  gsize n = 0;
  while (n < len && g_ascii_isdigit (text[n]))
    n++;
  return n;
}

gsize
rpc_json_number_len (const char *text, gsize len)
{
  gsize pos = len > 0 && text[0] == '-' ? 1 : 0;
  gsize n = digits_len (text + pos, len - pos);

  if (n == 0 || (n > 1 && text[pos] == '0'))
    return 0;
  pos += n;
  if (pos < len && text[pos] == '.') {
    n = digits_len (text + pos + 1, len - pos - 1);
    if (n == 0)
      return 0;
    pos += 1 + n;
  }
  if (pos < len && (text[pos] == 'e' || text[pos] == 'E')) {
    gsize sign = pos + 1 < len && (text[pos + 1] == '+' || text[pos + 1] == '-') ? 1 : 0;
    n = digits_len (text + pos + 1 + sign, len - pos - 1 - sign);
    if (n == 0)
      return 0;
    pos += 1 + sign + n;
  }
  return pos;
}

gboolean
rpc_json_int (const RpcJson *json, gint64 *value)
{
  const char *literal = rpc_json_literal (json);
  char *end = NULL;
  gint64 number;

  if (literal == NULL)
    return FALSE;
  errno = 0;
  number = g_ascii_strtoll (literal, &end, 10);
  if (errno != 0 || *end != '\0')
    return FALSE;
  *value = number;
  return TRUE;
}

gboolean
rpc_json_double (const RpcJson *json, double *value)
{
  const char *literal = rpc_json_literal (json);

  if (literal == NULL)
    return FALSE;
  *value = g_ascii_strtod (literal, NULL);
  return TRUE;
}

typedef struct {
  gint64 mantissa;
  guint trailing_zeros; /* of the digits read, not yet part of the mantissa */
} Mantissa;

static gboolean
mantissa_add (Mantissa *m, char digit)
{
  if (digit == '0') {
    m->trailing_zeros++;
    return TRUE;
  }
  for (guint i = 0; i <= m->trailing_zeros; i++) {
    if (m->mantissa > AMOUNT_BOUND / 10 - 1)
      return FALSE;
    m->mantissa *= 10;
  }
  m->mantissa += digit - '0';
  m->trailing_zeros = 0;
  return TRUE;
}

/* The exponent at *TEXT, clamped to ±1000: no amount needs more. */
static gint64
read_exponent (const char *text)
{
  if (*text == '\0')
    return 0;
  return CLAMP (g_ascii_strtoll (text + 1, NULL, 10), -1000, 1000);
}

gboolean
rpc_json_amount (const RpcJson *json, gint64 *sat)
{
  const char *text = rpc_json_type (json) == RPC_JSON_NUMBER ? rpc_json_literal (json) : rpc_json_string (json);
  Mantissa m = { 0, 0 };
  gint64 exponent, point = 0;
  const char *at;
  gboolean negative, after_point = FALSE;

  if (text == NULL || *text == '\0' || text[rpc_json_number_len (text, strlen (text))] != '\0')
    return FALSE;
  negative = *text == '-';
  at = text + negative;
  if (*at == '0')
    at++; /* no digit of the mantissa */
  for (; *at != '\0' && *at != 'e' && *at != 'E'; at++) {
    if (*at == '.') {
      after_point = TRUE;
      continue;
    }
    if (!mantissa_add (&m, *at))
      return FALSE;
    point += after_point;
  }
  exponent = read_exponent (at) - point + m.trailing_zeros + AMOUNT_DECIMALS;
  if (exponent < 0 || exponent >= 18)
    return FALSE;
  for (; exponent > 0; exponent--) {
    if (m.mantissa > AMOUNT_BOUND / 10 - 1)
      return FALSE;
    m.mantissa *= 10;
  }
  *sat = negative ? -m.mantissa : m.mantissa;
  return TRUE;
}
