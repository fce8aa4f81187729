#include "node/rpc/scan_objects.h"

#include <string.h>

#include "bitcoin/descriptor/descriptor.h"
#include "rpc/tx/script_json.h"

#define DEFAULT_RANGE_END 1000
#define MAX_RANGE 1000000

/* Look-ups use a script without a needle, so only the script is hashed and compared. */
static guint
hash_needle (gconstpointer key)
{
  return g_bytes_hash (((const NodeScanNeedle *) key)->script);
}

static gboolean
equal_needles (gconstpointer a, gconstpointer b)
{
  return g_bytes_equal (((const NodeScanNeedle *) a)->script, ((const NodeScanNeedle *) b)->script);
}

static void
free_needle (gpointer data)
{
  NodeScanNeedle *needle = data;

  g_bytes_unref (needle->script);
  g_free (needle->descriptor);
  g_free (needle);
}

NodeScanNeedle *
node_scan_find (GHashTable *needles, BtcSpan script)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (script.data, script.len);
  NodeScanNeedle wanted = { bytes, NULL };

  return g_hash_table_lookup (needles, &wanted);
}

gboolean
node_scan_parse_range (const RpcJson *json, NodeScanRange *range, GError **error)
{
  if (rpc_json_type (json) == RPC_JSON_NUMBER) {
    range->first = 0;
    if (!rpc_int_from_json (json, &range->last, error))
      return FALSE;
  } else if (rpc_json_type (json) == RPC_JSON_ARRAY && rpc_json_len (json) == 2
             && rpc_json_type (rpc_json_at (json, 0)) == RPC_JSON_NUMBER
             && rpc_json_type (rpc_json_at (json, 1)) == RPC_JSON_NUMBER) {
    if (!rpc_int_from_json (rpc_json_at (json, 0), &range->first, error)
        || !rpc_int_from_json (rpc_json_at (json, 1), &range->last, error))
      return FALSE;
    if (range->first > range->last)
      return rpc_refuse (error, RPC_INVALID_PARAMETER, "Range specified as [begin,end] must not have begin after end");
  } else {
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Range must be specified as end or as [begin,end]");
  }
  if (range->first < 0)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Range should be greater or equal than 0");
  if (range->last < 0 || range->last > G_MAXINT32)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "End of range is too high");
  if (range->last >= range->first + MAX_RANGE)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Range is too large");
  return TRUE;
}

/* Adds the scripts at one index. */
static void
add_scripts (GHashTable *needles, const BtcDescriptor *descriptor, const BtcExpansion *expansion, BtcNetwork network)
{
  for (guint i = 0; i < expansion->scripts->len; i++) {
    GBytes *bytes = g_ptr_array_index (expansion->scripts, i);
    NodeScanNeedle *needle;
    BtcSpan script;

    script.data = g_bytes_get_data (bytes, &script.len);
    if (node_scan_find (needles, script) != NULL)
      continue;
    needle = g_new0 (NodeScanNeedle, 1);
    needle->script = g_bytes_ref (bytes);
    needle->descriptor = btc_descriptor_is_solvable (descriptor)
                             ? btc_descriptor_format_script (descriptor, expansion, i)
                             : rpc_script_dup_descriptor (script, network);
    g_hash_table_add (needles, needle);
  }
}

static gboolean
add_descriptors (GHashTable *needles, const char *text, NodeScanRange range, BtcNetwork network, GError **error)
{
  g_autofree char *why = NULL;
  g_autoptr (GPtrArray) all = btc_descriptor_parse_all (text, network, FALSE, &why);

  if (all == NULL)
    return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY, "%s", why);
  if (!btc_descriptor_is_ranged (g_ptr_array_index (all, 0)))
    range = (NodeScanRange){ 0, 0 };
  for (gint64 index = range.first; index <= range.last; index++)
    for (guint i = 0; i < all->len; i++) {
      g_auto (BtcExpansion) expansion = { 0 };

      if (!btc_descriptor_expand (g_ptr_array_index (all, i), (guint32) index, &expansion))
        return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY, "Cannot derive script without private keys: '%s'", text);
      add_scripts (needles, g_ptr_array_index (all, i), &expansion, network);
    }
  return TRUE;
}

static gboolean
add_scan_object (GHashTable *needles, const RpcJson *object, BtcNetwork network, GError **error)
{
  NodeScanRange range = { 0, DEFAULT_RANGE_END };
  const char *text = rpc_json_string (object);

  if (rpc_json_type (object) == RPC_JSON_OBJECT) {
    const RpcJson *desc = rpc_json_get (object, "desc"), *wanted = rpc_json_get (object, "range");

    if (rpc_json_type (desc) == RPC_JSON_NULL)
      return rpc_refuse (error, RPC_INVALID_PARAMETER, "Descriptor needs to be provided in scan object");
    text = rpc_json_string (desc);
    if (text == NULL)
      return rpc_refuse (error, RPC_TYPE_ERROR, "JSON value of type %s is not of expected type string",
                         rpc_json_type_name (rpc_json_type (desc)));
    if (rpc_json_type (wanted) != RPC_JSON_NULL && !node_scan_parse_range (wanted, &range, error))
      return FALSE;
  } else if (text == NULL) {
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Scan object needs to be either a string or an object");
  }
  return add_descriptors (needles, text, range, network, error);
}

GHashTable *
node_scan_parse (const RpcJson *list, BtcNetwork network, GError **error)
{
  g_autoptr (GHashTable) needles = g_hash_table_new_full (hash_needle, equal_needles, free_needle, NULL);

  for (gsize i = 0; i < rpc_json_len (list); i++)
    if (!add_scan_object (needles, rpc_json_at (list, i), network, error))
      return NULL;
  return g_steal_pointer (&needles);
}
