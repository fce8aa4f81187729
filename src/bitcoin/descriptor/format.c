#include "bitcoin/descriptor/descriptor.h"

#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/crypto/hash.h"
#include "bitcoin/descriptor/descriptor_private.h"
#include "common/hex.h"

/* Prints descriptors (BIP 380). */

/* How the key expressions are printed: exactly one of the cases. */
typedef struct {
  const BtcDescriptor *descriptor;
  gboolean compat;     /* ' for hardened steps */
  gboolean normalized; /* keys start at LAST_HARDENED, where that is known */
  const BtcXpub *last_hardened;
  const BtcExpansion *derived; /* not NULL: the keys of one index */
} Style;

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
append_bytes (GString *text, const guint8 *data, gsize len)
{
  g_autofree char *hex = common_hex_encode (data, len);

  g_string_append (text, hex);
}

static void
append_written_key (GString *text, const BtcDescriptorKey *key, BtcNetwork network, gboolean apostrophe)
{
  if (key->has_origin)
    append_origin (text, key->origin_fingerprint, &key->origin_path, apostrophe);
  if (key->extended) {
    g_autofree char *xpub = btc_xpub_format (&key->xpub, network);
    g_autofree char *path = btc_key_path_format (&key->path, apostrophe);

    g_string_append (text, xpub);
    g_string_append (text, path);
    append_range (text, key->range, apostrophe);
  } else {
    append_bytes (text, key->pubkey, key->pubkey_len);
  }
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

static void
append_normalized_key (GString *text, const BtcDescriptorKey *key, BtcNetwork network, const BtcXpub *last_hardened)
{
  gsize split = steps_to_last_hardened (&key->path);
  g_autofree char *xpub = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *origin = NULL;
  g_autofree char *fingerprint = NULL;
  guint8 root[4];

  if (!key->extended || key->range == BTC_RANGE_HARDENED || split == 0 || last_hardened == NULL) {
    append_written_key (text, key, network, FALSE);
    return;
  }
  btc_xpub_fingerprint (&key->xpub, root);
  fingerprint = common_hex_encode (key->has_origin ? key->origin_fingerprint : root, 4);
  origin = btc_key_path_format (&key->origin_path, FALSE);
  before = btc_key_path_format (&(BtcKeyPath){ key->path.step, split }, FALSE);
  after = btc_key_path_format (&(BtcKeyPath){ key->path.step + split, key->path.len - split }, FALSE);
  xpub = btc_xpub_format (last_hardened, network);
  g_string_append_printf (text, "[%s%s%s]%s%s", fingerprint, origin, before, xpub, after);
  append_range (text, key->range, FALSE);
}

static void
append_derived_key (GString *text, const BtcDerivedKey *key, gboolean x_only)
{
  append_origin (text, key->fingerprint, &key->path, FALSE);
  append_bytes (text, key->pubkey + (x_only ? 1 : 0), key->pubkey_len - (x_only ? 1 : 0));
}

static void
append_key (GString *text, const Style *style, const BtcDescriptorNode *node, gsize i)
{
  gsize at = node->first_key + i;
  const BtcDescriptorKey *key = &style->descriptor->keys[at];

  if (style->normalized)
    append_normalized_key (text, key, style->descriptor->network,
                           style->last_hardened != NULL ? &style->last_hardened[at] : NULL);
  else
    append_written_key (text, key, style->descriptor->network, style->compat || key->apostrophe);
}

static void
append_keys (GString *text, const Style *style, const BtcDescriptorNode *node)
{
  gboolean x_only = node->function == BTC_FUNCTION_TR || node->function == BTC_FUNCTION_RAWTR;
  g_autofree const BtcDerivedKey **derived = g_new (const BtcDerivedKey *, MAX (node->n_keys, 1));

  if (style->derived != NULL)
    btc_descriptor_sort_keys (node, style->derived, derived);
  for (gsize i = 0; i < node->n_keys; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    if (style->derived != NULL)
      append_derived_key (text, derived[i], x_only);
    else
      append_key (text, style, node, i);
  }
}

static void
append_script (GString *text, const BtcDescriptorNode *node, BtcNetwork network)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (node->script, &len);
  g_autofree char *address = NULL;

  if (node->function == BTC_FUNCTION_ADDR) {
    address = btc_address_encode ((BtcSpan){ data, len }, network);
    g_string_append (text, address);
  } else {
    append_bytes (text, data, len);
  }
}

static void
append_node (GString *text, const Style *style, const BtcDescriptorNode *node)
{
  gboolean multi = node->function == BTC_FUNCTION_MULTI || node->function == BTC_FUNCTION_SORTEDMULTI;
  /* In the script, sorted keys are only keys in an order. */
  BtcFunction function = multi && style->derived != NULL ? BTC_FUNCTION_MULTI : node->function;

  g_string_append_printf (text, "%s(", btc_function_name (function));
  if (multi)
    g_string_append_printf (text, "%u,", node->threshold);
  append_keys (text, style, node);
  if (node->inner != NULL)
    append_node (text, style, node->inner);
  if (node->script != NULL)
    append_script (text, node, style->descriptor->network);
  g_string_append_c (text, ')');
}

static char *
add_checksum (GString *text)
{
  char checksum9[9];

  if (btc_descriptor_checksum (text->str, text->len, checksum9))
    g_string_append_printf (text, "#%s", checksum9);
  return g_string_free (text, FALSE);
}

static char *
format_styled (const Style *style)
{
  GString *text = g_string_new (NULL);

  append_node (text, style, style->descriptor->root);
  return add_checksum (text);
}

char *
btc_descriptor_format (const BtcDescriptor *descriptor, BtcDescriptorForm form)
{
  g_return_val_if_fail (descriptor != NULL, NULL);

  return format_styled (&(Style){ .descriptor = descriptor, .compat = form == BTC_DESCRIPTOR_COMPAT });
}

char *
btc_descriptor_format_normalized (const BtcDescriptor *descriptor, const BtcXpub *last_hardened)
{
  g_return_val_if_fail (descriptor != NULL, NULL);

  return format_styled (&(Style){ .descriptor = descriptor, .normalized = TRUE, .last_hardened = last_hardened });
}

/* combo() prints as the function whose script I is. */
static char *
format_combo_script (const BtcDerivedKey *key, guint i)
{
  static const char *const forms[][2] = { { "pk(", ")" }, { "pkh(", ")" }, { "wpkh(", ")" }, { "sh(wpkh(", "))" } };
  GString *text;

  g_return_val_if_fail (i < G_N_ELEMENTS (forms), NULL);

  text = g_string_new (forms[i][0]);
  append_derived_key (text, key, FALSE);
  g_string_append (text, forms[i][1]);
  return add_checksum (text);
}

char *
btc_descriptor_format_script (const BtcDescriptor *descriptor, const BtcExpansion *expansion, guint i)
{
  g_return_val_if_fail (descriptor != NULL && i < expansion->scripts->len, NULL);

  if (descriptor->n_keys == 0)
    return NULL;
  if (descriptor->root->function == BTC_FUNCTION_COMBO)
    return format_combo_script (&expansion->keys[0], i);
  return format_styled (&(Style){ .descriptor = descriptor, .derived = expansion });
}

void
btc_descriptor_id (const BtcDescriptor *descriptor, guint8 out32[32])
{
  g_autofree char *text = btc_descriptor_format (descriptor, BTC_DESCRIPTOR_COMPAT);

  btc_sha256 ((const guint8 *) text, strlen (text), out32);
}
