#include "bitcoin/address/uri.h"

#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/primitives/amount.h"

#define SCHEME "bitcoin:"
#define DIGITS "0123456789"
#define MAX_DECIMALS 8

/* TEXT with percent-encoding decoded, as UTF-8: other bytes are taken for Latin-1, and malformed encoding stays as it
 * is. */
static char *
uri_unescape (const char *text)
{
  g_autofree char *plain = g_uri_unescape_string (text, NULL);

  if (plain == NULL)
    return g_utf8_make_valid (text, -1);
  if (g_utf8_validate (plain, -1, NULL))
    return g_steal_pointer (&plain);
  return g_convert (plain, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
}

/* What is wrong with TEXT, which is no amount. */
static BtcUriFault
uri_judge_amount (const char *text)
{
  gsize whole = strspn (text, DIGITS), decimals = text[whole] == '.' ? strspn (text + whole + 1, DIGITS) : 0;

  if (*text == '-')
    return BTC_URI_NEGATIVE_AMOUNT;
  if (whole + decimals == 0 || text[whole + (text[whole] == '.' ? 1 + decimals : 0)] != '\0')
    return BTC_URI_BAD_AMOUNT;
  return decimals > MAX_DECIMALS && strspn (text + whole + 1 + MAX_DECIMALS, "0") < decimals - MAX_DECIMALS
             ? BTC_URI_FINE_AMOUNT
             : BTC_URI_LARGE_AMOUNT;
}

/* Two different amounts are ambiguous; an empty one is none. */
static BtcUriFault
uri_read_amount (BtcUri *uri, const char *value)
{
  g_autofree char *text = uri_unescape (value);
  gint64 sat;

  if (text == NULL || *text == '\0')
    return BTC_URI_OK;
  if (!btc_amount_parse_loose (text, &sat))
    return uri_judge_amount (text);
  if (uri->amount_sat != -1 && uri->amount_sat != sat)
    return BTC_URI_TWO_AMOUNTS;
  uri->amount_sat = sat;
  return BTC_URI_OK;
}

/* The first one counts. */
static void
read_text (const char *value, char **out)
{
  if (*out == NULL && *value != '\0')
    *out = uri_unescape (value);
}

/* BIP 321: the address may be a parameter named like the prefix of its network. */
static gboolean
is_address_name (const char *name)
{
  for (guint i = 0; i < BTC_N_NETWORKS; i++)
    if (g_ascii_strcasecmp (name, btc_network_info (i)->bech32_hrp) == 0)
      return TRUE;
  return FALSE;
}

static BtcUriFault
read_parameter (BtcUri *uri, const char *name, const char *value)
{
  if (g_ascii_strcasecmp (name, "amount") == 0)
    return uri_read_amount (uri, value);
  if (g_ascii_strcasecmp (name, "label") == 0) {
    read_text (value, &uri->label);
  } else if (g_ascii_strcasecmp (name, "message") == 0) {
    read_text (value, &uri->message);
  } else if (is_address_name (name) && *uri->address == '\0') {
    g_free (uri->address);
    uri->address = uri_unescape (value);
  } else if (g_ascii_strncasecmp (name, "req-", 4) == 0) {
    return BTC_URI_UNKNOWN_REQUIREMENT;
  }
  return BTC_URI_OK;
}

static BtcUriFault
read_parameters (BtcUri *uri, const char *query)
{
  g_auto (GStrv) parts = g_strsplit (query, "&", -1);
  BtcUriFault fault = BTC_URI_OK;

  for (guint i = 0; parts[i] != NULL && fault == BTC_URI_OK; i++) {
    char *equals = strchr (parts[i], '=');

    if (*parts[i] == '\0')
      continue;
    if (equals != NULL)
      *equals = '\0';
    fault = read_parameter (uri, parts[i], equals != NULL ? equals + 1 : "");
  }
  return fault;
}

/* The part before the parameters; some programs write a slash after it. */
static char *
read_address (const char *text, gsize len)
{
  g_autofree char *part = NULL;

  if (len > 0 && text[len - 1] == '/')
    len--;
  part = g_strndup (text, len);
  return uri_unescape (part);
}

BtcUriFault
btc_uri_split (const char *text, BtcUri **uri)
{
  g_autoptr (BtcUri) parts = NULL;
  g_autofree char *whole = NULL;
  const char *query;
  BtcUriFault fault = BTC_URI_OK;

  g_return_val_if_fail (text != NULL, BTC_URI_NONE);

  if (g_ascii_strncasecmp (text, SCHEME, strlen (SCHEME)) != 0)
    return BTC_URI_NONE;
  text += strlen (SCHEME);
  /* Some browsers and wallets write the URI like a web address. */
  if (g_str_has_prefix (text, "//"))
    text += 2;
  whole = g_strndup (text, strcspn (text, "#"));

  parts = g_new0 (BtcUri, 1);
  parts->amount_sat = -1;
  query = whole + strcspn (whole, "?");
  parts->address = read_address (whole, (gsize) (query - whole));
  if (*query == '?')
    fault = read_parameters (parts, query + 1);
  if (fault == BTC_URI_OK && *parts->address == '\0')
    fault = BTC_URI_NO_ADDRESS;
  if (fault == BTC_URI_OK)
    *uri = g_steal_pointer (&parts);
  return fault;
}

BtcUri *
btc_uri_parse (const char *text, BtcNetwork network)
{
  g_autoptr (BtcUri) uri = NULL;
  g_autoptr (GBytes) script = NULL;

  if (btc_uri_split (text, &uri) != BTC_URI_OK)
    return NULL;
  script = btc_address_decode (uri->address, network, NULL);
  return script != NULL ? g_steal_pointer (&uri) : NULL;
}

void
btc_uri_free (BtcUri *uri)
{
  if (uri == NULL)
    return;
  g_free (uri->address);
  g_free (uri->label);
  g_free (uri->message);
  g_free (uri);
}

static char *
short_amount (gint64 sat)
{
  char *text = btc_amount_format (sat);
  char *end = text + strlen (text);

  while (end[-1] == '0')
    *--end = '\0';
  if (end[-1] == '.')
    *--end = '\0';
  return text;
}

char *
btc_uri_format (const char *address, gint64 amount_sat, const char *label)
{
  GString *text;

  g_return_val_if_fail (address != NULL, NULL);

  text = g_string_new (SCHEME);
  g_string_append (text, address);
  if (amount_sat >= 0) {
    g_autofree char *amount = short_amount (amount_sat);

    g_string_append_printf (text, "?amount=%s", amount);
  }
  if (label != NULL && *label != '\0') {
    g_autofree char *escaped = g_uri_escape_string (label, NULL, FALSE);

    g_string_append_printf (text, "%clabel=%s", amount_sat >= 0 ? '&' : '?', escaped);
  }
  return g_string_free (text, FALSE);
}
