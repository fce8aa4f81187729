#include "bitcoin/address/address.h"
#include "bitcoin/script/script.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"

static RpcJson *
run_validateaddress (RpcCall *call, GError **error)
{
  BtcNetwork network = node_rpc_context (call)->params->network->network;
  const char *why = NULL;
  g_autoptr (GBytes) bytes = btc_address_decode (rpc_call_string (call, 0), network, &why);
  RpcJson *json = rpc_json_new_object ();
  BtcSpan script, program;
  g_autofree char *address = NULL;
  guint version;

  rpc_json_set (json, "isvalid", rpc_json_new_bool (bytes != NULL));
  if (bytes == NULL) {
    rpc_json_set (json, "error_locations", rpc_json_new_array ());
    rpc_json_set (json, "error", rpc_json_new_string (why != NULL ? why : "Invalid address"));
    return json;
  }
  script.data = g_bytes_get_data (bytes, &script.len);
  address = btc_address_encode (script, network);
  rpc_json_set (json, "address", rpc_json_new_string (address != NULL ? address : rpc_call_string (call, 0)));
  rpc_json_set (json, "scriptPubKey", rpc_json_new_hex (script.data, script.len));
  if (!btc_script_is_witness_program (script, &version, &program)) {
    rpc_json_set (json, "isscript", rpc_json_new_bool (btc_script_is_p2sh (script)));
    rpc_json_set (json, "iswitness", rpc_json_new_bool (FALSE));
    return json;
  }
  /* A taproot output does not reveal whether there is a script. */
  if (version != 1 || program.len != 32)
    rpc_json_set (json, "isscript", rpc_json_new_bool (version == 0 && program.len == 32));
  else
    rpc_json_set (json, "isscript", rpc_json_new_bool (TRUE));
  rpc_json_set (json, "iswitness", rpc_json_new_bool (TRUE));
  rpc_json_set (json, "witness_version", rpc_json_new_int (version));
  rpc_json_set (json, "witness_program", rpc_json_new_hex (program.data, program.len));
  return json;
}

static const RpcMethod methods[] = {
  { "Util",
    "validateaddress",
    run_validateaddress,
    "Validates an address and returns information about it.",
    { { "address", RPC_ARG_STRING, TRUE, "The address" } } },
};

void
node_rpc_add_util (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
