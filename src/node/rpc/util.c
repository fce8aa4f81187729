#include "bitcoin/address/address.h"
#include "bitcoin/script/script.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"

static RpcJson *
describe_invalid (const char *address, BtcNetwork network, const char *why)
{
  g_autoptr (GArray) places = btc_address_locate_errors (address, network);
  RpcJson *json = rpc_json_new_object (), *list = rpc_json_new_array ();

  for (guint i = 0; i < places->len; i++)
    rpc_json_append (list, rpc_json_new_int ((gint64) g_array_index (places, gsize, i)));
  rpc_json_set (json, "isvalid", rpc_json_new_bool (FALSE));
  rpc_json_set (json, "error_locations", list);
  rpc_json_set (json, "error", rpc_json_new_string (why));
  return json;
}

/* A taproot output does not reveal whether there is a script; what a later version means is not known. */
static void
add_witness (RpcJson *json, BtcScriptType type, guint version, BtcSpan program)
{
  if (type != BTC_SCRIPT_WITNESS_UNKNOWN)
    rpc_json_set (json, "isscript", rpc_json_new_bool (type != BTC_SCRIPT_WITNESS_V0_KEYHASH));
  rpc_json_set (json, "iswitness", rpc_json_new_bool (TRUE));
  if (type == BTC_SCRIPT_ANCHOR)
    return;
  rpc_json_set (json, "witness_version", rpc_json_new_int (version));
  rpc_json_set (json, "witness_program", rpc_json_new_hex (program.data, program.len));
}

static RpcJson *
run_validateaddress (RpcCall *call, GError **error)
{
  BtcNetwork network = node_rpc_context (call)->params->network->network;
  const char *text = rpc_call_string (call, 0);
  g_autofree char *why = NULL, *address = NULL;
  g_autoptr (GBytes) bytes = btc_address_decode (text, network, &why);
  BtcSpan script, program;
  BtcScriptType type;
  RpcJson *json;
  guint version;

  if (bytes == NULL)
    return describe_invalid (text, network, why);
  script.data = g_bytes_get_data (bytes, &script.len);
  type = btc_script_classify (script, NULL);
  address = btc_address_encode (script, network);
  json = rpc_json_new_object ();
  rpc_json_set (json, "isvalid", rpc_json_new_bool (TRUE));
  rpc_json_set (json, "address", rpc_json_new_string (address != NULL ? address : text));
  rpc_json_set (json, "scriptPubKey", rpc_json_new_hex (script.data, script.len));
  if (btc_script_is_witness_program (script, &version, &program)) {
    add_witness (json, type, version, program);
    return json;
  }
  rpc_json_set (json, "isscript", rpc_json_new_bool (type == BTC_SCRIPT_SCRIPTHASH));
  rpc_json_set (json, "iswitness", rpc_json_new_bool (FALSE));
  return json;
}

static const RpcMethod methods[] = {
  { "Util",
    "validateaddress",
    run_validateaddress,
    "Return information about the given bitcoin address.",
    { { "address", RPC_ARG_STRING, TRUE, "The address" } },
    .result = "{isvalid: bool, address?: str, scriptPubKey?: hex, isscript?: bool, iswitness?: bool, witness_version?: "
              "num, witness_program?: hex, error?: str, error_locations?: [num]}" },
};

void
node_rpc_add_util (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
