#include "node/rpc/scan_objects.h"

#include <string.h>

#include "bitcoin/descriptor/descriptor.h"
#include "common/hex.h"
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

/* The descriptor of one key: "wpkh([origin/path]key)". */
static char *
describe_key (BtcDescriptorType type, const BtcExpansion *expansion)
{
  gboolean x_only = type == BTC_DESCRIPTOR_TR;
  g_autofree char *key
      = common_hex_encode (expansion->pubkey + (x_only ? 1 : 0), expansion->pubkey_len - (x_only ? 1 : 0));
  g_autofree char *path = btc_key_path_format (&expansion->path, FALSE);
  g_autofree char *fingerprint = common_hex_encode (expansion->fingerprint, 4);
  g_autofree char *full = g_strdup_printf ("[%s%s]%s", fingerprint, path, key);
  g_autofree char *body = NULL;

  switch (type) {
  case BTC_DESCRIPTOR_PK:
    body = g_strdup_printf ("pk(%s)", full);
    break;
  case BTC_DESCRIPTOR_PKH:
    body = g_strdup_printf ("pkh(%s)", full);
    break;
  case BTC_DESCRIPTOR_WPKH:
    body = g_strdup_printf ("wpkh(%s)", full);
    break;
  case BTC_DESCRIPTOR_SH_WPKH:
    body = g_strdup_printf ("sh(wpkh(%s))", full);
    break;
  case BTC_DESCRIPTOR_TR:
    body = g_strdup_printf ("tr(%s)", full);
    break;
  case BTC_DESCRIPTOR_ADDR:
  case BTC_DESCRIPTOR_RAW:
    g_assert_not_reached ();
  }
  return rpc_descriptor_add_checksum (body);
}

static gboolean
add_scripts (GHashTable *needles,
             BtcDescriptor *descriptor,
             NodeScanRange range,
             const char *text,
             BtcNetwork network,
             GError **error)
{
  if (!btc_descriptor_is_ranged (descriptor))
    range = (NodeScanRange){ 0, 0 };
  for (gint64 i = range.first; i <= range.last; i++) {
    g_auto (BtcExpansion) expansion = { 0 };
    NodeScanNeedle *needle;
    BtcSpan script;

    if (!btc_descriptor_expand (descriptor, (guint32) i, &expansion))
      return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY, "Cannot derive script without private keys: '%s'", text);
    script.data = g_bytes_get_data (expansion.script, &script.len);
    if (node_scan_find (needles, script) != NULL)
      continue;
    needle = g_new0 (NodeScanNeedle, 1);
    needle->script = g_bytes_ref (expansion.script);
    needle->descriptor = btc_descriptor_is_solvable (descriptor)
                             ? describe_key (btc_descriptor_get_type_of (descriptor), &expansion)
                             : rpc_script_dup_descriptor (script, network);
    g_hash_table_add (needles, needle);
  }
  return TRUE;
}

static gboolean
add_descriptor (GHashTable *needles, const char *text, NodeScanRange range, BtcNetwork network, GError **error)
{
  g_autofree char *why = NULL;
  g_autoptr (BtcDescriptor) descriptor = btc_descriptor_parse (text, network, FALSE, &why);

  if (descriptor == NULL)
    return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY, "%s", why);
  return add_scripts (needles, descriptor, range, text, network, error);
}

/* combo(KEY): all standard scripts of one key; those with witness only if the key is compressed. */
static gboolean
add_combo (GHashTable *needles, const char *text, NodeScanRange range, BtcNetwork network, GError **error)
{
  static const char *const forms[] = { "pk(%s)", "pkh(%s)", "wpkh(%s)", "sh(wpkh(%s))" };
  const char *hash_mark = strchr (text, '#');
  gsize len = hash_mark != NULL ? (gsize) (hash_mark - text) : strlen (text);
  char checksum[9];
  g_autofree char *key = NULL;

  if (len < 7 || text[len - 1] != ')')
    return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY, "'%s' is not a valid descriptor function", text);
  if (hash_mark != NULL && (!btc_descriptor_checksum (text, len, checksum) || !g_str_equal (checksum, hash_mark + 1)))
    return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY, "The checksum of '%s' is wrong", text);
  key = g_strndup (text + 6, len - 7);
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    g_auto (GStrv) halves = g_strsplit (forms[i], "%s", 2);
    g_autofree char *body = g_strconcat (halves[0], key, halves[1], NULL);
    g_autofree char *why = NULL;
    g_autoptr (BtcDescriptor) descriptor = btc_descriptor_parse (body, network, FALSE, &why);

    if (descriptor == NULL && i < 2)
      return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY, "%s", why);
    if (descriptor != NULL && !add_scripts (needles, descriptor, range, text, network, error))
      return FALSE;
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
  if (g_str_has_prefix (text, "combo("))
    return add_combo (needles, text, range, network, error);
  return add_descriptor (needles, text, range, network, error);
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
