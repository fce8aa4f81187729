#include "node/address_options.h"

#include <netdb.h>
#include <string.h>

#include "common/options.h"

gboolean
node_address_split (const char *text, char **host, guint16 *port)
{
  const char *colon = strrchr (text, ':'), *first = strchr (text, ':');
  gboolean bracketed = colon != NULL && colon > text && *text == '[' && colon[-1] == ']';
  gsize len = strlen (text);
  guint64 number;

  if (colon != NULL && (colon == text || bracketed || first == colon)) {
    if (!g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &number, NULL))
      return FALSE;
    *port = (guint16) number;
    len = (gsize) (colon - text);
  }
  if (len > 1 && *text == '[' && text[len - 1] == ']')
    *host = g_strndup (text + 1, len - 2);
  else
    *host = g_strndup (text, len);
  return TRUE;
}

static gboolean
is_usable (GInetAddress *address, gboolean any)
{
  return any || !g_inet_address_get_is_any (address);
}

gboolean
node_address_resolves (const char *text, gboolean look_up, gboolean any)
{
  const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
  struct addrinfo *found = NULL;
  g_autofree char *host = NULL;
  g_autoptr (GInetAddress) address = NULL;
  guint16 port = 0;

  if (!node_address_split (text, &host, &port) || *host == '\0')
    return FALSE;
  address = g_inet_address_new_from_string (host);
  if (address != NULL)
    return is_usable (address, any);
  /* Names of hidden services are addresses, too. */
  if (g_str_has_suffix (host, ".onion") || g_str_has_suffix (host, ".i2p"))
    return TRUE;
  if (!look_up || getaddrinfo (host, NULL, &hints, &found) != 0)
    return FALSE;
  freeaddrinfo (found);
  return TRUE;
}

/* How many bits MASK, an address such as 255.255.0.0, sets; -1: they are not at its start. */
static int
count_mask_bits (GInetAddress *mask)
{
  const guint8 *bytes = g_inet_address_to_bytes (mask);
  int n = (int) g_inet_address_get_native_size (mask) * 8, bits = 0;

  while (bits < n && (bytes[bits / 8] & (0x80 >> bits % 8)) != 0)
    bits++;
  for (int i = bits; i < n; i++)
    if ((bytes[i / 8] & (0x80 >> i % 8)) != 0)
      return -1;
  return bits;
}

gboolean
node_address_is_subnet (const char *text)
{
  const char *slash = strchr (text, '/');
  g_autofree char *host = slash != NULL ? g_strndup (text, (gsize) (slash - text)) : g_strdup (text);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  g_autoptr (GInetAddress) mask = slash != NULL ? g_inet_address_new_from_string (slash + 1) : NULL;
  guint64 bits;

  if (address == NULL)
    return slash == NULL && (g_str_has_suffix (text, ".onion") || g_str_has_suffix (text, ".i2p"));
  if (slash == NULL)
    return TRUE;
  if (mask != NULL)
    return g_inet_address_get_family (mask) == g_inet_address_get_family (address) && count_mask_bits (mask) >= 0;
  return g_ascii_string_to_unsigned (slash + 1, 10, 0, g_inet_address_get_native_size (address) * 8, &bits, NULL);
}

const char *
node_address_skip_permissions (const char *text, gboolean directions, GError **error)
{
  static const char *const known[]
      = { "bloomfilter", "bloom", "noban", "forcerelay", "mempool", "download", "all", "relay", "addr", NULL };
  const char *at = strchr (text, '@');
  g_autofree char *list = at != NULL ? g_strndup (text, (gsize) (at - text)) : NULL;
  g_auto (GStrv) words = list != NULL ? g_strsplit (list, ",", -1) : NULL;
  gboolean direction = FALSE, permission = FALSE;

  for (guint i = 0; words != NULL && words[i] != NULL; i++) {
    if (g_str_equal (words[i], "in") || g_str_equal (words[i], "out")) {
      direction = TRUE;
      if (g_str_equal (words[i], "out") && !directions) {
        common_options_fail (error, "whitebind may only be used for incoming connections (\"out\" was passed)");
        return NULL;
      }
    } else if (g_strv_contains (known, words[i])) {
      permission = TRUE;
    } else if (*words[i] != '\0') {
      common_options_fail (error, "Invalid P2P permission: '%s'", words[i]);
      return NULL;
    }
  }
  if (direction && !permission) {
    common_options_fail (error, "Only direction was set, no permissions: '%s'", text);
    return NULL;
  }
  return at != NULL ? at + 1 : text;
}
