#include "bitcoin/keys/private_descriptor.h"

#include <string.h>

#include "bitcoin/keys/privkey.h"
#include "common/hex.h"

#define CHECKSUM_LEN 8

void
btc_descriptor_secret_clear (BtcDescriptorSecret *secret)
{
  g_clear_pointer (&secret->xprv, btc_xprv_free);
  g_clear_pointer (&secret->key, common_secret_unref);
}

/* The position of the key itself in TEXT: after the last "(" and the origin, up to "/" or ")". */
static BtcSpan
private_descriptor_find_key (const char *text, gsize len)
{
  const char *end = text + len;
  const char *start = memchr (text, ')', len);
  const char *origin;

  if (start == NULL)
    return (BtcSpan){ NULL, 0 };
  end = start;
  while (start > text && start[-1] != '(')
    start--;
  origin = memchr (start, ']', (gsize) (end - start));
  if (origin != NULL)
    start = origin + 1;
  for (const char *at = start; at < end; at++)
    if (*at == '/')
      end = at;
  return (BtcSpan){ (const guint8 *) start, (gsize) (end - start) };
}

/* Parses KEY as a private key, and returns the public key as text. NULL when it is not private. */
static char *
read_private (BtcSpan key, gboolean taproot, BtcNetwork network, BtcDescriptorSecret *secret)
{
  g_autoptr (CommonSecret) text = NULL;
  guint8 pubkey[65];
  gsize len;

  if (key.len == 0)
    return NULL;
  text = common_secret_new (key.data, key.len);
  secret->xprv = btc_xprv_parse ((const char *) text->data, network);
  if (secret->xprv != NULL)
    return btc_xpub_format (btc_xprv_get_xpub (secret->xprv), network);
  secret->key = btc_wif_parse ((const char *) text->data, network, &secret->compressed);
  if (secret->key == NULL)
    return NULL;
  len = btc_privkey_get_pubkey (secret->key->data, secret->compressed, pubkey);
  return taproot && len == 33 ? common_hex_encode (pubkey + 1, 32) : common_hex_encode (pubkey, len);
}

/* The error of the checksum at the end of TEXT; NULL if it is valid, or absent. */
static char *
private_descriptor_check_checksum (const char *text, gsize len, gboolean require)
{
  char expected[CHECKSUM_LEN + 1];

  if (text[len] == '\0')
    return require ? g_strdup ("Missing checksum") : NULL;
  if (!btc_descriptor_checksum (text, len, expected))
    return g_strdup ("Invalid characters in payload");
  if (strcmp (text + len + 1, expected) != 0)
    return g_strdup_printf ("Provided checksum '%.16s' does not match computed checksum '%s'", text + len + 1,
                            expected);
  return NULL;
}

BtcDescriptor *
btc_private_descriptor_parse (const char *text,
                              BtcNetwork network,
                              gboolean require_checksum,
                              BtcDescriptorSecret *secret,
                              char **why)
{
  g_autoptr (BtcDescriptor) descriptor = NULL;
  g_autoptr (GString) public_text = NULL;
  g_autofree char *public_key = NULL;
  char *error;
  gsize len;
  BtcSpan key;

  g_return_val_if_fail (text != NULL && secret != NULL, NULL);

  *secret = (BtcDescriptorSecret){ 0 };
  len = strcspn (text, "#");
  key = private_descriptor_find_key (text, len);
  public_key = read_private (key, g_str_has_prefix (text, "tr("), network, secret);
  if (public_key == NULL)
    return btc_descriptor_parse (text, network, require_checksum, why);

  error = private_descriptor_check_checksum (text, len, require_checksum);
  if (error != NULL) {
    if (why != NULL)
      *why = g_steal_pointer (&error);
    g_free (error);
    btc_descriptor_secret_clear (secret);
    return NULL;
  }
  public_text = g_string_new_len (text, (const char *) key.data - text);
  g_string_append (public_text, public_key);
  g_string_append_len (public_text, (const char *) key.data + key.len,
                       text + len - ((const char *) key.data + key.len));
  descriptor = btc_descriptor_parse (public_text->str, network, FALSE, why);
  if (descriptor == NULL) {
    btc_descriptor_secret_clear (secret);
    return NULL;
  }
  if (secret->xprv != NULL)
    btc_private_descriptor_set_parent (descriptor, secret->xprv, NULL);
  return g_steal_pointer (&descriptor);
}

/* Replaces the LEN bytes at PLACE of TEXT by PRIVATE, and appends a checksum. */
static CommonSecret *
substitute_key (const char *text, gsize text_len, gsize place, gsize len, const CommonSecret *private)
{
  gsize rest = text_len - place - len;
  CommonSecret *result = common_secret_new (NULL, text_len - len + private->len + 1 + CHECKSUM_LEN);
  char *out = (char *) result->data;
  char checksum[CHECKSUM_LEN + 1];
  gsize payload = place + private->len + rest;

  memcpy (out, text, place);
  memcpy (out + place, private->data, private->len);
  memcpy (out + place + private->len, text + place + len, rest);
  if (!btc_descriptor_checksum (out, payload, checksum)) {
    common_secret_unref (result);
    return NULL;
  }
  out[payload] = '#';
  memcpy (out + payload + 1, checksum, CHECKSUM_LEN);
  return result;
}

