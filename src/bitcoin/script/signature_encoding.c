#include "bitcoin/script/signature_encoding.h"

#include <secp256k1.h>
#include <string.h>

/* One DER INTEGER at *AT: positive and in its shortest form. Advances *AT past it. */
static gboolean
strict_integer (const guint8 *data, gsize len, gsize *at)
{
  gsize n;

  if (len - *at < 3 || data[*at] != 0x02)
    return FALSE;
  n = data[*at + 1];
  *at += 2;
  if (n == 0 || n > len - *at || data[*at] & 0x80)
    return FALSE;
  if (n > 1 && data[*at] == 0 && !(data[*at + 1] & 0x80))
    return FALSE;
  *at += n;
  return TRUE;
}

/* 30 LEN 02 RLEN R 02 SLEN S HASHTYPE */
gboolean
btc_signature_is_der (BtcSpan signature)
{
  gsize at = 2, end;

  if (signature.len < 9 || signature.len > 73)
    return FALSE;
  end = signature.len - 1;
  if (signature.data[0] != 0x30 || signature.data[1] != end - 2)
    return FALSE;
  return strict_integer (signature.data, end, &at) && strict_integer (signature.data, end, &at) && at == end;
}

gboolean
btc_signature_hash_type_is_defined (BtcSpan signature)
{
  guint8 type;

  if (signature.len == 0)
    return FALSE;
  type = signature.data[signature.len - 1] & ~BTC_SIGHASH_ANYONECANPAY;
  return type >= BTC_SIGHASH_ALL && type <= BTC_SIGHASH_SINGLE;
}

/* A cursor for signatures as they were accepted before BIP 66. */
typedef struct {
  const guint8 *data;
  gsize len;
  gsize at;
} LaxReader;

static gboolean
lax_byte (LaxReader *reader, guint8 *byte)
{
  if (reader->at >= reader->len)
    return FALSE;
  *byte = reader->data[reader->at++];
  return TRUE;
}

/* The length of an integer in short or long form, with any number of leading zeros. */
static gboolean
lax_length (LaxReader *reader, gsize *length)
{
  guint8 first;
  gsize n;

  if (!lax_byte (reader, &first))
    return FALSE;
  *length = first;
  if (!(first & 0x80))
    return TRUE;
  n = first & 0x7f;
  if (n > reader->len - reader->at)
    return FALSE;
  for (; n > 0 && reader->data[reader->at] == 0; n--)
    reader->at++;
  if (n > 3)
    return FALSE;
  for (*length = 0; n > 0; n--)
    *length = *length << 8 | reader->data[reader->at++];
  return TRUE;
}

/* Reads an integer into OUT32, big-endian. *TOO_LARGE when it does not fit. */
static gboolean
lax_integer (LaxReader *reader, guint8 out32[32], gboolean *too_large)
{
  guint8 tag;
  gsize len;
  const guint8 *value;

  if (!lax_byte (reader, &tag) || tag != 0x02 || !lax_length (reader, &len) || len > reader->len - reader->at)
    return FALSE;
  value = reader->data + reader->at;
  reader->at += len;
  for (; len > 0 && *value == 0; len--)
    value++;
  if (len > 32)
    *too_large = TRUE;
  else
    memcpy (out32 + 32 - len, value, len);
  return TRUE;
}

/* FALSE when it cannot be parsed. A signature with R or S out of range is valid for no key. */
static gboolean
parse_lax (BtcSpan signature, secp256k1_ecdsa_signature *parsed)
{
  LaxReader reader = { signature.data, signature.len, 0 };
  guint8 compact[64] = { 0 };
  gboolean too_large = FALSE;
  guint8 tag, length;

  if (!lax_byte (&reader, &tag) || tag != 0x30 || !lax_byte (&reader, &length))
    return FALSE;
  /* The total length is skipped, not checked. */
  if (length & 0x80) {
    if ((length & 0x7fu) > reader.len - reader.at)
      return FALSE;
    reader.at += length & 0x7f;
  }
  if (!lax_integer (&reader, compact, &too_large) || !lax_integer (&reader, compact + 32, &too_large))
    return FALSE;
  if (too_large || !secp256k1_ecdsa_signature_parse_compact (secp256k1_context_static, parsed, compact)) {
    memset (compact, 0, sizeof compact);
    return secp256k1_ecdsa_signature_parse_compact (secp256k1_context_static, parsed, compact);
  }
  return TRUE;
}

gboolean
btc_ecdsa_verify_lax (BtcSpan signature, const secp256k1_pubkey *key, const guint8 hash32[32])
{
  secp256k1_ecdsa_signature parsed;

  if (!parse_lax (signature, &parsed))
    return FALSE;
  /* The library accepts only a low S; consensus accepts both. */
  secp256k1_ecdsa_signature_normalize (secp256k1_context_static, &parsed, &parsed);
  return secp256k1_ecdsa_verify (secp256k1_context_static, &parsed, hash32, key);
}

static gboolean
has_low_s (BtcSpan signature)
{
  secp256k1_ecdsa_signature parsed;

  signature.len--;
  return parse_lax (signature, &parsed)
         && !secp256k1_ecdsa_signature_normalize (secp256k1_context_static, NULL, &parsed);
}

BtcScriptError
btc_signature_check_encoding (BtcSpan signature, BtcVerifyFlags flags)
{
  if (signature.len == 0)
    return BTC_SCRIPT_ERR_OK;
  if ((flags & (BTC_VERIFY_DERSIG | BTC_VERIFY_LOW_S | BTC_VERIFY_STRICTENC)) && !btc_signature_is_der (signature))
    return BTC_SCRIPT_ERR_SIG_DER;
  if ((flags & BTC_VERIFY_LOW_S) && !has_low_s (signature))
    return BTC_SCRIPT_ERR_SIG_HIGH_S;
  if ((flags & BTC_VERIFY_STRICTENC) && !btc_signature_hash_type_is_defined (signature))
    return BTC_SCRIPT_ERR_SIG_HASHTYPE;
  return BTC_SCRIPT_ERR_OK;
}

static gboolean
is_compressed (BtcSpan key)
{
  return key.len == 33 && (key.data[0] == 0x02 || key.data[0] == 0x03);
}

static gboolean
is_uncompressed (BtcSpan key)
{
  return key.len == 65 && key.data[0] == 0x04;
}

BtcScriptError
btc_pubkey_check_encoding (BtcSpan key, BtcVerifyFlags flags, gboolean witness_v0)
{
  if ((flags & BTC_VERIFY_STRICTENC) && !is_compressed (key) && !is_uncompressed (key))
    return BTC_SCRIPT_ERR_PUBKEYTYPE;
  if ((flags & BTC_VERIFY_WITNESS_PUBKEYTYPE) && witness_v0 && !is_compressed (key))
    return BTC_SCRIPT_ERR_WITNESS_PUBKEYTYPE;
  return BTC_SCRIPT_ERR_OK;
}
