#include "bitcoin/keys/privkey.h"

#include <string.h>

#include "bitcoin/primitives/serialize.h"

/* Bytes (SEC 1, ECPrivateKey, with the curve written out):
 *   SEQUENCE  30, length
 *     INTEGER 1           02 01 01
 *     key                 04 20, 32 bytes
 *     curve               a0, length: the prime, the coefficients 0 and 7, the generator, the order, the cofactor 1
 *     public key          a1, length, 03, length, 00, the public key
 * The generator is compressed where the public key is. */

static const guint8 start_compressed[] = { 0x30, 0x81, 0xd3, 0x02, 0x01, 0x01, 0x04, 0x20 };
static const guint8 start_full[] = { 0x30, 0x82, 0x01, 0x13, 0x02, 0x01, 0x01, 0x04, 0x20 };
static const guint8 curve_compressed[] = { 0xa0, 0x81, 0x85, 0x30, 0x81, 0x82 };
static const guint8 curve_full[] = { 0xa0, 0x81, 0xa5, 0x30, 0x81, 0xa2 };
static const guint8 prime_field[] = {
  0x02, 0x01, 0x01, 0x30, 0x2c, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x01, 0x01, 0x02, 0x21, 0x00, /* version */
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,       /* the prime */
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xfc, 0x2f,       /* … */
  0x30, 0x06, 0x04, 0x01, 0x00, 0x04, 0x01, 0x07,                                                       /* 0 and 7 */
};
static const guint8 generator_x[] = {
  0x79, 0xbe, 0x66, 0x7e, 0xf9, 0xdc, 0xbb, 0xac, 0x55, 0xa0, 0x62, 0x95, 0xce, 0x87, 0x0b, 0x07,
  0x02, 0x9b, 0xfc, 0xdb, 0x2d, 0xce, 0x28, 0xd9, 0x59, 0xf2, 0x81, 0x5b, 0x16, 0xf8, 0x17, 0x98,
};
static const guint8 generator_y[] = {
  0x48, 0x3a, 0xda, 0x77, 0x26, 0xa3, 0xc4, 0x65, 0x5d, 0xa4, 0xfb, 0xfc, 0x0e, 0x11, 0x08, 0xa8,
  0xfd, 0x17, 0xb4, 0x48, 0xa6, 0x85, 0x54, 0x19, 0x9c, 0x47, 0xd0, 0x8f, 0xfb, 0x10, 0xd4, 0xb8,
};
static const guint8 order[] = {
  0x02, 0x21, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
  0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41, 0x02, 0x01, 0x01,
};

#define DER_COMPRESSED_LEN 214
#define DER_FULL_LEN 279

static guint8 *
der_append (guint8 *at, gconstpointer data, gsize len)
{
  memcpy (at, data, len);
  return at + len;
}

CommonSecret *
btc_privkey_to_der (const guint8 key32[32], gboolean compressed)
{
  CommonSecret *der = common_secret_new (NULL, compressed ? DER_COMPRESSED_LEN : DER_FULL_LEN);
  guint8 pubkey[65];
  gsize pubkey_len = btc_privkey_get_pubkey (key32, compressed, pubkey);
  guint8 mark_generator[] = { 0x04, (guint8) pubkey_len, compressed ? 0x02 : 0x04 };
  guint8 mark_pubkey[] = { 0xa1, (guint8) (pubkey_len + 3), 0x03, (guint8) (pubkey_len + 1), 0x00 };
  guint8 *at = der->data;

  if (compressed)
    at = der_append (at, start_compressed, sizeof start_compressed);
  else
    at = der_append (at, start_full, sizeof start_full);
  at = der_append (at, key32, 32);
  at = der_append (at, compressed ? curve_compressed : curve_full, sizeof curve_full);
  at = der_append (at, prime_field, sizeof prime_field);
  at = der_append (at, mark_generator, sizeof mark_generator);
  at = der_append (at, generator_x, sizeof generator_x);
  if (!compressed)
    at = der_append (at, generator_y, sizeof generator_y);
  at = der_append (at, order, sizeof order);
  at = der_append (at, mark_pubkey, sizeof mark_pubkey);
  at = der_append (at, pubkey, pubkey_len);
  g_assert (at == der->data + der->len);
  return der;
}

CommonSecret *
btc_privkey_from_der (const guint8 *data, gsize len)
{
  g_autoptr (CommonSecret) key = NULL;
  BtcReader reader;
  guint8 length_bytes;
  gsize key_len;
  BtcSpan key_span;

  btc_reader_init (&reader, data, len);
  if (btc_reader_u8 (&reader) != 0x30)
    return NULL;
  length_bytes = btc_reader_u8 (&reader);
  if (length_bytes != 0x81 && length_bytes != 0x82)
    return NULL;
  btc_reader_skip (&reader, length_bytes & 0x7f);
  if (btc_reader_u8 (&reader) != 0x02 || btc_reader_u8 (&reader) != 0x01 || btc_reader_u8 (&reader) != 0x01
      || btc_reader_u8 (&reader) != 0x04)
    return NULL;
  key_len = btc_reader_u8 (&reader);
  key_span = btc_reader_span (&reader, key_len);
  if (reader.failed || key_len == 0 || key_len > 32)
    return NULL;

  key = common_secret_new (NULL, 32);
  memcpy (key->data + 32 - key_len, key_span.data, key_len);
  return btc_privkey_is_valid (key->data) ? g_steal_pointer (&key) : NULL;
}
