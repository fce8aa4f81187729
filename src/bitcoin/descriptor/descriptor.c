#include "bitcoin/descriptor/descriptor.h"

#include <secp256k1_extrakeys.h>
#include <string.h>

#include "bitcoin/crypto/hash.h"
#include "bitcoin/descriptor/descriptor_private.h"
#include "bitcoin/script/script.h"

#define OP_CHECKSIG 0xac

void
btc_descriptor_free (BtcDescriptor *descriptor)
{
  if (descriptor == NULL)
    return;
  btc_descriptor_key_clear (&descriptor->key);
  g_clear_pointer (&descriptor->script, g_bytes_unref);
  g_free (descriptor);
}

BtcDescriptorType
btc_descriptor_get_type_of (const BtcDescriptor *descriptor)
{
  return descriptor->type;
}

gboolean
btc_descriptor_is_ranged (const BtcDescriptor *descriptor)
{
  return descriptor->n_keys > 0 && descriptor->key.range != BTC_RANGE_NONE;
}

gsize
btc_descriptor_n_keys (const BtcDescriptor *descriptor)
{
  return descriptor->n_keys;
}

const BtcDescriptorKey *
btc_descriptor_get_key (const BtcDescriptor *descriptor, gsize i)
{
  g_return_val_if_fail (i < descriptor->n_keys, NULL);

  return &descriptor->key;
}

gboolean
btc_descriptor_is_solvable (const BtcDescriptor *descriptor)
{
  return descriptor->n_keys > 0;
}

gboolean
btc_descriptor_needs_parent (const BtcDescriptor *descriptor)
{
  return descriptor->n_keys > 0 && descriptor->key.extended && !descriptor->key.has_parent;
}

void
btc_descriptor_set_parent (BtcDescriptor *descriptor, gsize key, const BtcXpub *parent)
{
  g_return_if_fail (key < descriptor->n_keys && descriptor->key.extended && parent != NULL);

  descriptor->key.parent = *parent;
  descriptor->key.has_parent = TRUE;
}

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
expand_key (const BtcDescriptorKey *key, guint32 index, BtcExpansion *expansion)
{
  BtcXpub child;

  if (!key->extended) {
    /* An x-only key is the point with the even Y. */
    gsize prefix = key->pubkey_len == 32 ? 1 : 0;

    expansion->pubkey[0] = 0x02;
    memcpy (expansion->pubkey + prefix, key->pubkey, key->pubkey_len);
    expansion->pubkey_len = key->pubkey_len + prefix;
    return TRUE;
  }

  if (!key->has_parent || key->range == BTC_RANGE_HARDENED)
    return FALSE;
  child = key->parent;
  if (key->range == BTC_RANGE_NORMAL && !btc_xpub_derive (&key->parent, index, &child))
    return FALSE;
  memcpy (expansion->pubkey, child.pubkey33, 33);
  expansion->pubkey_len = 33;
  return TRUE;
}

/* The origin of the key, for finding its private key. */
static void
expand_origin (const BtcDescriptorKey *key, guint32 index, BtcExpansion *expansion)
{
  gsize n = key->origin_path.len + key->path.len + (key->range != BTC_RANGE_NONE ? 1 : 0);
  guint32 *step = g_new (guint32, MAX (n, 1));
  guint8 hash20[20];

  if (key->has_origin) {
    memcpy (expansion->fingerprint, key->origin_fingerprint, 4);
  } else if (key->extended) {
    btc_xpub_fingerprint (&key->xpub, expansion->fingerprint);
  } else {
    btc_hash160 (expansion->pubkey, expansion->pubkey_len, hash20);
    memcpy (expansion->fingerprint, hash20, 4);
  }

  expansion->path = (BtcKeyPath){ step, n };
  if (key->origin_path.len > 0)
    memcpy (step, key->origin_path.step, key->origin_path.len * sizeof *step);
  if (key->path.len > 0)
    memcpy (step + key->origin_path.len, key->path.step, key->path.len * sizeof *step);
  if (key->range != BTC_RANGE_NONE)
    step[n - 1] = key->range == BTC_RANGE_HARDENED ? index | BTC_HARDENED : index;
}

static GBytes *
p2wpkh_script (const guint8 hash20[20])
{
  GByteArray *script = g_byte_array_new ();

  btc_script_write_witness (script, 0, hash20, 20);
  return g_byte_array_free_to_bytes (script);
}

/* The script, and the redeem script, of the key in EXPANSION. */
static gboolean
expand_script (BtcDescriptorType type, BtcExpansion *expansion)
{
  g_autoptr (GByteArray) script = g_byte_array_new ();
  guint8 hash20[20], output32[32];

  btc_hash160 (expansion->pubkey, expansion->pubkey_len, hash20);
  switch (type) {
  case BTC_DESCRIPTOR_PK:
    btc_script_write_push (script, expansion->pubkey, expansion->pubkey_len);
    btc_write_u8 (script, OP_CHECKSIG);
    break;
  case BTC_DESCRIPTOR_PKH:
    btc_script_write_p2pkh (script, hash20);
    break;
  case BTC_DESCRIPTOR_WPKH:
    btc_script_write_witness (script, 0, hash20, 20);
    break;
  case BTC_DESCRIPTOR_SH_WPKH: {
    gsize len;
    const guint8 *redeem;

    expansion->redeem_script = p2wpkh_script (hash20);
    redeem = g_bytes_get_data (expansion->redeem_script, &len);
    btc_hash160 (redeem, len, hash20);
    btc_script_write_p2sh (script, hash20);
    break;
  }
  case BTC_DESCRIPTOR_TR:
    if (!btc_taproot_output_key (expansion->pubkey + 1, NULL, output32, NULL))
      return FALSE;
    btc_script_write_witness (script, 1, output32, 32);
    expansion->pubkey[0] = 0x02;
    break;
  case BTC_DESCRIPTOR_ADDR:
  case BTC_DESCRIPTOR_RAW:
    g_return_val_if_reached (FALSE);
  }
  expansion->script = g_byte_array_free_to_bytes (g_steal_pointer (&script));
  return TRUE;
}

gboolean
btc_descriptor_expand (const BtcDescriptor *descriptor, guint32 index, BtcExpansion *expansion)
{
  g_return_val_if_fail (descriptor != NULL && index < BTC_HARDENED, FALSE);

  *expansion = (BtcExpansion){ 0 };
  if (descriptor->n_keys == 0) {
    expansion->script = g_bytes_ref (descriptor->script);
    return TRUE;
  }
  if (!expand_key (&descriptor->key, index, expansion))
    return FALSE;
  expand_origin (&descriptor->key, index, expansion);
  if (!expand_script (descriptor->type, expansion)) {
    btc_expansion_clear (expansion);
    return FALSE;
  }
  return TRUE;
}

void
btc_expansion_clear (BtcExpansion *expansion)
{
  g_clear_pointer (&expansion->script, g_bytes_unref);
  g_clear_pointer (&expansion->redeem_script, g_bytes_unref);
  btc_key_path_clear (&expansion->path);
}
