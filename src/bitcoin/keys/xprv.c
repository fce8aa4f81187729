#include "bitcoin/keys/xprv.h"

#include <string.h>

#include "bitcoin/crypto/hash.h"
#include "bitcoin/keys/secp.h"
#include "bitcoin/keys/secret_text.h"

/* Bytes: as of an extended public key (see descriptor/bip32.c), with the network's other version, and 00 and the
 * private key in place of the public key. */

#define VERSION_LEN 4
#define TEXT_DATA_LEN (VERSION_LEN + BTC_XPUB_SIZE)
#define KEY_OFFSET (TEXT_DATA_LEN - 32)

struct _BtcXprv {
  BtcXpub xpub;
  guint8 key32[32];
};

/* Computes the public key from the private key. */
static gboolean
set_pubkey (BtcXprv *xprv, const secp256k1_context *context)
{
  secp256k1_pubkey point;
  gsize len = 33;

  if (!secp256k1_ec_pubkey_create (context, &point, xprv->key32))
    return FALSE;
  secp256k1_ec_pubkey_serialize (context, xprv->xpub.pubkey33, &len, &point, SECP256K1_EC_COMPRESSED);
  return TRUE;
}

BtcXprv *
btc_xprv_new_from_seed (const guint8 *seed, gsize len)
{
  static const char salt[] = "Bitcoin seed";
  g_autoptr (secp256k1_context) context = btc_secp_context_new ();
  g_autoptr (BtcXprv) xprv = NULL;
  guint8 hash64[64];

  g_return_val_if_fail (len >= 16 && len <= 64, NULL);

  xprv = common_secret_alloc (sizeof *xprv);
  btc_hmac_sha512 ((const guint8 *) salt, strlen (salt), seed, len, hash64);
  memcpy (xprv->key32, hash64, 32);
  memcpy (xprv->xpub.chain_code32, hash64 + 32, 32);
  common_secret_wipe (hash64, sizeof hash64);
  return set_pubkey (xprv, context) ? g_steal_pointer (&xprv) : NULL;
}

BtcXprv *
btc_xprv_new_from_key (const guint8 key32[32], const BtcXpub *xpub)
{
  g_autoptr (secp256k1_context) context = btc_secp_context_new ();
  g_autoptr (BtcXprv) xprv = common_secret_alloc (sizeof *xprv);

  xprv->xpub = *xpub;
  memcpy (xprv->key32, key32, 32);
  if (!set_pubkey (xprv, context) || memcmp (xprv->xpub.pubkey33, xpub->pubkey33, 33) != 0)
    return NULL;
  return g_steal_pointer (&xprv);
}

BtcXprv *
btc_xprv_parse (const char *text, BtcNetwork network)
{
  g_autoptr (CommonSecret) data = NULL;
  g_autoptr (secp256k1_context) context = NULL;
  g_autoptr (BtcXprv) xprv = NULL;
  guint8 public74[BTC_XPUB_SIZE];

  g_return_val_if_fail (text != NULL, NULL);

  data = btc_secret_base58check_decode (text, TEXT_DATA_LEN);
  if (data == NULL || data->len != TEXT_DATA_LEN
      || memcmp (data->data, btc_network_info (network)->xprv_prefix, VERSION_LEN) != 0
      || data->data[KEY_OFFSET - 1] != 0)
    return NULL;

  context = btc_secp_context_new ();
  xprv = common_secret_alloc (sizeof *xprv);
  memcpy (xprv->key32, data->data + KEY_OFFSET, 32);
  if (!set_pubkey (xprv, context))
    return NULL;
  memcpy (public74, data->data + VERSION_LEN, BTC_XPUB_SIZE - 33);
  memcpy (public74 + BTC_XPUB_SIZE - 33, xprv->xpub.pubkey33, 33);
  return btc_xpub_decode (public74, &xprv->xpub) ? g_steal_pointer (&xprv) : NULL;
}

CommonSecret *
btc_xprv_format (const BtcXprv *xprv, BtcNetwork network)
{
  g_autoptr (CommonSecret) data = common_secret_new (NULL, TEXT_DATA_LEN);

  memcpy (data->data, btc_network_info (network)->xprv_prefix, VERSION_LEN);
  btc_xpub_encode (&xprv->xpub, data->data + VERSION_LEN);
  data->data[KEY_OFFSET - 1] = 0;
  memcpy (data->data + KEY_OFFSET, xprv->key32, 32);
  return btc_secret_base58check_encode (data->data, data->len);
}

BtcXprv *
btc_xprv_copy (const BtcXprv *xprv)
{
  BtcXprv *copy = common_secret_alloc (sizeof *copy);

  *copy = *xprv;
  return copy;
}

void
btc_xprv_free (BtcXprv *xprv)
{
  common_secret_free (xprv);
}

/* Replaces XPRV by its child. */
static gboolean
xprv_derive_child (BtcXprv *xprv, guint32 child, const secp256k1_context *context)
{
  guint32 child_be = GUINT32_TO_BE (child);
  guint8 message[33 + 4], hash64[64];
  guint8 fingerprint[4];
  gboolean good;

  if (xprv->xpub.depth == G_MAXUINT8)
    return FALSE;
  if ((child & BTC_HARDENED) != 0) {
    message[0] = 0;
    memcpy (message + 1, xprv->key32, 32);
  } else {
    memcpy (message, xprv->xpub.pubkey33, 33);
  }
  memcpy (message + 33, &child_be, 4);
  btc_hmac_sha512 (xprv->xpub.chain_code32, 32, message, sizeof message, hash64);

  btc_xpub_fingerprint (&xprv->xpub, fingerprint);
  good = secp256k1_ec_seckey_tweak_add (context, xprv->key32, hash64) && set_pubkey (xprv, context);
  xprv->xpub.depth++;
  xprv->xpub.child = child;
  memcpy (xprv->xpub.parent_fingerprint, fingerprint, 4);
  memcpy (xprv->xpub.chain_code32, hash64 + 32, 32);
  common_secret_wipe (message, sizeof message);
  common_secret_wipe (hash64, sizeof hash64);
  return good;
}

BtcXprv *
btc_xprv_derive_path (const BtcXprv *xprv, const guint32 *steps, gsize n)
{
  g_autoptr (secp256k1_context) context = NULL;
  g_autoptr (BtcXprv) key = NULL;

  g_return_val_if_fail (xprv != NULL, NULL);

  context = btc_secp_context_new ();
  key = btc_xprv_copy (xprv);
  for (gsize i = 0; i < n; i++)
    if (!xprv_derive_child (key, steps[i], context))
      return NULL;
  return g_steal_pointer (&key);
}

BtcXprv *
btc_xprv_derive (const BtcXprv *xprv, guint32 child)
{
  return btc_xprv_derive_path (xprv, &child, 1);
}

const BtcXpub *
btc_xprv_get_xpub (const BtcXprv *xprv)
{
  return &xprv->xpub;
}

const guint8 *
btc_xprv_get_key (const BtcXprv *xprv)
{
  return xprv->key32;
}
