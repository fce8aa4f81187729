#include "bitcoin/keys/signer.h"

#include <secp256k1_extrakeys.h>
#include <secp256k1_recovery.h>
#include <secp256k1_schnorrsig.h>
#include <string.h>

#include "bitcoin/crypto/hash.h"
#include "bitcoin/keys/secp.h"
#include "bitcoin/script/script.h"
#include "bitcoin/script/sighash.h"
#include "common/random.h"

#define MAX_ECDSA 73 /* DER and the hash type */

typedef struct {
  secp256k1_context *context;
  const BtcTx *tx;
  const BtcTxOut *spent;
  BtcSighashCache cache;
  guint8 hash_type;
  BtcTxBuilder *builder;
} Job;

/* RFC 6979, repeated with a counter as extra entropy until R is low: fees are computed for signatures of at most 71
 * bytes, including the hash type. */
static gsize
sign_ecdsa (const secp256k1_context *context, const guint8 key32[32], const guint8 hash32[32], guint8 out72[72])
{
  secp256k1_ecdsa_signature signature;
  guint8 compact[64], extra[32] = { 0 };
  gsize len = 72;

  for (guint32 counter = 0;; counter++) {
    int good;

    btc_put_u32 (extra, counter);
    good = secp256k1_ecdsa_sign (context, &signature, hash32, key32, secp256k1_nonce_function_rfc6979,
                                 counter > 0 ? extra : NULL);
    g_return_val_if_fail (good == 1, 0);
    secp256k1_ecdsa_signature_serialize_compact (context, compact, &signature);
    if (compact[0] < 0x80)
      break;
  }
  secp256k1_ecdsa_signature_serialize_der (context, out72, &len, &signature);
  return len;
}

gsize
btc_signer_ecdsa (const guint8 key32[32], const guint8 hash32[32], guint8 out72[72])
{
  g_autoptr (secp256k1_context) context = btc_secp_context_new ();

  return sign_ecdsa (context, key32, hash32, out72);
}

/* Tweaks PAIR according to BIP 341, and returns the output key. */
static gboolean
tweak_pair (const secp256k1_context *context, secp256k1_keypair *pair, const guint8 *merkle_root32)
{
  secp256k1_xonly_pubkey internal;
  guint8 message[64], tweak32[32];

  if (!secp256k1_keypair_xonly_pub (context, &internal, NULL, pair))
    return FALSE;
  secp256k1_xonly_pubkey_serialize (context, message, &internal);
  if (merkle_root32 != NULL)
    memcpy (message + 32, merkle_root32, 32);
  btc_tagged_hash ("TapTweak", message, merkle_root32 != NULL ? 64 : 32, tweak32);
  return secp256k1_keypair_xonly_tweak_add (context, pair, tweak32) == 1;
}

static gboolean
sign_schnorr (const secp256k1_context *context,
              const secp256k1_keypair *pair,
              const guint8 hash32[32],
              guint8 out64[64])
{
  secp256k1_xonly_pubkey key;
  guint8 random32[32];
  gboolean good;

  common_random_bytes (random32, sizeof random32);
  /* Verified, since a faulty signature can reveal the key. */
  good = secp256k1_schnorrsig_sign32 (context, out64, hash32, pair, random32)
         && secp256k1_keypair_xonly_pub (context, &key, NULL, pair)
         && secp256k1_schnorrsig_verify (context, out64, hash32, 32, &key);
  common_secret_wipe (random32, sizeof random32);
  return good;
}

gboolean
btc_signer_schnorr (const guint8 key32[32],
                    BtcSchnorrKey how,
                    const guint8 *merkle_root32,
                    const guint8 hash32[32],
                    guint8 out64[64])
{
  g_autoptr (secp256k1_context) context = btc_secp_context_new ();
  secp256k1_keypair pair;
  gboolean good;

  good = secp256k1_keypair_create (context, &pair, key32) == 1;
  if (good && how != BTC_SCHNORR_PLAIN)
    good = tweak_pair (context, &pair, how == BTC_SCHNORR_TAPROOT_TREE ? merkle_root32 : NULL);
  good = good && sign_schnorr (context, &pair, hash32, out64);
  common_secret_wipe (&pair, sizeof pair);
  return good;
}

