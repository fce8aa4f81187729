#include "bitcoin/address/address.h"

#include <string.h>

#include "bitcoin/address/base58.h"
#include "bitcoin/address/bech32.h"
#include "bitcoin/script/script.h"

#define HASH_LEN 20
#define MAX_PROGRAM 40
#define MAX_UNCHECKED_BASE58 100

static GBytes *
take_script (GByteArray *script)
{
  return g_byte_array_free_to_bytes (script);
}

static const char *
why_not_base58 (const guint8 *data, gsize len, const BtcNetworkInfo *info)
{
  if (len > 0 && (data[0] == info->pubkey_prefix || data[0] == info->script_prefix))
    return "Invalid length for Base58 address (P2PKH or P2SH)";
  return "Invalid or unsupported Base58-encoded address.";
}

static GBytes *
decode_base58 (const char *address, const BtcNetworkInfo *info, const char **why)
{
  g_autoptr (GBytes) bytes = btc_base58check_decode (address, 1 + HASH_LEN);
  g_autoptr (GBytes) unchecked = NULL;
  GByteArray *script;
  const guint8 *data;
  gsize len;

  if (bytes == NULL) {
    unchecked = btc_base58_decode (address, MAX_UNCHECKED_BASE58);
    *why = unchecked != NULL ? "Invalid checksum or length of Base58 address (P2PKH or P2SH)"
                             : "Invalid or unsupported Segwit (Bech32) or Base58 encoding.";
    return NULL;
  }

  data = g_bytes_get_data (bytes, &len);
  if (len != 1 + HASH_LEN || (data[0] != info->pubkey_prefix && data[0] != info->script_prefix)) {
    *why = why_not_base58 (data, len, info);
    return NULL;
  }
  script = g_byte_array_new ();
  if (data[0] == info->pubkey_prefix)
    btc_script_write_p2pkh (script, data + 1);
  else
    btc_script_write_p2sh (script, data + 1);
  return take_script (script);
}

/* Interned: one message per length. */
static const char *
why_not_size (gsize len, gboolean v0)
{
  g_autofree char *text = g_strdup_printf (v0 ? "Invalid Bech32 v0 address program size (%u %s), per BIP141"
                                              : "Invalid Bech32 address program size (%u %s)",
                                           (guint) len, len == 1 ? "byte" : "bytes");

  return g_intern_string (text);
}

/* The error for an unexpected prefix, which names that of another network. Interned as well. */
static const char *
why_not_prefix (const char *got, const BtcNetworkInfo *info)
{
  g_autofree char *text = NULL;

  for (guint i = 0; i < BTC_N_NETWORKS; i++) {
    if (strcmp (got, btc_network_info (i)->bech32_hrp) != 0)
      continue;
    text = g_strdup_printf ("Invalid or unsupported prefix for Segwit (Bech32) address (expected %s, got %s).",
                            info->bech32_hrp, got);
    return g_intern_string (text);
  }
  return "Invalid or unsupported prefix for Segwit (Bech32) address.";
}

/* The error for a program of LEN bytes with VERSION; NULL when it is valid. */
static const char *
why_not_program (guint version, gsize len)
{
  if (version == 0)
    return len == 20 || len == 32 ? NULL : why_not_size (len, TRUE);
  if (version > 16)
    return "Invalid Bech32 address witness version";
  return len >= 2 && len <= MAX_PROGRAM ? NULL : why_not_size (len, FALSE);
}

static GBytes *
decode_bech32 (const char *address, const BtcNetworkInfo *info, const char **why)
{
  BtcBech32Text text;
  guint8 program[BTC_BECH32_MAX];
  GByteArray *script;
  guint version;
  gsize len;

  if (!btc_bech32_decode (address, &text, why))
    return NULL;
  if (text.n_values == 0) {
    *why = "Empty Bech32 data section";
    return NULL;
  }
  if (strcmp (text.hrp, info->bech32_hrp) != 0) {
    *why = why_not_prefix (text.hrp, info);
    return NULL;
  }
  version = text.values[0];
  if (version == 0 && text.encoding != BTC_BECH32) {
    *why = "Version 0 witness address must use Bech32 checksum";
    return NULL;
  }
  if (version != 0 && text.encoding != BTC_BECH32M) {
    *why = "Version 1+ witness address must use Bech32m checksum";
    return NULL;
  }
  if (!btc_bech32_to_bytes (text.values + 1, text.n_values - 1, program, &len)) {
    *why = "Invalid padding in Bech32 data section";
    return NULL;
  }
  *why = why_not_program (version, len);
  if (*why != NULL)
    return NULL;

  script = g_byte_array_new ();
  btc_script_write_witness (script, version, program, len);
  return take_script (script);
}

GBytes *
btc_address_decode (const char *address, BtcNetwork network, const char **why)
{
  const BtcNetworkInfo *info = btc_network_info (network);
  const char *error = NULL;
  GBytes *script;

  g_return_val_if_fail (address != NULL && info != NULL, NULL);

  if (g_ascii_strncasecmp (address, info->bech32_hrp, strlen (info->bech32_hrp)) == 0)
    script = decode_bech32 (address, info, &error);
  else
    script = decode_base58 (address, info, &error);
  if (why != NULL)
    *why = error;
  return script;
}

static char *
encode_base58 (guint8 prefix, BtcSpan hash)
{
  guint8 data[1 + HASH_LEN];

  g_assert (hash.len == HASH_LEN);

  data[0] = prefix;
  memcpy (data + 1, hash.data, HASH_LEN);
  return btc_base58check_encode (data, sizeof data);
}

static char *
encode_bech32 (BtcSpan script, const BtcNetworkInfo *info)
{
  guint8 values[BTC_BECH32_MAX];
  BtcSpan program;
  guint version;
  gsize n;

  if (!btc_script_is_witness_program (script, &version, &program))
    return NULL;
  values[0] = (guint8) version;
  n = 1 + btc_bech32_from_bytes (program.data, program.len, values + 1);
  return btc_bech32_encode (version == 0 ? BTC_BECH32 : BTC_BECH32M, info->bech32_hrp, values, n);
}

char *
btc_address_encode (BtcSpan script, BtcNetwork network)
{
  const BtcNetworkInfo *info = btc_network_info (network);
  BtcSpan data;

  g_return_val_if_fail (info != NULL, NULL);

  switch (btc_script_classify (script, &data)) {
  case BTC_SCRIPT_PUBKEYHASH:
    return encode_base58 (info->pubkey_prefix, data);
  case BTC_SCRIPT_SCRIPTHASH:
    return encode_base58 (info->script_prefix, data);
  case BTC_SCRIPT_WITNESS_V0_KEYHASH:
  case BTC_SCRIPT_WITNESS_V0_SCRIPTHASH:
  case BTC_SCRIPT_WITNESS_V1_TAPROOT:
  case BTC_SCRIPT_ANCHOR:
  case BTC_SCRIPT_WITNESS_UNKNOWN:
    return encode_bech32 (script, info);
  case BTC_SCRIPT_NONSTANDARD:
  case BTC_SCRIPT_PUBKEY:
  case BTC_SCRIPT_MULTISIG:
  case BTC_SCRIPT_NULL_DATA:
    return NULL;
  }
  g_return_val_if_reached (NULL);
}
