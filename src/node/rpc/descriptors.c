#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/descriptor/descriptor.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/scan_objects.h"

/* Information about descriptors, and their addresses. */

static BtcDescriptor *
descriptor_from_call (RpcCall *call, gboolean require_checksum, GError **error)
{
  BtcNetwork network = node_rpc_context (call)->params->network->network;
  g_autofree char *why = NULL;
  BtcDescriptor *descriptor = btc_descriptor_parse (rpc_call_string (call, 0), network, require_checksum, &why);

  return descriptor != NULL ? descriptor : rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "%s", why);
}

static RpcJson *
run_getdescriptorinfo (RpcCall *call, GError **error)
{
  const char *text = rpc_call_string (call, 0);
  g_autoptr (BtcDescriptor) descriptor = descriptor_from_call (call, FALSE, error);
  g_autofree char *formatted = NULL;
  char checksum[9];
  RpcJson *json;

  if (descriptor == NULL)
    return NULL;
  formatted = btc_descriptor_format (descriptor, BTC_DESCRIPTOR_AS_WRITTEN);
  if (!btc_descriptor_checksum (text, strcspn (text, "#"), checksum))
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Invalid characters in payload");
  json = rpc_json_new_object ();
  rpc_json_set (json, "descriptor", rpc_json_new_string (formatted));
  rpc_json_set (json, "checksum", rpc_json_new_string (checksum));
  rpc_json_set (json, "isrange", rpc_json_new_bool (btc_descriptor_is_ranged (descriptor)));
  rpc_json_set (json, "issolvable", rpc_json_new_bool (btc_descriptor_is_solvable (descriptor)));
  rpc_json_set (json, "hasprivatekeys", rpc_json_new_bool (FALSE));
  return json;
}

static RpcJson *
derive_addresses (RpcCall *call, const BtcDescriptor *descriptor, NodeScanRange range, GError **error)
{
  BtcNetwork network = node_rpc_context (call)->params->network->network;
  g_autoptr (RpcJson) list = rpc_json_new_array ();

  for (gint64 i = range.first; i <= range.last; i++) {
    g_auto (BtcExpansion) expansion = { 0 };
    g_autofree char *address = NULL;
    BtcSpan script;

    if (!btc_descriptor_expand (descriptor, (guint32) i, &expansion))
      return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Cannot derive script without private keys");
    script.data = g_bytes_get_data (expansion.script, &script.len);
    address = btc_address_encode (script, network);
    if (address == NULL)
      return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Descriptor does not have a corresponding address");
    rpc_json_append (list, rpc_json_new_string (address));
  }
  return g_steal_pointer (&list);
}

static RpcJson *
run_deriveaddresses (RpcCall *call, GError **error)
{
  g_autoptr (BtcDescriptor) descriptor = NULL;
  NodeScanRange range = { 0, 0 };
  gboolean ranged;

  if (call->args[1] != NULL && !node_scan_parse_range (call->args[1], &range, error))
    return NULL;
  descriptor = descriptor_from_call (call, TRUE, error);
  if (descriptor == NULL)
    return NULL;
  ranged = btc_descriptor_is_ranged (descriptor);
  if (!ranged && call->args[1] != NULL)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Range should not be specified for an un-ranged descriptor");
  if (ranged && call->args[1] == NULL)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Range must be specified for a ranged descriptor");
  return derive_addresses (call, descriptor, range, error);
}

static const RpcMethod methods[] = {
  { "Util",
    "getdescriptorinfo",
    run_getdescriptorinfo,
    "Analyses a descriptor and computes its checksum.\n\n{ \"descriptor\", \"checksum\", \"isrange\", \"issolvable\", "
    "\"hasprivatekeys\" }",
    { { "descriptor", RPC_ARG_STRING, TRUE, "The descriptor" } } },
  { "Util",
    "deriveaddresses",
    run_deriveaddresses,
    "Derives the addresses of a descriptor.\n\n[ \"address\", ... ]",
    { { "descriptor", RPC_ARG_STRING, TRUE, "The descriptor, with its checksum" },
      { "range", RPC_ARG_ANY, FALSE, "For a ranged one: the last index, or [first, last]" } } },
};

void
node_rpc_add_descriptors (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
