#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/descriptor/descriptor.h"
#include "bitcoin/script/script.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/scan_objects.h"

/* Information about descriptors, and their addresses. */

/* The descriptors of the first argument: several of a text with several values for a step of a path. */
static GPtrArray *
descriptors_from_call (RpcCall *call, gboolean require_checksum, GError **error)
{
  BtcNetwork network = node_rpc_context (call)->params->network->network;
  g_autofree char *why = NULL;
  GPtrArray *all = btc_descriptor_parse_all (rpc_call_string (call, 0), network, require_checksum, &why);

  return all != NULL ? all : rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "%s", why);
}

static RpcJson *
run_getdescriptorinfo (RpcCall *call, GError **error)
{
  const char *text = rpc_call_string (call, 0);
  g_autoptr (GPtrArray) all = descriptors_from_call (call, FALSE, error);
  RpcJson *json, *list;
  const BtcDescriptor *first;
  char checksum[9];

  if (all == NULL)
    return NULL;
  if (!btc_descriptor_checksum (text, strcspn (text, "#"), checksum))
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Invalid characters in payload");
  first = g_ptr_array_index (all, 0);
  list = rpc_json_new_array ();
  for (guint i = 0; i < all->len; i++) {
    g_autofree char *formatted = btc_descriptor_format (g_ptr_array_index (all, i), BTC_DESCRIPTOR_AS_WRITTEN);
    rpc_json_append (list, rpc_json_new_string (formatted));
  }
  json = rpc_json_new_object ();
  rpc_json_set (json, "descriptor", rpc_json_ref (rpc_json_at (list, 0)));
  if (all->len > 1)
    rpc_json_set (json, "multipath_expansion", rpc_json_ref (list));
  rpc_json_unref (list);
  rpc_json_set (json, "checksum", rpc_json_new_string (checksum));
  rpc_json_set (json, "isrange", rpc_json_new_bool (btc_descriptor_is_ranged (first)));
  rpc_json_set (json, "issolvable", rpc_json_new_bool (btc_descriptor_is_solvable (first)));
  rpc_json_set (json, "hasprivatekeys", rpc_json_new_bool (FALSE));
  return json;
}

/* Appends the addresses of SCRIPTS. One script of combo() has no address, and is left out. */
static gboolean
add_addresses (RpcJson *list, const GPtrArray *scripts, BtcNetwork network, GError **error)
{
  for (guint i = 0; i < scripts->len; i++) {
    g_autofree char *address = NULL;
    BtcSpan script;

    script.data = g_bytes_get_data (g_ptr_array_index (scripts, i), &script.len);
    if (btc_script_classify (script, NULL) != BTC_SCRIPT_PUBKEY)
      address = btc_address_encode (script, network);
    if (address != NULL)
      rpc_json_append (list, rpc_json_new_string (address));
    else if (scripts->len == 1)
      return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY, "Descriptor does not have a corresponding address");
  }
  return TRUE;
}

static RpcJson *
derive_addresses (RpcCall *call, const BtcDescriptor *descriptor, NodeScanRange range, GError **error)
{
  BtcNetwork network = node_rpc_context (call)->params->network->network;
  g_autoptr (RpcJson) list = rpc_json_new_array ();

  for (gint64 i = range.first; i <= range.last; i++) {
    g_auto (BtcExpansion) expansion = { 0 };

    if (!btc_descriptor_expand (descriptor, (guint32) i, &expansion))
      return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Cannot derive script without private keys");
    if (!add_addresses (list, expansion.scripts, network, error))
      return NULL;
  }
  if (rpc_json_len (list) == 0)
    return rpc_fail (error, RPC_MISC_ERROR, "Unexpected empty result");
  return g_steal_pointer (&list);
}

static RpcJson *
run_deriveaddresses (RpcCall *call, GError **error)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (RpcJson) lists = NULL;
  NodeScanRange range = { 0, 0 };
  gboolean ranged;

  if (call->args[1] != NULL && !node_scan_parse_range (call->args[1], &range, error))
    return NULL;
  all = descriptors_from_call (call, TRUE, error);
  if (all == NULL)
    return NULL;
  ranged = btc_descriptor_is_ranged (g_ptr_array_index (all, 0));
  if (!ranged && call->args[1] != NULL)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Range should not be specified for an un-ranged descriptor");
  if (ranged && call->args[1] == NULL)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Range must be specified for a ranged descriptor");
  lists = rpc_json_new_array ();
  for (guint i = 0; i < all->len; i++) {
    RpcJson *list = derive_addresses (call, g_ptr_array_index (all, i), range, error);
    if (list == NULL)
      return NULL;
    rpc_json_append (lists, list);
  }
  return rpc_json_ref (all->len == 1 ? rpc_json_at (lists, 0) : lists);
}

static const RpcMethod methods[] = {
  { "Util",
    "getdescriptorinfo",
    run_getdescriptorinfo,
    "Analyses a descriptor and computes its checksum.\n\n{ \"descriptor\", \"checksum\", \"isrange\", \"issolvable\", "
    "\"hasprivatekeys\" }",
    { { "descriptor", RPC_ARG_STRING, TRUE, "The descriptor" } },
    .result = "{descriptor: str, multipath_expansion?: [str], checksum: str, isrange: bool, issolvable: bool, "
              "hasprivatekeys: bool}" },
  { "Util",
    "deriveaddresses",
    run_deriveaddresses,
    "Derives the addresses of a descriptor.\n\n[ \"address\", ... ]",
    { { "descriptor", RPC_ARG_STRING, TRUE, "The descriptor, with its checksum" },
      { "range", RPC_ARG_RANGE, FALSE, "For a ranged one: the last index, or [first, last]" } },
    .result = "[str] | [[str]]" },
};

void
node_rpc_add_descriptors (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
