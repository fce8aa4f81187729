#include "bitcoin/crypto/bip324.h"

#include <nettle/chacha-poly1305.h>
#include <nettle/hkdf.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <secp256k1.h>
#include <secp256k1_ecdh.h>
#include <string.h>

#include "bitcoin/crypto/ellswift.h"
#include "bitcoin/crypto/hash.h"
#include "common/secret.h"

#define REKEY_INTERVAL 224u
#define SALT "bitcoin_v2_shared_secret"

struct _BtcBip324Key {
  secp256k1_context *context;
  guint8 *secret32; /* secret memory */
  guint8 public64[64];
};

/* FSChaCha20: the key stream that encrypts the lengths of one direction. */
typedef struct {
  struct chacha_ctx chacha;
  guint n_packets; /* with this key */
  guint64 n_keys;  /* that were used before this one */
  guint8 stream[CHACHA_BLOCK_SIZE];
  guint n_used; /* of STREAM */
} LengthCipher;

/* FSChaCha20-Poly1305: the cipher for the contents of one direction. */
typedef struct {
  struct chacha_poly1305_ctx aead;
  guint n_packets;
  guint64 n_keys;
} PacketCipher;

typedef struct {
  LengthCipher send_length, receive_length;
  PacketCipher send, receive;
} Ciphers;

struct _BtcBip324 {
  Ciphers *ciphers; /* secret memory */
  guint8 send_terminator[BTC_BIP324_TERMINATOR_SIZE];
  guint8 receive_terminator[BTC_BIP324_TERMINATOR_SIZE];
  guint8 session_id[32];
};

/* ---- keys ---- */

/* The key is valid, and the context can compute with secrets. */
static void
key_make_public (BtcBip324Key *key, const guint8 seed32[32])
{
  secp256k1_pubkey point;
  guint8 compressed[33];
  gsize len = sizeof compressed;

  if (!secp256k1_ec_pubkey_create (key->context, &point, key->secret32))
    g_assert_not_reached ();
  secp256k1_ec_pubkey_serialize (key->context, compressed, &len, &point, SECP256K1_EC_COMPRESSED);
  btc_ellswift_encode (compressed + 1, seed32, key->public64);
}

BtcBip324Key *
btc_bip324_key_new (const guint8 secret32[32], const guint8 seed32[32], const guint8 blind32[32])
{
  g_autoptr (BtcBip324Key) key = NULL;

  if (!secp256k1_ec_seckey_verify (secp256k1_context_static, secret32))
    return NULL;
  key = g_new0 (BtcBip324Key, 1);
  key->context = secp256k1_context_create (SECP256K1_CONTEXT_NONE);
  key->secret32 = common_secret_alloc (32);
  memcpy (key->secret32, secret32, 32);
  if (!secp256k1_context_randomize (key->context, blind32))
    g_error ("the secp256k1 context could not be blinded");
  key_make_public (key, seed32);
  return g_steal_pointer (&key);
}

void
btc_bip324_key_free (BtcBip324Key *key)
{
  if (key == NULL)
    return;
  common_secret_free (key->secret32);
  secp256k1_context_destroy (key->context);
  g_free (key);
}

const guint8 *
btc_bip324_key_get_public (const BtcBip324Key *key)
{
  return key->public64;
}

void
btc_bip324_key_set_public (BtcBip324Key *key, const guint8 ell64[64])
{
  memcpy (key->public64, ell64, 64);
}

static int
key_copy_x (unsigned char *out, const unsigned char *x32, const unsigned char *y32, void *data)
{
  memcpy (out, x32, 32);
  return 1;
}

/* The secret that both ends know. Which Y the other end's point has does not matter for the X of the product. */
static void
key_share_secret (const BtcBip324Key *key, const guint8 theirs64[64], gboolean initiator, guint8 shared32[32])
{
  guint8 compressed[33] = { 2 };
  secp256k1_pubkey point;
  BtcSha256 hash;

  btc_ellswift_decode (theirs64, compressed + 1);
  if (!secp256k1_ec_pubkey_parse (key->context, &point, compressed, sizeof compressed)
      || !secp256k1_ecdh (key->context, shared32, &point, key->secret32, key_copy_x, NULL))
    g_assert_not_reached (); /* each encoding is that of a point, and the curve's order is prime */
  btc_sha256_init_tagged (&hash, "bip324_ellswift_xonly_ecdh");
  btc_sha256_update (&hash, initiator ? key->public64 : theirs64, 64);
  btc_sha256_update (&hash, initiator ? theirs64 : key->public64, 64);
  btc_sha256_update (&hash, shared32, 32);
  btc_sha256_finish (&hash, shared32);
}

/* ---- lengths ---- */

