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

static void
set_why (char **why, const char *text)
{
  if (why != NULL)
    *why = g_strdup (text);
}

static GBytes *
decode_base58 (const char *address, const BtcNetworkInfo *info, char **why)
{
  g_autoptr (GBytes) bytes = btc_base58check_decode (address, 1 + HASH_LEN);
  g_autoptr (GBytes) unchecked = NULL;
  GByteArray *script;
  const guint8 *data;
  gsize len;

  if (bytes == NULL) {
    unchecked = btc_base58_decode (address, MAX_UNCHECKED_BASE58);
    set_why (why, unchecked != NULL ? "Invalid checksum or length of Base58 address (P2PKH or P2SH)"
                                    : "Invalid or unsupported Segwit (Bech32) or Base58 encoding.");
    return NULL;
  }

  data = g_bytes_get_data (bytes, &len);
  if (len != 1 + HASH_LEN || (data[0] != info->pubkey_prefix && data[0] != info->script_prefix)) {
    set_why (why, why_not_base58 (data, len, info));
    return NULL;
  }
  script = g_byte_array_new ();
  if (data[0] == info->pubkey_prefix)
    btc_script_write_p2pkh (script, data + 1);
  else
    btc_script_write_p2sh (script, data + 1);
  return take_script (script);
}

/* The error for a program of LEN bytes with VERSION; NULL when it is valid. */
static char *
why_not_program (guint version, gsize len)
{
  const char *unit = len == 1 ? "byte" : "bytes";

  if (version == 0)
    return len == 20 || len == 32
               ? NULL
               : g_strdup_printf ("Invalid Bech32 v0 address program size (%u %s), per BIP141", (guint) len, unit);
  if (version > 16)
    return g_strdup ("Invalid Bech32 address witness version");
  return len >= 2 && len <= MAX_PROGRAM
             ? NULL
             : g_strdup_printf ("Invalid Bech32 address program size (%u %s)", (guint) len, unit);
}

/* The error of a text with a valid checksum; NULL so far. */
static char *
why_not_bech32 (const BtcBech32Text *text, const BtcNetworkInfo *info)
{
  if (text->n_values == 0)
    return g_strdup ("Empty Bech32 data section");
  if (strcmp (text->hrp, info->bech32_hrp) != 0)
    return g_strdup_printf ("Invalid or unsupported prefix for Segwit (Bech32) address (expected %s, got %s).",
                            info->bech32_hrp, text->hrp);
  if (text->values[0] == 0 && text->encoding != BTC_BECH32)
    return g_strdup ("Version 0 witness address must use Bech32 checksum");
  if (text->values[0] != 0 && text->encoding != BTC_BECH32M)
    return g_strdup ("Version 1+ witness address must use Bech32m checksum");
  return NULL;
}

/* WHY may be NULL: locating errors takes time. */
static GBytes *
decode_bech32 (const char *address, const BtcNetworkInfo *info, char **why)
{
  BtcBech32Text text;
  guint8 program[BTC_BECH32_MAX];
  g_autofree char *error = NULL;
  GByteArray *script;
  gsize len;

  if (!btc_bech32_decode (address, &text, NULL)) {
    if (why != NULL)
      *why = g_strdup (btc_bech32_locate_errors (address, NULL));
    return NULL;
  }
  error = why_not_bech32 (&text, info);
  if (error == NULL && !btc_bech32_to_bytes (text.values + 1, text.n_values - 1, program, &len))
    error = g_strdup ("Invalid padding in Bech32 data section");
  if (error == NULL)
    error = why_not_program (text.values[0], len);
  if (error != NULL) {
    if (why != NULL)
      *why = g_steal_pointer (&error);
    return NULL;
  }

  script = g_byte_array_new ();
  btc_script_write_witness (script, text.values[0], program, len);
  return take_script (script);
}

static gboolean
has_bech32_prefix (const char *address, const BtcNetworkInfo *info)
{
  return g_ascii_strncasecmp (address, info->bech32_hrp, strlen (info->bech32_hrp)) == 0;
}

GBytes *
btc_address_decode (const char *address, BtcNetwork network, char **why)
{
  const BtcNetworkInfo *info = btc_network_info (network);

  g_return_val_if_fail (address != NULL && info != NULL, NULL);

  if (why != NULL)
    *why = NULL;
  return has_bech32_prefix (address, info) ? decode_bech32 (address, info, why) : decode_base58 (address, info, why);
}

GArray *
btc_address_locate_errors (const char *address, BtcNetwork network)
{
  const BtcNetworkInfo *info = btc_network_info (network);
  GArray *places = g_array_new (FALSE, FALSE, sizeof (gsize));
  BtcBech32Text text;

  g_return_val_if_fail (address != NULL && info != NULL, places);

  if (has_bech32_prefix (address, info) && !btc_bech32_decode (address, &text, NULL))
    btc_bech32_locate_errors (address, places);
  return places;
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