CommonSecret *
btc_private_descriptor_format (const BtcDescriptor *descriptor, const BtcDescriptorSecret *secret, BtcNetwork network)
{
  g_autofree char *text = btc_descriptor_format (descriptor, BTC_DESCRIPTOR_AS_WRITTEN);
  g_autoptr (CommonSecret) private = NULL;
  gsize len = strcspn (text, "#");
  BtcSpan key = private_descriptor_find_key (text, len);

  if (btc_descriptor_n_keys (descriptor) == 0 || (secret->xprv == NULL && secret->key == NULL))
    return NULL;
  if (secret->xprv != NULL)
  private = btc_xprv_format (secret->xprv, network);
  else private = btc_wif_format (secret->key->data, secret->compressed, network);
  return substitute_key (text, len, (gsize) ((const char *) key.data - text), key.len, private);
}

static gboolean
is_key_of (const BtcDescriptorKey *key, const BtcXprv *xprv)
{
  const BtcXpub *xpub = btc_xprv_get_xpub (xprv);

  return key->extended && memcmp (xpub->pubkey33, key->xpub.pubkey33, 33) == 0
         && memcmp (xpub->chain_code32, key->xpub.chain_code32, 32) == 0;
}

/* The number of steps up to the last hardened one. */
static gsize
hardened_part (const BtcKeyPath *path)
{
  gsize n = path->len;

  while (n > 0 && (path->step[n - 1] & BTC_HARDENED) == 0)
    n--;
  return n;
}

gboolean
btc_private_descriptor_set_parent (BtcDescriptor *descriptor, const BtcXprv *xprv, BtcXpub *last_hardened)
{
  const BtcDescriptorKey *key;
  g_autoptr (BtcXprv) hardened = NULL;
  g_autoptr (BtcXprv) parent = NULL;
  gsize split;

  g_return_val_if_fail (descriptor != NULL && xprv != NULL, FALSE);

  if (btc_descriptor_n_keys (descriptor) == 0)
    return FALSE;
  key = btc_descriptor_get_key (descriptor, 0);
  if (!is_key_of (key, xprv))
    return FALSE;
  split = hardened_part (&key->path);
  hardened = btc_xprv_derive_path (xprv, key->path.step, split);
  if (hardened == NULL)
    return FALSE;
  parent = btc_xprv_derive_path (hardened, key->path.step + split, key->path.len - split);
  if (parent == NULL)
    return FALSE;
  btc_descriptor_set_parent (descriptor, 0, btc_xprv_get_xpub (parent));
  if (last_hardened != NULL)
    *last_hardened = *btc_xprv_get_xpub (hardened);
  return TRUE;
}

CommonSecret *
btc_private_descriptor_key (const BtcDescriptor *descriptor, const BtcDescriptorSecret *secret, guint32 index)
{
  const BtcDescriptorKey *key;
  g_autoptr (BtcXprv) parent = NULL;
  g_autoptr (BtcXprv) child = NULL;

  g_return_val_if_fail (descriptor != NULL && secret != NULL && index < BTC_HARDENED, NULL);

  if (btc_descriptor_n_keys (descriptor) == 0)
    return NULL;
  key = btc_descriptor_get_key (descriptor, 0);
  if (!key->extended)
    return secret->key != NULL ? common_secret_ref (secret->key) : NULL;
  if (secret->xprv == NULL || !is_key_of (key, secret->xprv))
    return NULL;

  parent = btc_xprv_derive_path (secret->xprv, key->path.step, key->path.len);
  if (parent == NULL)
    return NULL;
  if (key->range == BTC_RANGE_NONE)
    child = g_steal_pointer (&parent);
  else
    child = btc_xprv_derive (parent, key->range == BTC_RANGE_HARDENED ? index | BTC_HARDENED : index);
  return child != NULL ? common_secret_new (btc_xprv_get_key (child), 32) : NULL;
}

BtcDescriptor *
btc_private_descriptor_new_standard (const BtcXprv *master,
                                     BtcDescriptorType type,
                                     gboolean internal,
                                     BtcNetwork network,
                                     BtcXpub *last_hardened)
{
  g_autofree char *xpub = btc_xpub_format (btc_xprv_get_xpub (master), network);
  g_autofree char *text = NULL;
  g_autoptr (BtcDescriptor) descriptor = NULL;
  const char *format = NULL;

  switch (type) {
  case BTC_DESCRIPTOR_PKH:
    format = "pkh(%s/44h/%uh/0h/%d/*)";
    break;
  case BTC_DESCRIPTOR_SH_WPKH:
    format = "sh(wpkh(%s/49h/%uh/0h/%d/*))";
    break;
  case BTC_DESCRIPTOR_WPKH:
    format = "wpkh(%s/84h/%uh/0h/%d/*)";
    break;
  case BTC_DESCRIPTOR_TR:
    format = "tr(%s/86h/%uh/0h/%d/*)";
    break;
  case BTC_DESCRIPTOR_PK:
  case BTC_DESCRIPTOR_ADDR:
  case BTC_DESCRIPTOR_RAW:
  case BTC_DESCRIPTOR_OTHER:
    return NULL;
  }
  text = g_strdup_printf (format, xpub, btc_network_info (network)->coin_type, internal ? 1 : 0);
  descriptor = btc_descriptor_parse (text, network, FALSE, NULL);
  if (descriptor == NULL || !btc_private_descriptor_set_parent (descriptor, master, last_hardened))
    return NULL;
  return g_steal_pointer (&descriptor);
}
