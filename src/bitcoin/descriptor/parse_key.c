#include "bitcoin/descriptor/descriptor_private.h"

#include <secp256k1_extrakeys.h>
#include <string.h>

#include "common/hex.h"

/* Text of a key expression: [fingerprint/path]key, where key is hex of a public key, or an extended public key, a path,
 * and an asterisk as a placeholder for the index. Error messages are those of the reference, whose tests compare them,
 * except that nothing that may be a private key is repeated. */

void
btc_descriptor_key_clear (BtcDescriptorKey *key)
{
  btc_key_path_clear (&key->origin_path);
  btc_key_path_clear (&key->path);
}

void
btc_key_expression_clear (BtcKeyExpression *expression)
{
  btc_descriptor_key_clear (&expression->key);
  g_clear_pointer (&expression->values, g_free);
}

/* A part of the text. */
typedef struct {
  const char *text;
  gsize len;
} Part;

/* The part of REST up to the next slash, which is removed from REST with it. FALSE after the last part. */
static gboolean
next_step (Part *rest, Part *step)
{
  const char *slash;

  if (rest->text == NULL)
    return FALSE;
  slash = memchr (rest->text, '/', rest->len);
  *step = (Part){ rest->text, slash != NULL ? (gsize) (slash - rest->text) : rest->len };
  if (slash == NULL)
    *rest = (Part){ NULL, 0 };
  else
    *rest = (Part){ slash + 1, rest->len - step->len - 1 };
  return TRUE;
}

static char *
parse_step (Part step, guint32 *value, gboolean *apostrophe)
{
  gboolean hardened = step.len > 0 && (step.text[step.len - 1] == 'h' || step.text[step.len - 1] == '\'');
  gsize n_digits = step.len - (hardened ? 1 : 0);
  guint64 number = 0;

  if (step.len == 0)
    return g_strdup ("Key path value '' is not valid");
  for (gsize i = 0; i < n_digits && number <= G_MAXUINT32; i++) {
    if (!g_ascii_isdigit (step.text[i]))
      n_digits = 0;
    else
      number = number * 10 + (guint64) g_ascii_digit_value (step.text[i]);
  }
  if (n_digits == 0 || number > G_MAXUINT32)
    return g_strdup_printf ("Key path value '%.*s' is not a valid uint32", (int) step.len, step.text);
  if (number >= BTC_HARDENED)
    return g_strdup_printf ("Key path value %" G_GUINT64_FORMAT " is out of range", number);
  *value = (guint32) number | (hardened ? BTC_HARDENED : 0);
  if (hardened)
    *apostrophe = step.text[step.len - 1] == '\'';
  return NULL;
}

/* "0;1;2h" of a step with several values. */
static char *
parse_values (Part list, BtcKeyExpression *expression, gboolean *apostrophe)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  gboolean last = FALSE;

  if (memchr (list.text, ';', list.len) == NULL)
    return g_strdup ("Multipath key path specifiers must have at least two items");
  while (!last) {
    const char *end = memchr (list.text, ';', list.len);
    Part item = { list.text, end != NULL ? (gsize) (end - list.text) : list.len };
    guint32 value;
    char *error = parse_step (item, &value, apostrophe);

    if (error != NULL)
      return error;
    if (!g_hash_table_add (seen, GUINT_TO_POINTER (value)))
      return g_strdup_printf ("Duplicated key path value %u in multipath specifier", value);
    g_array_append_val (values, value);
    last = end == NULL;
    if (!last)
      list = (Part){ end + 1, list.len - item.len - 1 };
  }
  expression->n_values = values->len;
  expression->values = (guint32 *) g_array_free (g_steal_pointer (&values), FALSE);
  return NULL;
}

static gboolean
has_several_values (Part step)
{
  return step.len > 1 && step.text[0] == '<' && step.text[step.len - 1] == '>';
}

/* Parses the steps of REST into PATH. EXPRESSION NULL: none may have several values. */
static char *
parse_path (Part rest, BtcKeyPath *path, BtcKeyExpression *expression, gboolean *apostrophe)
{
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (guint32));
  Part step;

  while (next_step (&rest, &step)) {
    guint32 value = 0;
    char *error = NULL;

    if (!has_several_values (step)) {
      error = parse_step (step, &value, apostrophe);
    } else if (expression == NULL) {
      error = g_strdup_printf ("Key path value '%.*s' specifies multipath in a section where multipath is not allowed",
                               (int) step.len, step.text);
    } else if (expression->n_values > 0) {
      error = g_strdup ("Multiple multipath key path specifiers found");
    } else {
      error = parse_values ((Part){ step.text + 1, step.len - 2 }, expression, apostrophe);
      expression->step = steps->len;
      value = error == NULL ? expression->values[0] : 0;
    }
    if (error != NULL)
      return error;
    g_array_append_val (steps, value);
  }
  path->len = steps->len;
  path->step = (guint32 *) g_array_free (g_steal_pointer (&steps), FALSE);
  return NULL;
}

