#include "bitcoin/descriptor/bip32.h"

#include <secp256k1.h>
#include <string.h>

#include "bitcoin/address/base58.h"
#include "bitcoin/crypto/hash.h"

/* Bytes of an extended public key (BIP 32), all integers big-endian:
 *   version 4 (of the network; not in wallet.dat) · depth u8 · fingerprint of the parent 4 · child number u32 ·
 *   chain code 32 · compressed public key 33. As text: base58 with checksum. */

#define VERSION_LEN 4

static void
put_u32_be (guint8 *at, guint32 value)
{
  value = GUINT32_TO_BE (value);
  memcpy (at, &value, 4);
}

static guint32
get_u32_be (const guint8 *at)
{
  guint32 value;

  memcpy (&value, at, 4);
  return GUINT32_FROM_BE (value);
}

void
btc_xpub_encode (const BtcXpub *xpub, guint8 out74[BTC_XPUB_SIZE])
{
  out74[0] = xpub->depth;
  memcpy (out74 + 1, xpub->parent_fingerprint, 4);
  put_u32_be (out74 + 5, xpub->child);
  memcpy (out74 + 9, xpub->chain_code32, 32);
  memcpy (out74 + 41, xpub->pubkey33, 33);
}

gboolean
btc_xpub_decode (const guint8 data74[BTC_XPUB_SIZE], BtcXpub *xpub)
{
  static const guint8 zero4[4];
  secp256k1_pubkey point;

  xpub->depth = data74[0];
  memcpy (xpub->parent_fingerprint, data74 + 1, 4);
  xpub->child = get_u32_be (data74 + 5);
  memcpy (xpub->chain_code32, data74 + 9, 32);
  memcpy (xpub->pubkey33, data74 + 41, 33);
  /* A master key has no parent. */
  if (xpub->depth == 0 && (xpub->child != 0 || memcmp (xpub->parent_fingerprint, zero4, 4) != 0))
    return FALSE;
  return secp256k1_ec_pubkey_parse (secp256k1_context_static, &point, xpub->pubkey33, 33) == 1;
}

gboolean
btc_xpub_parse (const char *text, BtcNetwork network, BtcXpub *xpub)
{
  const BtcNetworkInfo *info = btc_network_info (network);
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data;
  gsize len;

  g_return_val_if_fail (text != NULL && info != NULL, FALSE);

  bytes = btc_base58check_decode (text, VERSION_LEN + BTC_XPUB_SIZE);
  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &len);
  return len == VERSION_LEN + BTC_XPUB_SIZE && memcmp (data, info->xpub_prefix, VERSION_LEN) == 0
         && btc_xpub_decode (data + VERSION_LEN, xpub);
}

char *
btc_xpub_format (const BtcXpub *xpub, BtcNetwork network)
{
  const BtcNetworkInfo *info = btc_network_info (network);
  guint8 data[VERSION_LEN + BTC_XPUB_SIZE];

  g_return_val_if_fail (xpub != NULL && info != NULL, NULL);

  memcpy (data, info->xpub_prefix, VERSION_LEN);
  btc_xpub_encode (xpub, data + VERSION_LEN);
  return btc_base58check_encode (data, sizeof data);
}

void
btc_xpub_fingerprint (const BtcXpub *xpub, guint8 out4[4])
{
  guint8 hash20[20];

  btc_hash160 (xpub->pubkey33, 33, hash20);
  memcpy (out4, hash20, 4);
}

gboolean
btc_xpub_derive (const BtcXpub *parent, guint32 child, BtcXpub *child_xpub)
{
  const secp256k1_context *context = secp256k1_context_static;
  secp256k1_pubkey point;
  guint8 message[33 + 4], hash64[64];
  gsize len = 33;
  BtcXpub result;

  if ((child & BTC_HARDENED) != 0 || parent->depth == G_MAXUINT8)
    return FALSE;

  memcpy (message, parent->pubkey33, 33);
  put_u32_be (message + 33, child);
  btc_hmac_sha512 (parent->chain_code32, 32, message, sizeof message, hash64);
  if (!secp256k1_ec_pubkey_parse (context, &point, parent->pubkey33, 33)
      || !secp256k1_ec_pubkey_tweak_add (context, &point, hash64))
    return FALSE;

  result.depth = parent->depth + 1;
  btc_xpub_fingerprint (parent, result.parent_fingerprint);
  result.child = child;
  memcpy (result.chain_code32, hash64 + 32, 32);
  secp256k1_ec_pubkey_serialize (context, result.pubkey33, &len, &point, SECP256K1_EC_COMPRESSED);
  *child_xpub = result;
  return TRUE;
}

void
btc_key_path_clear (BtcKeyPath *path)
{
  g_clear_pointer (&path->step, g_free);
  path->len = 0;
}

char *
btc_key_path_format (const BtcKeyPath *path, gboolean apostrophe)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < path->len; i++) {
    g_string_append_printf (text, "/%u", path->step[i] & ~BTC_HARDENED);
    if ((path->step[i] & BTC_HARDENED) != 0)
      g_string_append_c (text, apostrophe ? '\'' : 'h');
  }
  return g_string_free (text, FALSE);
}