static void
length_set_key (LengthCipher *cipher, const guint8 key32[32])
{
  guint8 nonce[CHACHA_NONCE96_SIZE] = { 0 };
  const guint64 n_keys_le = GUINT64_TO_LE (cipher->n_keys);

  memcpy (nonce + 4, &n_keys_le, sizeof n_keys_le);
  chacha_set_key (&cipher->chacha, key32);
  chacha_set_nonce96 (&cipher->chacha, nonce);
  cipher->n_packets = 0;
  cipher->n_used = sizeof cipher->stream;
}

static void
length_take_stream (LengthCipher *cipher, guint8 *out, gsize n)
{
  static const guint8 zeros[CHACHA_BLOCK_SIZE];

  for (gsize i = 0; i < n; i++) {
    if (cipher->n_used == sizeof cipher->stream) {
      chacha_crypt32 (&cipher->chacha, sizeof cipher->stream, cipher->stream, zeros);
      cipher->n_used = 0;
    }
    out[i] = cipher->stream[cipher->n_used++];
  }
}

static void
length_crypt (LengthCipher *cipher, const guint8 in[BTC_BIP324_LENGTH_SIZE], guint8 out[BTC_BIP324_LENGTH_SIZE])
{
  guint8 stream[BTC_BIP324_LENGTH_SIZE], key32[32];

  length_take_stream (cipher, stream, sizeof stream);
  for (guint i = 0; i < BTC_BIP324_LENGTH_SIZE; i++)
    out[i] = in[i] ^ stream[i];
  if (++cipher->n_packets < REKEY_INTERVAL)
    return;
  length_take_stream (cipher, key32, sizeof key32);
  cipher->n_keys++;
  length_set_key (cipher, key32);
  common_secret_wipe (key32, sizeof key32);
}

/* ---- contents ---- */

static void
packet_set_nonce (PacketCipher *cipher, guint32 number)
{
  guint8 nonce[CHACHA_POLY1305_NONCE_SIZE];
  const guint32 number_le = GUINT32_TO_LE (number);
  const guint64 n_keys_le = GUINT64_TO_LE (cipher->n_keys);

  memcpy (nonce, &number_le, sizeof number_le);
  memcpy (nonce + 4, &n_keys_le, sizeof n_keys_le);
  chacha_poly1305_set_nonce (&cipher->aead, nonce);
}

static void
packet_begin (PacketCipher *cipher, const guint8 *aad, gsize n_aad)
{
  packet_set_nonce (cipher, cipher->n_packets);
  if (n_aad > 0)
    chacha_poly1305_update (&cipher->aead, n_aad, aad);
}

/* After the tag: the next key is the key stream of a nonce that no packet has. */
static void
packet_end (PacketCipher *cipher)
{
  guint8 key32[32] = { 0 };

  if (++cipher->n_packets < REKEY_INTERVAL)
    return;
  packet_set_nonce (cipher, G_MAXUINT32);
  chacha_poly1305_encrypt (&cipher->aead, sizeof key32, key32, key32);
  chacha_poly1305_set_key (&cipher->aead, key32);
  common_secret_wipe (key32, sizeof key32);
  cipher->n_packets = 0;
  cipher->n_keys++;
}

/* ---- the cipher ---- */

static void
cipher_expand (const struct hmac_sha256_ctx *secret, const char *name, guint8 out32[32])
{
  hkdf_expand ((void *) secret, (nettle_hash_update_func *) hmac_sha256_update,
               (nettle_hash_digest_func *) hmac_sha256_digest, SHA256_DIGEST_SIZE, strlen (name), (const guint8 *) name,
               32, out32);
}

static void
cipher_set_keys (Ciphers *ciphers, const struct hmac_sha256_ctx *secret, gboolean initiator)
{
  guint8 key32[32];

  cipher_expand (secret, initiator ? "initiator_L" : "responder_L", key32);
  length_set_key (&ciphers->send_length, key32);
  cipher_expand (secret, initiator ? "responder_L" : "initiator_L", key32);
  length_set_key (&ciphers->receive_length, key32);
  cipher_expand (secret, initiator ? "initiator_P" : "responder_P", key32);
  chacha_poly1305_set_key (&ciphers->send.aead, key32);
  cipher_expand (secret, initiator ? "responder_P" : "initiator_P", key32);
  chacha_poly1305_set_key (&ciphers->receive.aead, key32);
  common_secret_wipe (key32, sizeof key32);
}