/* The text between the brackets. */
static char *
parse_origin (Part rest, BtcDescriptorKey *key)
{
  Part fingerprint;
  g_autofree char *hex = NULL;

  next_step (&rest, &fingerprint);
  hex = g_strndup (fingerprint.text, fingerprint.len);
  if (fingerprint.len != 8)
    return g_strdup_printf ("Fingerprint is not 4 bytes (%u characters instead of 8 characters)",
                            (guint) fingerprint.len);
  if (!common_hex_decode (hex, key->origin_fingerprint, 4))
    return g_strdup_printf ("Fingerprint '%s' is not hex", hex);
  key->has_origin = TRUE;
  return parse_path (rest, &key->origin_path, NULL, &key->apostrophe);
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
  if (n == 65 && (key->pubkey[0] == 0x06 || key->pubkey[0] == 0x07))
    return g_strdup ("Hybrid public keys are not allowed");
  if (!btc_descriptor_is_on_curve (key->pubkey, n))
    return g_strdup_printf ("Pubkey '%s' is invalid", hex);
  if (n == 65 && !uncompressed)
    return g_strdup ("Uncompressed keys are not allowed");
  key->pubkey_len = n;
  return NULL;
}

/* Removes a final "/star" from the path. */
static Part
parse_range (Part path, BtcDescriptorKey *key)
{
  const char *last = path.text != NULL ? path.text + path.len : NULL;
  gsize len = 0;

  while (len < path.len && last[-1] != '/') {
    last--;
    len++;
  }
  if (len == 1 && last[0] == '*') {
    key->range = BTC_RANGE_NORMAL;
  } else if (len == 2 && last[0] == '*' && (last[1] == 'h' || last[1] == '\'')) {
    key->range = BTC_RANGE_HARDENED;
    key->apostrophe = last[1] == '\'';
  } else {
    return path;
  }
  return len == path.len ? (Part){ NULL, 0 } : (Part){ path.text, path.len - len - 1 };
}

/* Derives the parent key from the xpub, if the path has no hardened steps. */
static void
derive_parent (BtcDescriptorKey *key)
{
  BtcXpub parent = key->xpub;

  for (gsize i = 0; i < key->path.len; i++)
    if (!btc_xpub_derive (&parent, key->path.step[i], &parent))
      return;
  key->parent = parent;
  key->has_parent = TRUE;
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
parse_extended (const char *xpub, Part path, BtcNetwork network, BtcKeyExpression *expression)
{
  BtcDescriptorKey *key = &expression->key;
  char *error;

  if (!btc_xpub_parse (xpub, network, &key->xpub))
    return bad_key (xpub);
  key->extended = TRUE;
  error = parse_path (parse_range (path, key), &key->path, expression, &key->apostrophe);
  if (error == NULL)
    derive_parent (key);
  return error;
}

/* The expression without its origin. */
static char *
parse_key_or_path (Part rest, BtcNetwork network, gboolean uncompressed, gboolean x_only, BtcKeyExpression *expression)
{
  Part first;
  g_autofree char *name = NULL;

  next_step (&rest, &first);
  if (first.len == 0)
    return g_strdup ("No key provided");
  name = g_strndup (first.text, first.len);
  if (g_ascii_isspace (name[0]) || g_ascii_isspace (name[first.len - 1]))
    return g_strdup_printf ("Key '%s' is invalid due to whitespace", name);
  if (rest.text == NULL && first.len % 2 == 0 && strspn (name, "0123456789abcdefABCDEF") == first.len)
    return parse_plain (name, first.len, uncompressed, x_only, &expression->key);
  return parse_extended (name, rest, network, expression);
}

char *
btc_key_expression_parse (const char *text,
                          gsize len,
                          BtcNetwork network,
                          gboolean uncompressed,
                          gboolean x_only,
                          BtcKeyExpression *expression)
{
  const char *end = memchr (text, ']', len);
  gsize origin = end != NULL ? (gsize) (end - text) : 0;
  char *error;

  if (end == NULL)
    return parse_key_or_path ((Part){ text, len }, network, uncompressed, x_only, expression);
  if (memchr (end + 1, ']', len - origin - 1) != NULL)
    return g_strdup ("Multiple ']' characters found for a single pubkey");
  if (text[0] != '[')
    return g_strdup_printf ("Key origin start '[ character expected but not found, got '%c' instead", text[0]);
  error = parse_origin ((Part){ text + 1, origin - 1 }, &expression->key);
  if (error != NULL)
    return error;
  return parse_key_or_path ((Part){ end + 1, len - origin - 1 }, network, uncompressed, x_only, expression);
}

static BtcKeyPath
copy_path (const BtcKeyPath *path)
{
  return (BtcKeyPath){ g_memdup2 (path->step, path->len * sizeof *path->step), path->len };
}

void
btc_key_expression_get (const BtcKeyExpression *expression, gsize i, BtcDescriptorKey *key)
{
  *key = expression->key;
  key->origin_path = copy_path (&expression->key.origin_path);
  key->path = copy_path (&expression->key.path);
  if (i >= expression->n_values || i == 0)
    return;
  key->path.step[expression->step] = expression->values[i];
  key->has_parent = FALSE;
  derive_parent (key);
}
