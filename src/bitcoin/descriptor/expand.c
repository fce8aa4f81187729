#include "bitcoin/descriptor/descriptor.h"

#include <secp256k1_extrakeys.h>
#include <stdlib.h>
#include <string.h>

#include "bitcoin/crypto/hash.h"
#include "bitcoin/descriptor/descriptor_private.h"
#include "bitcoin/script/opcodes.h"
#include "bitcoin/script/script.h"

/* The keys and scripts of a descriptor at an index. */

gboolean
btc_taproot_output_key (const guint8 internal_key32[32],
                        const guint8 *merkle_root32,
                        guint8 output_key32[32],
                        gboolean *parity)
{
  const secp256k1_context *context = secp256k1_context_static;
  secp256k1_xonly_pubkey internal, output;
  secp256k1_pubkey tweaked;
  guint8 message[64], tweak32[32];
  int odd;

  memcpy (message, internal_key32, 32);
  if (merkle_root32 != NULL)
    memcpy (message + 32, merkle_root32, 32);
  btc_tagged_hash ("TapTweak", message, merkle_root32 != NULL ? 64 : 32, tweak32);

  if (!secp256k1_xonly_pubkey_parse (context, &internal, internal_key32)
      || !secp256k1_xonly_pubkey_tweak_add (context, &tweaked, &internal, tweak32)
      || !secp256k1_xonly_pubkey_from_pubkey (context, &output, &odd, &tweaked))
    return FALSE;
  secp256k1_xonly_pubkey_serialize (context, output_key32, &output);
  if (parity != NULL)
    *parity = odd;
  return TRUE;
}

/* The public key at INDEX. */
static gboolean
derive_pubkey (const BtcDescriptorKey *key, guint32 index, BtcDerivedKey *derived)
{
  BtcXpub child;

  if (!key->extended) {
    /* An x-only key is the point with the even Y. */
    gsize prefix = key->pubkey_len == 32 ? 1 : 0;

    derived->pubkey[0] = 0x02;
    memcpy (derived->pubkey + prefix, key->pubkey, key->pubkey_len);
    derived->pubkey_len = key->pubkey_len + prefix;
    return TRUE;
  }

  if (!key->has_parent || key->range == BTC_RANGE_HARDENED)
    return FALSE;
  child = key->parent;
  if (key->range == BTC_RANGE_NORMAL && !btc_xpub_derive (&key->parent, index, &child))
    return FALSE;
  memcpy (derived->pubkey, child.pubkey33, 33);
  derived->pubkey_len = 33;
  return TRUE;
}

/* The origin of the key, for finding its private key. */
static void
derive_origin (const BtcDescriptorKey *key, guint32 index, BtcDerivedKey *derived)
{
  gsize n = key->origin_path.len + key->path.len + (key->range != BTC_RANGE_NONE ? 1 : 0);
  guint32 *step = g_new (guint32, MAX (n, 1));
  guint8 hash20[20];

  if (key->has_origin) {
    memcpy (derived->fingerprint, key->origin_fingerprint, 4);
  } else if (key->extended) {
    btc_xpub_fingerprint (&key->xpub, derived->fingerprint);
  } else {
    btc_hash160 (derived->pubkey, derived->pubkey_len, hash20);
    memcpy (derived->fingerprint, hash20, 4);
  }

  derived->path = (BtcKeyPath){ step, n };
  if (key->origin_path.len > 0)
    memcpy (step, key->origin_path.step, key->origin_path.len * sizeof *step);
  if (key->path.len > 0)
    memcpy (step + key->origin_path.len, key->path.step, key->path.len * sizeof *step);
  if (key->range != BTC_RANGE_NONE)
    step[n - 1] = key->range == BTC_RANGE_HARDENED ? index | BTC_HARDENED : index;
}

static void
write_pk (GByteArray *script, const BtcDerivedKey *key)
{
  btc_script_write_push (script, key->pubkey, key->pubkey_len);
  btc_write_u8 (script, BTC_OP_CHECKSIG);
}

static void
write_pubkey_hash (GByteArray *script, const BtcDerivedKey *key, gboolean witness)
{
  guint8 hash20[20];

  btc_hash160 (key->pubkey, key->pubkey_len, hash20);
  if (witness)
    btc_script_write_witness (script, 0, hash20, 20);
  else
    btc_script_write_p2pkh (script, hash20);
}

static void
write_script_hash (GByteArray *script, GBytes *inner, gboolean witness)
{
  guint8 hash32[32];
  gsize len;
  const guint8 *data = g_bytes_get_data (inner, &len);

  if (witness) {
    btc_sha256 (data, len, hash32);
    btc_script_write_witness (script, 0, hash32, 32);
  } else {
    btc_hash160 (data, len, hash32);
    btc_script_write_p2sh (script, hash32);
  }
}

static int
compare_keys (const void *a, const void *b)
{
  const BtcDerivedKey *const *x = a, *const *y = b;
  gsize n = MIN ((*x)->pubkey_len, (*y)->pubkey_len);

  return memcmp ((*x)->pubkey, (*y)->pubkey, n);
}

void
btc_descriptor_sort_keys (const BtcDescriptorNode *node, const BtcExpansion *expansion, const BtcDerivedKey **keys)
{
  for (gsize i = 0; i < node->n_keys; i++)
    keys[i] = &expansion->keys[node->first_key + i];
  if (node->function == BTC_FUNCTION_SORTEDMULTI)
    qsort (keys, node->n_keys, sizeof *keys, compare_keys);
}

