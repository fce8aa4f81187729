#include "rpc/tx/script_json.h"

#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/descriptor/descriptor.h"
#include "bitcoin/script/opcodes.h"
#include "bitcoin/script/script.h"
#include "common/hex.h"
#include "rpc/method.h"

char *
rpc_descriptor_add_checksum (const char *body)
{
  char checksum[9];
  gboolean valid = btc_descriptor_checksum (body, strlen (body), checksum);

  g_return_val_if_fail (valid, NULL);
  return g_strdup_printf ("%s#%s", body, checksum);
}

/* Hybrid keys are not valid in descriptors. */
static gboolean
key_is_plain (BtcSpan key, gboolean compressed)
{
  return (key.len == 33 && (key.data[0] == 2 || key.data[0] == 3))
         || (key.len == 65 && key.data[0] == 4 && !compressed);
}

/* "multi(K,KEY,…)" of a multisig script; NULL if one of the keys is not valid in a descriptor, or with COMPRESSED is
 * not compressed. */
static char *
dup_multisig (BtcSpan script, gboolean compressed)
{
  gboolean plain = TRUE;
  GString *text = g_string_new ("multi(");
  gsize pos = 0;
  guint8 opcode;
  BtcSpan push;
  gboolean first = TRUE;

  while (btc_script_next (script, &pos, &opcode, &push)) {
    if (first)
      g_string_append_printf (text, "%d", opcode - 0x50);
    else if (push.data != NULL && (push.len == 33 || push.len == 65)) {
      g_autofree char *hex = common_hex_encode (push.data, push.len);
      g_string_append_printf (text, ",%s", hex);
      plain = plain && key_is_plain (push, compressed);
    }
    first = FALSE;
  }
  g_string_append_c (text, ')');
  return g_string_free (text, !plain);
}

static char *
dup_with_hex (const char *name, BtcSpan data)
{
  g_autofree char *hex = common_hex_encode (data.data, data.len);
  return g_strdup_printf ("%s(%s)", name, hex);
}

char *
rpc_script_dup_descriptor (BtcSpan script, BtcNetwork network)
{
  BtcSpan data;
  BtcScriptType type = btc_script_classify (script, &data);
  g_autofree char *address = btc_address_encode (script, network);
  g_autofree char *body = NULL;

  if (type == BTC_SCRIPT_PUBKEY && key_is_plain (data, FALSE))
    body = dup_with_hex ("pk", data);
  else if (type == BTC_SCRIPT_MULTISIG)
    body = dup_multisig (script, FALSE);
  else if (type == BTC_SCRIPT_WITNESS_V1_TAPROOT && btc_descriptor_is_on_curve (data.data, data.len))
    body = dup_with_hex ("rawtr", data);
  /* A bare public key has a hash, but no address of its own. */
  if (body == NULL && address != NULL && type != BTC_SCRIPT_PUBKEY)
    body = g_strdup_printf ("addr(%s)", address);
  if (body == NULL)
    body = dup_with_hex ("raw", script);
  return rpc_descriptor_add_checksum (body);
}

/* The descriptor of SCRIPT, which pays to the hash of WITNESS_SCRIPT. */
static char *
dup_witness_descriptor (BtcSpan script, BtcSpan witness_script, BtcNetwork network)
{
  gboolean multisig = btc_script_classify (witness_script, NULL) == BTC_SCRIPT_MULTISIG;
  g_autofree char *inner = multisig ? dup_multisig (witness_script, TRUE) : NULL;
  g_autofree char *body = inner != NULL ? g_strdup_printf ("wsh(%s)", inner) : NULL;

  return body != NULL ? rpc_descriptor_add_checksum (body) : rpc_script_dup_descriptor (script, network);
}

static RpcJson *
script_to_json (BtcSpan script, const char *descriptor, BtcNetwork network, gboolean with_hex)
{
  RpcJson *json = rpc_json_new_object ();
  BtcScriptType type = btc_script_classify (script, NULL);
  g_autofree char *text = btc_script_to_asm (script, FALSE);
  g_autofree char *address = type != BTC_SCRIPT_PUBKEY ? btc_address_encode (script, network) : NULL;

  rpc_json_set (json, "asm", rpc_json_new_plain (text));
  rpc_json_set (json, "desc", rpc_json_new_plain (descriptor));
  if (with_hex)
    rpc_json_set (json, "hex", rpc_json_new_hex (script.data, script.len));
  if (address != NULL)
    rpc_json_set (json, "address", rpc_json_new_plain (address));
  rpc_json_set (json, "type", rpc_json_new_plain (btc_script_type_name (type)));
  return json;
}

RpcJson *
rpc_script_to_json (BtcSpan script, BtcNetwork network, gboolean with_hex)
{
  g_autofree char *descriptor = rpc_script_dup_descriptor (script, network);

  return script_to_json (script, descriptor, network, with_hex);
}

RpcJson *
rpc_witness_to_json (BtcSpan script, BtcSpan witness_script, BtcNetwork network)
{
  g_autofree char *descriptor = dup_witness_descriptor (script, witness_script, network);

  return script_to_json (script, descriptor, network, TRUE);
}

GBytes *
rpc_data_script_from_json (const RpcJson *value, GError **error)
{
  /* Messages show whatever was given. */
  const char *text = rpc_json_type (value) == RPC_JSON_BOOL && rpc_json_bool (value) ? "1" : rpc_json_literal (value);
  g_autoptr (RpcJson) number = text != NULL ? rpc_json_new_string (text) : NULL;
  g_autoptr (GBytes) data = rpc_hex_from_json (number != NULL ? number : value, "Data", error);
  GByteArray *script;

  if (data == NULL)
    return NULL;
  script = g_byte_array_new ();
  btc_write_u8 (script, BTC_OP_RETURN);
  btc_script_write_push (script, g_bytes_get_data (data, NULL), g_bytes_get_size (data));
  return g_byte_array_free_to_bytes (script);
}
