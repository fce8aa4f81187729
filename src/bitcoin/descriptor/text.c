#include "bitcoin/descriptor/descriptor.h"

#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/crypto/hash.h"
#include "bitcoin/descriptor/descriptor_private.h"
#include "common/hex.h"

/* Text (BIP 380): function(argument)#checksum. */

#define CHECKSUM_LEN 8

static const struct {
  BtcDescriptorType type;
  const char *open;
  const char *close;
} functions[] = {
  { BTC_DESCRIPTOR_PK, "pk(", ")" },     { BTC_DESCRIPTOR_PKH, "pkh(", ")" },
  { BTC_DESCRIPTOR_WPKH, "wpkh(", ")" }, { BTC_DESCRIPTOR_SH_WPKH, "sh(wpkh(", "))" },
  { BTC_DESCRIPTOR_TR, "tr(", ")" },     { BTC_DESCRIPTOR_ADDR, "addr(", ")" },
  { BTC_DESCRIPTOR_RAW, "raw(", ")" },
};

/* Finds the text before the checksum, and verifies the checksum. */
static char *
descriptor_text_split (const char *text, gboolean require, gsize *len)
{
  const char *hash = strchr (text, '#');
  char expected[CHECKSUM_LEN + 1];

  *len = hash != NULL ? (gsize) (hash - text) : strlen (text);
  if (hash == NULL && require)
    return g_strdup ("Missing checksum");
  if (hash != NULL && strchr (hash + 1, '#') != NULL)
    return g_strdup ("Multiple '#' symbols");
  if (hash != NULL && strlen (hash + 1) != CHECKSUM_LEN)
    return g_strdup_printf ("Expected 8 character checksum, not %u characters", (guint) strlen (hash + 1));
  if (!btc_descriptor_checksum (text, *len, expected))
    return g_strdup ("Invalid characters in payload");
  if (hash != NULL && strcmp (hash + 1, expected) != 0)
    return g_strdup_printf ("Provided checksum '%s' does not match computed checksum '%s'", hash + 1, expected);
  return NULL;
}

static char *
parse_argument (BtcDescriptor *descriptor, const char *text, gsize len)
{
  g_autofree char *argument = g_strndup (text, len);
  gboolean uncompressed = descriptor->type == BTC_DESCRIPTOR_PK || descriptor->type == BTC_DESCRIPTOR_PKH;
  gboolean x_only = descriptor->type == BTC_DESCRIPTOR_TR;
  g_autofree char *error = NULL;

  switch (descriptor->type) {
  case BTC_DESCRIPTOR_ADDR:
    descriptor->script = btc_address_decode (argument, descriptor->network, NULL);
    return descriptor->script != NULL ? NULL : g_strdup ("Address is not valid");
  case BTC_DESCRIPTOR_RAW:
    descriptor->script = common_hex_decode_bytes (argument);
    return descriptor->script != NULL ? NULL : g_strdup ("Raw script is not hex");
  case BTC_DESCRIPTOR_TR:
    if (strchr (argument, ',') != NULL)
      return g_strdup ("tr(): script trees are not supported");
    break;
  case BTC_DESCRIPTOR_PK:
  case BTC_DESCRIPTOR_PKH:
  case BTC_DESCRIPTOR_WPKH:
  case BTC_DESCRIPTOR_SH_WPKH:
    break;
  }

  descriptor->n_keys = 1;
  error = btc_descriptor_key_parse (text, len, descriptor->network, uncompressed, x_only, &descriptor->key);
  if (error == NULL)
    return NULL;
  return g_strdup_printf (
      "%s(): %s", descriptor->type == BTC_DESCRIPTOR_SH_WPKH ? "wpkh" : btc_descriptor_function (descriptor->type),
      error);
}

static char *
descriptor_text_parse (BtcDescriptor *descriptor, const char *text, gsize len)
{
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++) {
    gsize open = strlen (functions[i].open), close = strlen (functions[i].close);

    if (len < open + close || strncmp (text, functions[i].open, open) != 0
        || strncmp (text + len - close, functions[i].close, close) != 0)
      continue;
    descriptor->type = functions[i].type;
    return parse_argument (descriptor, text + open, len - open - close);
  }
  return g_strdup_printf ("'%.*s' is not a valid descriptor function", (int) len, text);
}

BtcDescriptor *
btc_descriptor_parse (const char *text, BtcNetwork network, gboolean require_checksum, char **why)
{
  g_autoptr (BtcDescriptor) descriptor = NULL;
  g_autofree char *error = NULL;
  gsize len;

  g_return_val_if_fail (text != NULL, NULL);

  descriptor = g_new0 (BtcDescriptor, 1);
  descriptor->network = network;
  error = descriptor_text_split (text, require_checksum, &len);
  if (error == NULL)
    error = descriptor_text_parse (descriptor, text, len);
  if (error != NULL) {
    if (why != NULL)
      *why = g_steal_pointer (&error);
    return NULL;
  }
  return g_steal_pointer (&descriptor);
}

