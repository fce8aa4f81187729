#include "node/rpc/script_json.h"

#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/descriptor/descriptor.h"
#include "bitcoin/script/script.h"
#include "common/hex.h"

char *
node_rpc_descriptor_add_checksum (const char *body)
{
  char checksum[9];
  gboolean valid = btc_descriptor_checksum (body, strlen (body), checksum);

  g_return_val_if_fail (valid, NULL);
  return g_strdup_printf ("%s#%s", body, checksum);
}

/* "multi(K,KEY,…)" of a bare multisig script; NULL when a key has an odd length. */
static char *
dup_multisig (BtcSpan script)
{
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
    }
    first = FALSE;
  }
  g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}

static char *
dup_with_hex (const char *name, BtcSpan data)
{
  g_autofree char *hex = common_hex_encode (data.data, data.len);
  return g_strdup_printf ("%s(%s)", name, hex);
}

char *
node_rpc_script_dup_descriptor (BtcSpan script, BtcNetwork network)
{
  BtcSpan data;
  BtcScriptType type = btc_script_classify (script, &data);
  g_autofree char *address = btc_address_encode (script, network);
  g_autofree char *body = NULL;

  if (type == BTC_SCRIPT_PUBKEY)
    body = dup_with_hex ("pk", data);
  else if (type == BTC_SCRIPT_MULTISIG)
    body = dup_multisig (script);
  else if (type == BTC_SCRIPT_WITNESS_V1_TAPROOT)
    body = dup_with_hex ("rawtr", data);
  else if (address != NULL)
    body = g_strdup_printf ("addr(%s)", address);
  else
    body = dup_with_hex ("raw", script);
  return node_rpc_descriptor_add_checksum (body);
}

RpcJson *
node_rpc_script_to_json (BtcSpan script, BtcNetwork network, gboolean with_hex)
{
  RpcJson *json = rpc_json_new_object ();
  BtcScriptType type = btc_script_classify (script, NULL);
  g_autofree char *text = btc_script_to_asm (script, FALSE);
  g_autofree char *descriptor = node_rpc_script_dup_descriptor (script, network);
  /* A bare public key has a hash, but no address of its own. */
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
