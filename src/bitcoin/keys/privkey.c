#include "bitcoin/keys/privkey.h"

#include <string.h>

#include "bitcoin/keys/secp.h"
#include "bitcoin/keys/secret_text.h"
#include "common/random.h"

/* Wallet import format: base58 with checksum of the network's prefix byte, the key, and 01 where the public key is
 * compressed. */

#define KEY_LEN 32

gboolean
btc_privkey_is_valid (const guint8 key32[32])
{
  return secp256k1_ec_seckey_verify (secp256k1_context_static, key32) == 1;
}

CommonSecret *
btc_privkey_generate (void)
{
  g_autoptr (CommonSecret) key = common_secret_new (NULL, KEY_LEN);

  do
    common_random_bytes (key->data, KEY_LEN);
  while (!btc_privkey_is_valid (key->data));
  return g_steal_pointer (&key);
}

gsize
btc_privkey_get_pubkey (const guint8 key32[32], gboolean compressed, guint8 out65[65])
{
  g_autoptr (secp256k1_context) context = btc_secp_context_new ();
  secp256k1_pubkey point;
  gsize len = 65;

  g_return_val_if_fail (secp256k1_ec_pubkey_create (context, &point, key32) == 1, 0);

  secp256k1_ec_pubkey_serialize (context, out65, &len, &point,
                                 compressed ? SECP256K1_EC_COMPRESSED : SECP256K1_EC_UNCOMPRESSED);
  return len;
}

CommonSecret *
btc_wif_parse (const char *text, BtcNetwork network, gboolean *compressed)
{
  g_autoptr (CommonSecret) data = btc_secret_base58check_decode (text, 1 + KEY_LEN + 1);
  gboolean marked;

  if (data == NULL || data->len < 1 + KEY_LEN || data->data[0] != btc_network_info (network)->wif_prefix)
    return NULL;
  marked = data->len == 1 + KEY_LEN + 1;
  if ((marked && data->data[1 + KEY_LEN] != 1) || !btc_privkey_is_valid (data->data + 1))
    return NULL;
  if (compressed != NULL)
    *compressed = marked;
  return common_secret_new (data->data + 1, KEY_LEN);
}

CommonSecret *
btc_wif_format (const guint8 key32[32], gboolean compressed, BtcNetwork network)
{
  g_autoptr (CommonSecret) data = common_secret_new (NULL, 1 + KEY_LEN + (compressed ? 1 : 0));

  data->data[0] = btc_network_info (network)->wif_prefix;
  memcpy (data->data + 1, key32, KEY_LEN);
  if (compressed)
    data->data[1 + KEY_LEN] = 1;
  return btc_secret_base58check_encode (data->data, data->len);
}
