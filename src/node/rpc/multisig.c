#include <secp256k1.h>
#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/crypto/hash.h"
#include "bitcoin/script/opcodes.h"
#include "bitcoin/script/script.h"
#include "common/hex.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "rpc/tx/script_json.h"

/* createmultisig. */

#define MAX_KEYS 20
#define MAX_REDEEM_SCRIPT 520

typedef enum { LEGACY, P2SH_SEGWIT, BECH32 } Kind;

static gboolean
parse_kind (const char *text, Kind *kind, GError **error)
{
  static const char *const names[] = { "legacy", "p2sh-segwit", "bech32" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (text, names[i])) {
      *kind = i;
      return TRUE;
    }
  if (g_str_equal (text, "bech32m"))
    return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY, "createmultisig cannot create bech32m multisig addresses");
  return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY, "Unknown address type '%s'", text);
}

static GBytes *
parse_key (const RpcJson *json, GError **error)
{
  const char *text = rpc_json_string (json);
  g_autoptr (GBytes) key = text != NULL ? common_hex_decode_bytes (text) : NULL;
  secp256k1_pubkey point;

  if (text == NULL)
    return rpc_fail (error, RPC_TYPE_ERROR, "JSON value of type %s is not of expected type string",
                     rpc_json_type_name (rpc_json_type (json)));
  if (key == NULL || *text == '\0')
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Pubkey \"%s\" must be a hex string", text);
  if (g_bytes_get_size (key) != 33 && g_bytes_get_size (key) != 65)
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Pubkey \"%s\" must have a length of either 33 or 65 bytes",
                     text);
  if (!secp256k1_ec_pubkey_parse (secp256k1_context_static, &point, g_bytes_get_data (key, NULL),
                                  g_bytes_get_size (key)))
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Pubkey \"%s\" must be cryptographically valid.", text);
  return g_steal_pointer (&key);
}

static GPtrArray *
parse_keys (const RpcJson *list, gboolean *compressed, GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  *compressed = TRUE;
  for (gsize i = 0; i < rpc_json_len (list); i++) {
    GBytes *key = parse_key (rpc_json_at (list, i), error);
    if (key == NULL)
      return NULL;
    g_ptr_array_add (keys, key);
    *compressed = *compressed && g_bytes_get_size (key) == 33;
  }
  return g_steal_pointer (&keys);
}

static gboolean
check_count (gint64 required, guint n, GError **error)
{
  if (required < 1)
    return rpc_refuse (error, RPC_INVALID_PARAMETER,
                       "a multisignature address must require at least one key to redeem");
  if (n < required)
    return rpc_refuse (error, RPC_INVALID_PARAMETER,
                       "not enough keys supplied (got %u keys, but need at least %" G_GINT64_FORMAT " to redeem)", n,
                       required);
  return n <= MAX_KEYS
         || rpc_refuse (error, RPC_INVALID_PARAMETER,
                        "Number of keys involved in the multisignature address creation > %d\nReduce the number",
                        MAX_KEYS);
}