void
btc_signer_recoverable (const guint8 key32[32], gboolean compressed, const guint8 hash32[32], guint8 out65[65])
{
  g_autoptr (secp256k1_context) context = btc_secp_context_new ();
  secp256k1_ecdsa_recoverable_signature signature;
  int id, good;

  good = secp256k1_ecdsa_sign_recoverable (context, &signature, hash32, key32, secp256k1_nonce_function_rfc6979, NULL);
  g_return_if_fail (good == 1);
  secp256k1_ecdsa_recoverable_signature_serialize_compact (context, out65 + 1, &id, &signature);
  out65[0] = (guint8) (27 + id + (compressed ? 4 : 0));
}

/* A key and its public key. */
typedef struct {
  const guint8 *key32;
  guint8 pubkey[65];
  gsize pubkey_len;
  guint8 hash20[20];
} Key;

static gboolean
open_key (const Job *job, const CommonSecret *secret, gboolean compressed, Key *key)
{
  secp256k1_pubkey point;

  if (secret->len != 32 || !secp256k1_ec_pubkey_create (job->context, &point, secret->data))
    return FALSE;
  key->key32 = secret->data;
  key->pubkey_len = sizeof key->pubkey;
  secp256k1_ec_pubkey_serialize (job->context, key->pubkey, &key->pubkey_len, &point,
                                 compressed ? SECP256K1_EC_COMPRESSED : SECP256K1_EC_UNCOMPRESSED);
  btc_hash160 (key->pubkey, key->pubkey_len, key->hash20);
  return TRUE;
}

/* Appends the hash type. */
static gsize
sign_with_type (const Job *job, const Key *key, const guint8 hash32[32], guint8 hash_type, guint8 out[MAX_ECDSA])
{
  gsize len = sign_ecdsa (job->context, key->key32, hash32, out);

  out[len] = hash_type;
  return len + 1;
}

static guint8
ecdsa_type (const Job *job)
{
  return job->hash_type == BTC_SIGHASH_DEFAULT ? BTC_SIGHASH_ALL : job->hash_type;
}

static void
sign_legacy (const Job *job, guint32 in, BtcSpan script, const Key *key, gboolean push_key)
{
  g_autoptr (GByteArray) script_sig = g_byte_array_new ();
  guint8 hash32[32], signature[MAX_ECDSA];
  gsize len;

  btc_sighash_legacy (job->tx, in, script, ecdsa_type (job), hash32);
  len = sign_with_type (job, key, hash32, ecdsa_type (job), signature);
  btc_script_write_push (script_sig, signature, len);
  if (push_key)
    btc_script_write_push (script_sig, key->pubkey, key->pubkey_len);
  btc_tx_builder_set_script_sig (job->builder, in, script_sig->data, script_sig->len);
  btc_tx_builder_set_witness (job->builder, in, NULL, 0);
}

static void
sign_p2wpkh (const Job *job, guint32 in, const Key *key)
{
  g_autoptr (GByteArray) script_code = g_byte_array_new ();
  guint8 hash32[32], signature[MAX_ECDSA];
  BtcSpan items[2];

  btc_script_write_p2pkh (script_code, key->hash20);
  btc_sighash_witness_v0 (&job->cache, in, (BtcSpan){ script_code->data, script_code->len }, job->spent[in].value_sat,
                          ecdsa_type (job), hash32);
  items[0] = (BtcSpan){ signature, sign_with_type (job, key, hash32, ecdsa_type (job), signature) };
  items[1] = (BtcSpan){ key->pubkey, key->pubkey_len };
  btc_tx_builder_set_witness (job->builder, in, items, 2);
}

/* HASH20 is of the redeem script, which must be P2WPKH of this key. */
static gboolean
sign_p2sh_p2wpkh (const Job *job, guint32 in, BtcSpan hash, const Key *key)
{
  g_autoptr (GByteArray) redeem = g_byte_array_new ();
  g_autoptr (GByteArray) script_sig = g_byte_array_new ();
  guint8 hash20[20];

  btc_script_write_witness (redeem, 0, key->hash20, 20);
  btc_hash160 (redeem->data, redeem->len, hash20);
  if (memcmp (hash20, hash.data, 20) != 0)
    return FALSE;
  btc_script_write_push (script_sig, redeem->data, redeem->len);
  btc_tx_builder_set_script_sig (job->builder, in, script_sig->data, script_sig->len);
  sign_p2wpkh (job, in, key);
  return TRUE;
}

/* TRUE when PAIR is that of OUTPUT_KEY. */
static gboolean
is_pair_of (const Job *job, const secp256k1_keypair *pair, BtcSpan output_key)
{
  secp256k1_xonly_pubkey key;
  guint8 key32[32];

  if (!secp256k1_keypair_xonly_pub (job->context, &key, NULL, pair))
    return FALSE;
  secp256k1_xonly_pubkey_serialize (job->context, key32, &key);
  return output_key.len == 32 && memcmp (key32, output_key.data, 32) == 0;
}