const char *
btc_descriptor_function (BtcDescriptorType type)
{
  switch (type) {
  case BTC_DESCRIPTOR_PK:
    return "pk";
  case BTC_DESCRIPTOR_PKH:
    return "pkh";
  case BTC_DESCRIPTOR_WPKH:
    return "wpkh";
  case BTC_DESCRIPTOR_SH_WPKH:
    return "sh(wpkh";
  case BTC_DESCRIPTOR_TR:
    return "tr";
  case BTC_DESCRIPTOR_ADDR:
    return "addr";
  case BTC_DESCRIPTOR_RAW:
    return "raw";
  }
  g_return_val_if_reached (NULL);
}

static void
append_origin (GString *text, const guint8 fingerprint[4], const BtcKeyPath *path, gboolean apostrophe)
{
  g_autofree char *hex = common_hex_encode (fingerprint, 4);
  g_autofree char *steps = btc_key_path_format (path, apostrophe);

  g_string_append_printf (text, "[%s%s]", hex, steps);
}

static void
append_range (GString *text, BtcRange range, gboolean apostrophe)
{
  if (range != BTC_RANGE_NONE)
    g_string_append (text, "/*");
  if (range == BTC_RANGE_HARDENED)
    g_string_append_c (text, apostrophe ? '\'' : 'h');
}

static void
append_key (GString *text, const BtcDescriptor *descriptor, gboolean compat)
{
  const BtcDescriptorKey *key = &descriptor->key;

  if (key->has_origin)
    append_origin (text, key->origin_fingerprint, &key->origin_path, compat || key->origin_apostrophe);
  if (key->extended) {
    g_autofree char *xpub = btc_xpub_format (&key->xpub, descriptor->network);
    g_autofree char *path = btc_key_path_format (&key->path, compat || key->apostrophe);

    g_string_append (text, xpub);
    g_string_append (text, path);
    append_range (text, key->range, compat || key->apostrophe);
  } else {
    g_autofree char *hex = common_hex_encode (key->pubkey, key->pubkey_len);

    g_string_append (text, hex);
  }
}

static void
append_script (GString *text, const BtcDescriptor *descriptor)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (descriptor->script, &len);
  g_autofree char *argument = NULL;

  if (descriptor->type == BTC_DESCRIPTOR_ADDR)
    argument = btc_address_encode ((BtcSpan){ data, len }, descriptor->network);
  else
    argument = common_hex_encode (data, len);
  g_string_append (text, argument);
}

static GString *
descriptor_text_begin (const BtcDescriptor *descriptor)
{
  GString *text = g_string_new (btc_descriptor_function (descriptor->type));

  g_string_append_c (text, '(');
  return text;
}

static char *
descriptor_text_finish (GString *text, const BtcDescriptor *descriptor)
{
  char checksum[CHECKSUM_LEN + 1];

  g_string_append (text, descriptor->type == BTC_DESCRIPTOR_SH_WPKH ? "))" : ")");
  if (btc_descriptor_checksum (text->str, text->len, checksum))
    g_string_append_printf (text, "#%s", checksum);
  return g_string_free (text, FALSE);
}

char *
btc_descriptor_format (const BtcDescriptor *descriptor, BtcDescriptorForm form)
{
  GString *text;

  g_return_val_if_fail (descriptor != NULL, NULL);

  text = descriptor_text_begin (descriptor);
  if (descriptor->n_keys > 0)
    append_key (text, descriptor, form == BTC_DESCRIPTOR_COMPAT);
  else
    append_script (text, descriptor);
  return descriptor_text_finish (text, descriptor);
}

/* The number of path steps up to and including the last hardened one. */
static gsize
steps_to_last_hardened (const BtcKeyPath *path)
{
  gsize n = path->len;

  while (n > 0 && (path->step[n - 1] & BTC_HARDENED) == 0)
    n--;
  return n;
}

char *
btc_descriptor_format_normalized (const BtcDescriptor *descriptor, const BtcXpub *last_hardened)
{
  const BtcDescriptorKey *key = &descriptor->key;
  gsize split = steps_to_last_hardened (&key->path);
  g_autofree char *xpub = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *origin = NULL;
  g_autofree char *fingerprint = NULL;
  guint8 root[4];
  GString *text;

  if (last_hardened == NULL || descriptor->n_keys == 0 || !key->extended || key->range == BTC_RANGE_HARDENED
      || split == 0)
    return btc_descriptor_format (descriptor, BTC_DESCRIPTOR_AS_WRITTEN);

  btc_xpub_fingerprint (&key->xpub, root);
  fingerprint = common_hex_encode (key->has_origin ? key->origin_fingerprint : root, 4);
  origin = btc_key_path_format (&key->origin_path, FALSE);
  before = btc_key_path_format (&(BtcKeyPath){ key->path.step, split }, FALSE);
  after = btc_key_path_format (&(BtcKeyPath){ key->path.step + split, key->path.len - split }, FALSE);
  xpub = btc_xpub_format (last_hardened, descriptor->network);

  text = descriptor_text_begin (descriptor);
  g_string_append_printf (text, "[%s%s%s]%s%s", fingerprint, origin, before, xpub, after);
  append_range (text, key->range, FALSE);
  return descriptor_text_finish (text, descriptor);
}

void
btc_descriptor_id (const BtcDescriptor *descriptor, guint8 out32[32])
{
  g_autofree char *text = btc_descriptor_format (descriptor, BTC_DESCRIPTOR_COMPAT);

  btc_sha256 ((const guint8 *) text, strlen (text), out32);
}