static void
write_multi (GByteArray *script, const BtcDescriptorNode *node, const BtcExpansion *expansion)
{
  g_autofree const BtcDerivedKey **keys = g_new (const BtcDerivedKey *, node->n_keys);

  btc_descriptor_sort_keys (node, expansion, keys);
  btc_script_write_number (script, node->threshold);
  for (gsize i = 0; i < node->n_keys; i++)
    btc_script_write_push (script, keys[i]->pubkey, keys[i]->pubkey_len);
  btc_script_write_number (script, (gint64) node->n_keys);
  btc_write_u8 (script, BTC_OP_CHECKMULTISIG);
}

static gboolean
write_taproot (GByteArray *script, BtcDerivedKey *key, gboolean tweak)
{
  guint8 output32[32];

  memcpy (output32, key->pubkey + 1, 32);
  if (tweak && !btc_taproot_output_key (key->pubkey + 1, NULL, output32, NULL))
    return FALSE;
  btc_script_write_witness (script, 1, output32, 32);
  key->pubkey[0] = 0x02;
  return TRUE;
}

/* The script of a node that has exactly one; NULL: there is no such key. */
static GBytes *
expand_node (const BtcDescriptorNode *node, BtcExpansion *expansion)
{
  g_autoptr (GByteArray) script = g_byte_array_new ();
  BtcDerivedKey *key = &expansion->keys[node->first_key];
  GBytes *inner;

  switch (node->function) {
  case BTC_FUNCTION_PK:
    write_pk (script, key);
    break;
  case BTC_FUNCTION_PKH:
  case BTC_FUNCTION_WPKH:
    write_pubkey_hash (script, key, node->function == BTC_FUNCTION_WPKH);
    break;
  case BTC_FUNCTION_MULTI:
  case BTC_FUNCTION_SORTEDMULTI:
    write_multi (script, node, expansion);
    break;
  case BTC_FUNCTION_SH:
  case BTC_FUNCTION_WSH:
    inner = expand_node (node->inner, expansion);
    if (inner == NULL)
      return NULL;
    write_script_hash (script, inner, node->function == BTC_FUNCTION_WSH);
    *(node->function == BTC_FUNCTION_WSH ? &expansion->witness_script : &expansion->redeem_script) = inner;
    break;
  case BTC_FUNCTION_TR:
  case BTC_FUNCTION_RAWTR:
    if (!write_taproot (script, key, node->function == BTC_FUNCTION_TR))
      return NULL;
    break;
  case BTC_FUNCTION_ADDR:
  case BTC_FUNCTION_RAW:
    return g_bytes_ref (node->script);
  case BTC_FUNCTION_COMBO:
  case BTC_FUNCTION_UNUSED:
    g_return_val_if_reached (NULL);
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&script));
}

static void
add_script (BtcExpansion *expansion, GByteArray *script)
{
  g_ptr_array_add (expansion->scripts, g_byte_array_free_to_bytes (script));
}

/* pk, pkh, and for a compressed key wpkh and sh(wpkh). */
static void
expand_combo (BtcExpansion *expansion)
{
  const BtcDerivedKey *key = &expansion->keys[0];
  GByteArray *script = g_byte_array_new ();

  write_pk (script, key);
  add_script (expansion, script);
  script = g_byte_array_new ();
  write_pubkey_hash (script, key, FALSE);
  add_script (expansion, script);
  if (key->pubkey_len != 33)
    return;
  script = g_byte_array_new ();
  write_pubkey_hash (script, key, TRUE);
  expansion->redeem_script = g_bytes_new (script->data, script->len);
  add_script (expansion, script);
  script = g_byte_array_new ();
  write_script_hash (script, expansion->redeem_script, FALSE);
  add_script (expansion, script);
}

static gboolean
expand_scripts (const BtcDescriptorNode *root, BtcExpansion *expansion)
{
  GBytes *script;

  if (root->function == BTC_FUNCTION_UNUSED)
    return TRUE;
  if (root->function == BTC_FUNCTION_COMBO) {
    expand_combo (expansion);
  } else {
    script = expand_node (root, expansion);
    if (script == NULL)
      return FALSE;
    g_ptr_array_add (expansion->scripts, script);
  }
  expansion->script = g_ptr_array_index (expansion->scripts, 0);
  return TRUE;
}

gboolean
btc_descriptor_expand (const BtcDescriptor *descriptor, guint32 index, BtcExpansion *expansion)
{
  gboolean good = TRUE;

  g_return_val_if_fail (descriptor != NULL && index < BTC_HARDENED, FALSE);

  *expansion = (BtcExpansion){ .n_keys = descriptor->n_keys };
  expansion->scripts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  expansion->keys = g_new0 (BtcDerivedKey, MAX (descriptor->n_keys, 1));
  for (gsize i = 0; good && i < descriptor->n_keys; i++) {
    good = derive_pubkey (&descriptor->keys[i], index, &expansion->keys[i]);
    if (good)
      derive_origin (&descriptor->keys[i], index, &expansion->keys[i]);
  }
  if (good && expand_scripts (descriptor->root, expansion))
    return TRUE;
  btc_expansion_clear (expansion);
  return FALSE;
}

void
btc_expansion_clear (BtcExpansion *expansion)
{
  for (gsize i = 0; i < expansion->n_keys; i++)
    btc_key_path_clear (&expansion->keys[i].path);
  g_clear_pointer (&expansion->keys, g_free);
  g_clear_pointer (&expansion->scripts, g_ptr_array_unref);
  g_clear_pointer (&expansion->redeem_script, g_bytes_unref);
  g_clear_pointer (&expansion->witness_script, g_bytes_unref);
  expansion->script = NULL;
  expansion->n_keys = 0;
}