static gboolean
sign_taproot (const Job *job, guint32 in, BtcSpan output_key, const CommonSecret *secret)
{
  secp256k1_keypair pair;
  guint8 hash32[32], signature[65];
  BtcSpan item = { signature, 64 };
  gboolean good;

  good = secret->len == 32 && secp256k1_keypair_create (job->context, &pair, secret->data)
         && tweak_pair (job->context, &pair, NULL) && is_pair_of (job, &pair, output_key)
         && btc_sighash_taproot (&job->cache, in, job->hash_type, NULL, NULL, G_MAXUINT32, hash32)
         && sign_schnorr (job->context, &pair, hash32, signature);
  common_secret_wipe (&pair, sizeof pair);
  if (!good)
    return FALSE;
  if (job->hash_type != BTC_SIGHASH_DEFAULT) {
    signature[64] = job->hash_type;
    item.len = 65;
  }
  btc_tx_builder_set_script_sig (job->builder, in, NULL, 0);
  btc_tx_builder_set_witness (job->builder, in, &item, 1);
  return TRUE;
}

static gboolean
sign_with_key (const Job *job, guint32 in, const CommonSecret *secret, gboolean compressed)
{
  BtcSpan script = job->spent[in].script;
  BtcSpan data;
  BtcScriptType type = btc_script_classify (script, &data);
  Key key;

  if (type == BTC_SCRIPT_WITNESS_V1_TAPROOT)
    return sign_taproot (job, in, data, secret);
  if (!open_key (job, secret, compressed || type != BTC_SCRIPT_PUBKEYHASH, &key))
    return FALSE;

  switch (type) {
  case BTC_SCRIPT_PUBKEY:
    if (data.len == 65 && !open_key (job, secret, FALSE, &key))
      return FALSE;
    if (data.len != key.pubkey_len || memcmp (data.data, key.pubkey, data.len) != 0)
      return FALSE;
    sign_legacy (job, in, script, &key, FALSE);
    return TRUE;
  case BTC_SCRIPT_PUBKEYHASH:
    if (memcmp (data.data, key.hash20, 20) != 0)
      return FALSE;
    sign_legacy (job, in, script, &key, TRUE);
    return TRUE;
  case BTC_SCRIPT_WITNESS_V0_KEYHASH:
    if (memcmp (data.data, key.hash20, 20) != 0)
      return FALSE;
    btc_tx_builder_set_script_sig (job->builder, in, NULL, 0);
    sign_p2wpkh (job, in, &key);
    return TRUE;
  case BTC_SCRIPT_SCRIPTHASH:
    return sign_p2sh_p2wpkh (job, in, data, &key);
  case BTC_SCRIPT_NONSTANDARD:
  case BTC_SCRIPT_MULTISIG:
  case BTC_SCRIPT_NULL_DATA:
  case BTC_SCRIPT_WITNESS_V0_SCRIPTHASH:
  case BTC_SCRIPT_WITNESS_V1_TAPROOT:
  case BTC_SCRIPT_ANCHOR:
  case BTC_SCRIPT_WITNESS_UNKNOWN:
    return FALSE;
  }
  g_return_val_if_reached (FALSE);
}

BtcTx *
btc_signer_sign_tx (const BtcTx *tx,
                    const BtcTxOut *spent,
                    guint8 hash_type,
                    BtcSignerKeyFunc key_func,
                    gpointer data,
                    gboolean *signed_in)
{
  g_autoptr (secp256k1_context) context = btc_secp_context_new ();
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new_from_tx (tx);
  Job job = { .context = context, .tx = tx, .spent = spent, .hash_type = hash_type, .builder = builder };

  btc_sighash_cache_init (&job.cache, tx, spent, TRUE);
  for (guint32 i = 0; i < tx->n_in; i++) {
    /* SINGLE without a corresponding output signs the number one: such a signature would be valid for other
     * transactions, too. */
    gboolean allowed = (hash_type & 0x1f) != BTC_SIGHASH_SINGLE || i < tx->n_out;
    g_autoptr (CommonSecret) secret = NULL;
    gboolean compressed = TRUE;
    gboolean done = FALSE;

    if (allowed)
      secret = key_func (data, i, spent[i].script, &compressed);
    if (secret != NULL)
      done = sign_with_key (&job, i, secret, compressed);
    if (signed_in != NULL)
      signed_in[i] = done;
  }
  return btc_tx_builder_finish (builder);
}