/* HKDF-SHA256 of SHARED32, whose salt names the protocol and the network. */
static void
cipher_derive (BtcBip324 *cipher, const guint8 shared32[32], gboolean initiator, const guint8 magic4[4])
{
  guint8 salt[sizeof SALT - 1 + 4], key32[32], terminators[32];
  struct hmac_sha256_ctx hmac;

  memcpy (salt, SALT, sizeof SALT - 1);
  memcpy (salt + sizeof SALT - 1, magic4, 4);
  hmac_sha256_set_key (&hmac, sizeof salt, salt);
  hkdf_extract (&hmac, (nettle_hash_update_func *) hmac_sha256_update, (nettle_hash_digest_func *) hmac_sha256_digest,
                SHA256_DIGEST_SIZE, 32, shared32, key32);
  hmac_sha256_set_key (&hmac, sizeof key32, key32);
  cipher_set_keys (cipher->ciphers, &hmac, initiator);
  cipher_expand (&hmac, "garbage_terminators", terminators);
  memcpy (cipher->send_terminator, terminators + (initiator ? 0 : 16), 16);
  memcpy (cipher->receive_terminator, terminators + (initiator ? 16 : 0), 16);
  cipher_expand (&hmac, "session_id", cipher->session_id);
  common_secret_wipe (key32, sizeof key32);
  common_secret_wipe ((guint8 *) &hmac, sizeof hmac);
}

BtcBip324 *
btc_bip324_new (const BtcBip324Key *key, const guint8 theirs64[64], gboolean initiator, const guint8 magic4[4])
{
  BtcBip324 *cipher = g_new0 (BtcBip324, 1);
  guint8 shared32[32];

  cipher->ciphers = common_secret_alloc (sizeof *cipher->ciphers);
  key_share_secret (key, theirs64, initiator, shared32);
  cipher_derive (cipher, shared32, initiator, magic4);
  common_secret_wipe (shared32, sizeof shared32);
  return cipher;
}

void
btc_bip324_free (BtcBip324 *cipher)
{
  if (cipher == NULL)
    return;
  common_secret_free (cipher->ciphers);
  g_free (cipher);
}

const guint8 *
btc_bip324_get_send_terminator (const BtcBip324 *cipher)
{
  return cipher->send_terminator;
}

const guint8 *
btc_bip324_get_receive_terminator (const BtcBip324 *cipher)
{
  return cipher->receive_terminator;
}

const guint8 *
btc_bip324_get_session_id (const BtcBip324 *cipher)
{
  return cipher->session_id;
}

/* The header and the first 63 bytes of the contents are one piece, then come the others. */
void
btc_bip324_encrypt (BtcBip324 *cipher,
                    const guint8 *contents,
                    gsize n,
                    const guint8 *aad,
                    gsize n_aad,
                    gboolean ignore,
                    guint8 *out)
{
  PacketCipher *packet = &cipher->ciphers->send;
  const guint8 length3[BTC_BIP324_LENGTH_SIZE] = { n & 0xff, (n >> 8) & 0xff, (n >> 16) & 0xff };
  guint8 first[BTC_BIP324_PIECE] = { ignore ? BTC_BIP324_IGNORE : 0 };
  gsize n_first = MIN (n, sizeof first - 1);

  g_return_if_fail (n < 1u << 24);

  length_crypt (&cipher->ciphers->send_length, length3, out);
  out += sizeof length3;
  packet_begin (packet, aad, n_aad);
  if (n_first > 0)
    memcpy (first + 1, contents, n_first);
  chacha_poly1305_encrypt (&packet->aead, 1 + n_first, out, first);
  out += 1 + n_first;
  if (n > n_first)
    chacha_poly1305_encrypt (&packet->aead, n - n_first, out, contents + n_first);
  chacha_poly1305_digest (&packet->aead, BTC_BIP324_TAG_SIZE, out + n - n_first);
  packet_end (packet);
}

guint32
btc_bip324_decrypt_length (BtcBip324 *cipher, const guint8 length3[BTC_BIP324_LENGTH_SIZE])
{
  guint8 plain[BTC_BIP324_LENGTH_SIZE];

  length_crypt (&cipher->ciphers->receive_length, length3, plain);
  return plain[0] | (guint32) plain[1] << 8 | (guint32) plain[2] << 16;
}

void
btc_bip324_decrypt_begin (BtcBip324 *cipher, const guint8 *aad, gsize n_aad)
{
  packet_begin (&cipher->ciphers->receive, aad, n_aad);
}

void
btc_bip324_decrypt_piece (BtcBip324 *cipher, guint8 *bytes, gsize n)
{
  chacha_poly1305_decrypt (&cipher->ciphers->receive.aead, n, bytes, bytes);
}

gboolean
btc_bip324_decrypt_finish (BtcBip324 *cipher, const guint8 tag16[BTC_BIP324_TAG_SIZE])
{
  PacketCipher *packet = &cipher->ciphers->receive;
  guint8 expected16[BTC_BIP324_TAG_SIZE];

  chacha_poly1305_digest (&packet->aead, sizeof expected16, expected16);
  packet_end (packet);
  return memeql_sec (expected16, tag16, sizeof expected16);
}
