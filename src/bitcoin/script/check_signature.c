/* Single signatures against the transaction, through the signature cache. */
#include "bitcoin/script/machine.h"
#include "bitcoin/script/signature_encoding.h"

#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>
#include <string.h>

/* The cache key of a checked signature: kind, hash, key and signature hashed together. */
static void
make_cache_key (char kind, const guint8 hash32[32], BtcSpan key, BtcSpan signature, guint8 out32[32])
{
  BtcHashWriter writer;

  btc_hash_writer_init (&writer);
  btc_hash_writer_u8 (&writer, kind);
  btc_hash_writer_data (&writer, hash32, 32);
  btc_hash_writer_bytes (&writer, key);
  btc_hash_writer_data (&writer, signature.data, signature.len);
  btc_hash_writer_finish (&writer, out32);
}

/* KEY as parsed by the library; FALSE when it is not a point on the curve. */
static gboolean
read_cached_key (const BtcSignatureCache *cache, BtcSpan key, secp256k1_pubkey *pubkey)
{
  gboolean compressed = key.len == 33;

  if (compressed && cache != NULL && cache->find_key != NULL && cache->find_key (cache->data, key.data, pubkey->data))
    return TRUE;
  if (!secp256k1_ec_pubkey_parse (secp256k1_context_static, pubkey, key.data, key.len))
    return FALSE;
  if (compressed && cache != NULL && cache->keep_key != NULL)
    cache->keep_key (cache->data, key.data, pubkey->data);
  return TRUE;
}

/* BIP 340: KEY is an x coordinate, and stands for the point with the even y. */
static gboolean
schnorr_verify (const BtcSignatureCache *cache, BtcSpan signature, BtcSpan key, const guint8 hash32[32])
{
  guint8 even33[33] = { 0x02 };
  secp256k1_pubkey pubkey;
  secp256k1_xonly_pubkey xonly;

  memcpy (even33 + 1, key.data, 32);
  return read_cached_key (cache, (BtcSpan){ even33, sizeof even33 }, &pubkey)
         && secp256k1_xonly_pubkey_from_pubkey (secp256k1_context_static, &xonly, NULL, &pubkey)
         && secp256k1_schnorrsig_verify (secp256k1_context_static, signature.data, hash32, 32, &xonly);
}

static gboolean
ecdsa_verify (const BtcSignatureCache *cache, BtcSpan signature, BtcSpan key, const guint8 hash32[32])
{
  secp256k1_pubkey pubkey;

  return read_cached_key (cache, key, &pubkey) && btc_ecdsa_verify_lax (signature, &pubkey, hash32);
}

static gboolean
verify_cached (const BtcSpend *spend, char kind, BtcSpan signature, BtcSpan key, const guint8 hash32[32])
{
  const BtcSignatureCache *cache = spend->signatures;
  guint8 key32[32];
  gboolean good;

  if (cache != NULL && cache->seen != NULL) {
    make_cache_key (kind, hash32, key, signature, key32);
    if (cache->seen (cache->data, key32))
      return TRUE;
  }
  good = kind == 'S' ? schnorr_verify (cache, signature, key, hash32) : ecdsa_verify (cache, signature, key, hash32);
  if (good && cache != NULL && cache->seen != NULL)
    cache->add (cache->data, key32);
  return good;
}

/* The first byte of a key determines its length: 02 and 03 are compressed, 04 is uncompressed, 06 and 07 are hybrid. */
static gboolean
has_key_size (BtcSpan key)
{
  if (key.len == 33)
    return key.data[0] == 0x02 || key.data[0] == 0x03;
  return key.len == 65 && (key.data[0] == 0x04 || key.data[0] == 0x06 || key.data[0] == 0x07);
}

/* Hash types whose hashes differ only in their own four bytes share an entry. */
static guint
memo_index (guint32 hash_type)
{
  guint mode = hash_type & 0x1f;

  return (hash_type & BTC_SIGHASH_ANYONECANPAY ? 3 : 0)
         + (mode == BTC_SIGHASH_SINGLE ? 2
            : mode == BTC_SIGHASH_NONE ? 1
                                       : 0);
}

static void
signature_hash (BtcMachine *machine, BtcSighashMemo *memo, BtcSpan script_code, guint32 hash_type, guint8 out32[32])
{
  const BtcSpend *spend = machine->spend;
  guint at = memo_index (hash_type);
  BtcHashWriter writer;

  if (machine->version == BTC_SIGVERSION_BASE && (hash_type & 0x1f) == BTC_SIGHASH_SINGLE
      && spend->in >= spend->cache->tx->n_out) {
    btc_sighash_legacy (spend->cache->tx, spend->in, script_code, hash_type, out32);
    return;
  }
  if (!memo->filled[at] || memo->code[at].data != script_code.data || memo->code[at].len != script_code.len) {
    if (machine->version == BTC_SIGVERSION_BASE)
      btc_sighash_legacy_prefix (&writer, spend->cache->tx, spend->in, script_code, hash_type);
    else
      btc_sighash_witness_v0_prefix (&writer, spend->cache, spend->in, script_code, spend->value_sat, hash_type);
    btc_hash_writer_flush (&writer);
    memo->filled[at] = TRUE;
    memo->code[at] = script_code;
    memo->prefix[at] = writer.hash;
  }
  writer.hash = memo->prefix[at];
  writer.used = 0;
  btc_hash_writer_u32 (&writer, hash_type);
  btc_hash_writer_finish_double (&writer, out32);
}

gboolean
btc_check_ecdsa (BtcMachine *machine, BtcSighashMemo *memo, BtcSpan signature, BtcSpan key, BtcSpan script_code)
{
  guint8 hash32[32];

  if (!has_key_size (key) || signature.len == 0)
    return FALSE;
  /* The last byte is the hash type, and all of it is signed. */
  signature_hash (machine, memo, script_code, signature.data[signature.len - 1], hash32);
  signature.len--;
  return verify_cached (machine->spend, 'E', signature, key, hash32);
}

/* BIP 341: 64 bytes, or 65 with a hash type that is not the default one. */
BtcScriptError
btc_check_schnorr (const BtcSpend *spend,
                   BtcSpan signature,
                   const guint8 key32[32],
                   const guint8 *annex_sha32,
                   const guint8 *leaf32,
                   guint32 separator_index)
{
  guint8 hash_type = BTC_SIGHASH_DEFAULT;
  guint8 hash32[32];

  if (signature.len != 64 && signature.len != 65)
    return BTC_SCRIPT_ERR_SCHNORR_SIG_SIZE;
  if (signature.len == 65) {
    hash_type = signature.data[64];
    signature.len = 64;
    if (hash_type == BTC_SIGHASH_DEFAULT)
      return BTC_SCRIPT_ERR_SCHNORR_SIG_HASHTYPE;
  }
  if (!btc_sighash_taproot (spend->cache, spend->in, hash_type, annex_sha32, leaf32, separator_index, hash32))
    return BTC_SCRIPT_ERR_SCHNORR_SIG_HASHTYPE;
  return verify_cached (spend, 'S', signature, (BtcSpan){ key32, 32 }, hash32) ? BTC_SCRIPT_ERR_OK
                                                                               : BTC_SCRIPT_ERR_SCHNORR_SIG;
}
