#include "bitcoin/descriptor/descriptor_private.h"

#include <secp256k1_extrakeys.h>
#include <string.h>

#include "common/hex.h"

/* Text: [fingerprint/path]key, where key is hex of a public key, or an extended public key, a path, and an asterisk as
 * a placeholder for the index. */

void
btc_descriptor_key_clear (BtcDescriptorKey *key)
{
  btc_key_path_clear (&key->origin_path);
  btc_key_path_clear (&key->path);
}

static gboolean
has_whitespace (const char *text, gsize len)
{
  return len > 0 && (g_ascii_isspace (text[0]) || g_ascii_isspace (text[len - 1]));
}

/* The text between the brackets. */
static char *
parse_origin (const char *text, gsize len, BtcDescriptorKey *key)
{
  const char *slash = memchr (text, '/', len);
  gsize fingerprint_len = slash != NULL ? (gsize) (slash - text) : len;
  g_autofree char *fingerprint = g_strndup (text, fingerprint_len);

  if (fingerprint_len != 8)
    return g_strdup_printf ("Fingerprint is not 4 bytes (%u characters instead of 8 characters)",
                            (guint) fingerprint_len);
  if (!common_hex_decode (fingerprint, key->origin_fingerprint, 4))
    return g_strdup_printf ("Fingerprint '%s' is not hex", fingerprint);
  if (slash != NULL
      && (slash + 1 == text + len
          || !btc_key_path_parse (slash + 1, len - fingerprint_len - 1, &key->origin_path, &key->origin_apostrophe)))
    return g_strdup ("Key path of the origin is not valid");
  key->has_origin = TRUE;
  return NULL;
}

gboolean
btc_descriptor_is_on_curve (const guint8 *key, gsize len)
{
  secp256k1_pubkey point;
  secp256k1_xonly_pubkey x_only;

  if (len == 32)
    return secp256k1_xonly_pubkey_parse (secp256k1_context_static, &x_only, key) == 1;
  return secp256k1_ec_pubkey_parse (secp256k1_context_static, &point, key, len) == 1;
}

static char *
parse_plain (const char *hex, gsize len, gboolean uncompressed, gboolean x_only, BtcDescriptorKey *key)
{
  gsize n = len / 2;

  if ((n != 32 || !x_only) && n != 33 && n != 65)
    return g_strdup_printf ("Pubkey '%s' is invalid", hex);
  if (!common_hex_decode (hex, key->pubkey, n))
    return g_strdup_printf ("key '%s' is not valid", hex);
  if (n == 65 && key->pubkey[0] != 0x04)
    return g_strdup ("Hybrid public keys are not allowed");
  if (n == 65 && !uncompressed)
    return g_strdup ("Uncompressed keys are not allowed");
  if (!btc_descriptor_is_on_curve (key->pubkey, n))
    return g_strdup_printf ("Pubkey '%s' is invalid", hex);
  key->pubkey_len = n;
  return NULL;
}

/* Removes a final "/star" from the text. */
static gsize
parse_range (const char *text, gsize len, BtcDescriptorKey *key)
{
  if (len >= 2 && strncmp (text + len - 2, "/*", 2) == 0) {
    key->range = BTC_RANGE_NORMAL;
    return len - 2;
  }
  if (len >= 3 && strncmp (text + len - 3, "/*", 2) == 0 && (text[len - 1] == 'h' || text[len - 1] == '\'')) {
    key->range = BTC_RANGE_HARDENED;
    key->apostrophe = text[len - 1] == '\'';
    return len - 3;
  }
  return len;
}

/* Derives the parent key from the xpub, unless the path has hardened steps. */
static gboolean
derive_parent (BtcDescriptorKey *key)
{
  if (btc_key_path_has_hardened (&key->path))
    return TRUE;
  key->parent = key->xpub;
  for (gsize i = 0; i < key->path.len; i++)
    if (!btc_xpub_derive (&key->parent, key->path.step[i], &key->parent))
      return FALSE;
  key->has_parent = TRUE;
  return TRUE;
}

/* What may be a private key (an extended one, or in wallet import format) must not appear in an error message. */
static char *
bad_key (const char *key)
{
  gsize len = strlen (key);

  if ((len > 4 && strncmp (key + 1, "prv", 3) == 0) || len == 51 || len == 52)
    return g_strdup ("The private key is not valid here");
  return g_strdup_printf ("key '%s' is not valid", key);
}

static char *
parse_extended (const char *text, gsize len, BtcNetwork network, BtcDescriptorKey *key)
{
  const char *slash = memchr (text, '/', len);
  gsize key_len = slash != NULL ? (gsize) (slash - text) : len;
  g_autofree char *xpub = g_strndup (text, key_len);
  gsize rest;

  if (!btc_xpub_parse (xpub, network, &key->xpub))
    return bad_key (xpub);
  key->extended = TRUE;

  rest = parse_range (text + key_len, len - key_len, key);
  if (rest > 0 && (rest == 1 || !btc_key_path_parse (text + key_len + 1, rest - 1, &key->path, &key->apostrophe)))
    return g_strdup_printf ("Key path value '%.*s' is not valid", (int) rest, text + key_len);
  return derive_parent (key) ? NULL : g_strdup ("There is no key at that path");
}

char *
btc_descriptor_key_parse (const char *text,
                          gsize len,
                          BtcNetwork network,
                          gboolean uncompressed,
                          gboolean x_only,
                          BtcDescriptorKey *key)
{
  g_autofree char *plain = NULL;

  if (len > 0 && text[0] == '[') {
    const char *end = memchr (text, ']', len);
    char *error;

    if (end == NULL)
      return g_strdup ("Key origin is not closed by ']'");
    error = parse_origin (text + 1, (gsize) (end - text) - 1, key);
    if (error != NULL)
      return error;
    len -= (gsize) (end + 1 - text);
    text = end + 1;
  }
  if (memchr (text, ']', len) != NULL)
    return g_strdup ("Multiple ']' characters found for a single pubkey");
  if (len == 0)
    return g_strdup ("No key provided");

  plain = g_strndup (text, len);
  if (has_whitespace (text, len))
    return g_strdup_printf ("Key '%s' is invalid due to whitespace", plain);
  if (len % 2 == 0 && strspn (plain, "0123456789abcdefABCDEF") == len)
    return parse_plain (plain, len, uncompressed, x_only, key);
  return parse_extended (text, len, network, key);
}