static GByteArray *
make_script (gint64 required, const GPtrArray *keys)
{
  GByteArray *script = g_byte_array_new ();

  btc_script_write_number (script, required);
  for (guint i = 0; i < keys->len; i++) {
    GBytes *key = g_ptr_array_index (keys, i);
    btc_script_write_push (script, g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  }
  btc_script_write_number (script, keys->len);
  btc_write_u8 (script, BTC_OP_CHECKMULTISIG);
  return script;
}

/* The output script for INNER. */
static GByteArray *
wrap_script (Kind kind, const GByteArray *inner)
{
  g_autoptr (GByteArray) witness = g_byte_array_new ();
  GByteArray *out = g_byte_array_new ();
  guint8 hash32[32], hash20[20];

  btc_sha256 (inner->data, inner->len, hash32);
  btc_script_write_witness (witness, 0, hash32, 32);
  if (kind == BECH32) {
    g_byte_array_append (out, witness->data, witness->len);
    return out;
  }
  if (kind == LEGACY)
    btc_hash160 (inner->data, inner->len, hash20);
  else
    btc_hash160 (witness->data, witness->len, hash20);
  btc_script_write_p2sh (out, hash20);
  return out;
}

/* Keys in the hybrid format are not valid in descriptors. */
static gboolean
has_hybrid_key (const GPtrArray *keys)
{
  for (guint i = 0; i < keys->len; i++) {
    gsize len;
    const guint8 *data = g_bytes_get_data (g_ptr_array_index (keys, i), &len);
    if (len == 65 && data[0] != 4)
      return TRUE;
  }
  return FALSE;
}

static char *
multisig_describe (Kind kind, gint64 required, const GPtrArray *keys, const char *address)
{
  static const char *const open[] = { "sh(", "sh(wsh(", "wsh(" }, *const close[] = { "))", ")))", "))" };
  g_autofree char *plain = g_strdup_printf ("addr(%s)", address);
  g_autoptr (GString) text = g_string_new (open[kind]);

  if (has_hybrid_key (keys))
    return rpc_descriptor_add_checksum (plain);
  g_string_append_printf (text, "multi(%d", (int) required);
  for (guint i = 0; i < keys->len; i++) {
    GBytes *key = g_ptr_array_index (keys, i);
    g_autofree char *hex = common_hex_encode (g_bytes_get_data (key, NULL), g_bytes_get_size (key));
    g_string_append_printf (text, ",%s", hex);
  }
  g_string_append (text, close[kind]);
  return rpc_descriptor_add_checksum (text->str);
}

static RpcJson *
multisig_to_json (RpcCall *call,
                  Kind kind,
                  gboolean as_wanted,
                  gint64 required,
                  const GPtrArray *keys,
                  const GByteArray *inner)
{
  BtcNetwork network = node_rpc_context (call)->params->network->network;
  g_autoptr (GByteArray) script = wrap_script (kind, inner);
  g_autofree char *address = btc_address_encode ((BtcSpan){ script->data, script->len }, network);
  g_autofree char *descriptor = multisig_describe (kind, required, keys, address);
  RpcJson *json = rpc_json_new_object (), *warnings;

  rpc_json_set (json, "address", rpc_json_new_string (address));
  rpc_json_set (json, "redeemScript", rpc_json_new_hex (inner->data, inner->len));
  rpc_json_set (json, "descriptor", rpc_json_new_string (descriptor));
  if (as_wanted)
    return json;
  warnings = rpc_json_new_array ();
  rpc_json_append (warnings,
                   rpc_json_new_string ("Unable to make chosen address type, please ensure no uncompressed public keys "
                                        "are present."));
  rpc_json_set (json, "warnings", warnings);
  return json;
}

static RpcJson *
run_createmultisig (RpcCall *call, GError **error)
{
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (GByteArray) inner = NULL;
  gboolean compressed;
  gint64 required;
  Kind wanted = LEGACY, kind;

  if (!rpc_int32_from_json (call->args[0], &required, error))
    return NULL;
  keys = parse_keys (call->args[1], &compressed, error);
  if (keys == NULL || !parse_kind (call->args[2] != NULL ? rpc_call_string (call, 2) : "legacy", &wanted, error)
      || !check_count (required, keys->len, error))
    return NULL;
  kind = compressed ? wanted : LEGACY; /* witness scripts require compressed keys */
  inner = make_script (required, keys);
  if (kind == LEGACY && inner->len > MAX_REDEEM_SCRIPT)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "redeemScript exceeds size limit: %u > %d", inner->len,
                     MAX_REDEEM_SCRIPT);
  return multisig_to_json (call, kind, kind == wanted, required, keys, inner);
}

static const RpcMethod methods[] = {
  { "Util",
    "createmultisig",
    run_createmultisig,
    "Creates a multisig address.\n\n{ \"address\", \"redeemScript\", \"descriptor\", \"warnings\" }",
    { { "nrequired", RPC_ARG_INT, TRUE, "The number of required signatures" },
      { "keys", RPC_ARG_ARRAY, TRUE, "Public keys in hex", .shape = "[hex]", .shown = "[\"key\",...]" },
      { "address_type", RPC_ARG_STRING, FALSE, "legacy, p2sh-segwit or bech32", .fallback = "\"legacy\"" } },
    .result = "{address: str, redeemScript: hex, descriptor: str, warnings?: [str]}" },
};

void
node_rpc_add_multisig (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
