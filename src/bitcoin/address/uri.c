#include "bitcoin/address/uri.h"

#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/primitives/amount.h"

#define SCHEME "bitcoin:"

/* TEXT with percent-encoding decoded; NULL when it is malformed or not UTF-8. */
static char *
uri_unescape (const char *text)
{
  g_autofree char *plain = g_uri_unescape_string (text, NULL);

  return plain != NULL && g_utf8_validate (plain, -1, NULL) ? g_steal_pointer (&plain) : NULL;
}

static gboolean
read_text (const char *value, char **out)
{
  if (*out != NULL)
    return FALSE;
  *out = uri_unescape (value);
  return *out != NULL;
}

/* Each parameter may occur once: two amounts would be ambiguous. */
static gboolean
read_parameter (BtcUri *uri, const char *name, const char *value)
{
  if (g_ascii_strcasecmp (name, "amount") == 0)
    return uri->amount_sat == -1 && btc_amount_parse (value, &uri->amount_sat);
  if (g_ascii_strcasecmp (name, "label") == 0)
    return read_text (value, &uri->label);
  if (g_ascii_strcasecmp (name, "message") == 0)
    return read_text (value, &uri->message);
  return g_ascii_strncasecmp (name, "req-", 4) != 0;
}

static gboolean
read_parameters (BtcUri *uri, const char *query)
{
  g_auto (GStrv) parts = g_strsplit (query, "&", -1);

  for (guint i = 0; parts[i] != NULL; i++) {
    char *equals = strchr (parts[i], '=');

    if (*parts[i] == '\0')
      continue;
    if (equals != NULL)
      *equals = '\0';
    if (!read_parameter (uri, parts[i], equals != NULL ? equals + 1 : ""))
      return FALSE;
  }
  return TRUE;
}

BtcUri *
btc_uri_parse (const char *text, BtcNetwork network)
{
  g_autoptr (BtcUri) uri = NULL;
  g_autoptr (GBytes) script = NULL;
  const char *query;

  g_return_val_if_fail (text != NULL, NULL);

  if (g_ascii_strncasecmp (text, SCHEME, strlen (SCHEME)) != 0)
    return NULL;
  text += strlen (SCHEME);
  /* Some browsers and wallets write the URI like a web address. */
  if (g_str_has_prefix (text, "//"))
    text += 2;

  uri = g_new0 (BtcUri, 1);
  uri->amount_sat = -1;
  query = strchr (text, '?');
  uri->address = query != NULL ? g_strndup (text, (gsize) (query - text)) : g_strdup (text);
  script = btc_address_decode (uri->address, network, NULL);
  if (script == NULL || (query != NULL && !read_parameters (uri, query + 1)))
    return NULL;
  return g_steal_pointer (&uri);
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
