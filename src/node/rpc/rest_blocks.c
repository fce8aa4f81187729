#include <string.h>

#include "bitcoin/primitives/serialize.h"
#include "common/hex.h"
#include "node/rpc/rest_private.h"

/* Blocks, headers, what blocks spent, filters. */

#define BAD_REQUEST 400
#define NOT_FOUND 404
#define INTERNAL_ERROR 500
#define MAX_HEADERS 2000
#define FILTER_BASIC 0

/* The number TEXT, which must be nothing else; FALSE for any other. */
static gboolean
parse_size (const char *text, guint64 *value)
{
  char *end;

  if (!g_ascii_isdigit (*text))
    return FALSE;
  *value = g_ascii_strtoull (text, &end, 10);
  return *end == '\0' && *value < G_MAXINT64;
}

/* getblock with VERBOSITY, or *REPLY says why not. */
static RpcJson *
get_block (const NodeRest *rest, const char *hash, gint64 verbosity, RpcJson **reply)
{
  g_autoptr (GError) error = NULL;
  RpcJson *block = NULL;

  if (!node_rest_is_hash (hash)) {
    *reply = node_rest_fail (BAD_REQUEST, "Invalid hash: %s", hash);
    return NULL;
  }
  block = node_rest_call (rest, &error, "getblock", rpc_json_new_string (hash), rpc_json_new_int (verbosity), NULL);
  if (block != NULL)
    return block;
  if (g_error_matches (error, RPC_ERROR, RPC_INVALID_ADDRESS_OR_KEY))
    *reply = node_rest_fail (NOT_FOUND, "%s not found", hash);
  else if (g_str_has_prefix (error->message, "Block not available"))
    *reply = node_rest_fail (NOT_FOUND, "%s not available%s", hash, error->message + strlen ("Block not available"));
  else if (g_str_has_prefix (error->message, "Block not found on disk"))
    *reply = node_rest_fail (INTERNAL_ERROR, "I/O error reading %s", hash);
  else
    *reply = node_rest_fail_with (error, "%s", error->message);
  return NULL;
}

static RpcJson *
answer_block (const NodeRest *rest, gint64 verbosity)
{
  RpcJson *reply = NULL;
  g_autoptr (RpcJson) block = get_block (rest, rest->whole, rest->format == NODE_REST_JSON ? verbosity : 0, &reply);

  if (block == NULL)
    return reply;
  if (rest->format == NODE_REST_NONE)
    return node_rest_fail_format ();
  return rest->format == NODE_REST_JSON ? node_rest_json (g_steal_pointer (&block), FALSE)
                                        : node_rest_data (rest, rpc_json_string (block), TRUE);
}

RpcJson *
node_rest_block (const NodeRest *rest)
{
  return answer_block (rest, 3);
}

RpcJson *
node_rest_block_ids (const NodeRest *rest)
{
  return answer_block (rest, 1);
}

RpcJson *
node_rest_block_part (const NodeRest *rest)
{
  RpcJson *reply = NULL;
  g_autoptr (RpcJson) block = NULL;
  g_autofree char *part = NULL;
  guint64 offset, size, len;

  if (!parse_size (node_rest_query (rest, "offset", ""), &offset))
    return node_rest_fail (BAD_REQUEST, "Block part offset missing or invalid");
  if (!parse_size (node_rest_query (rest, "size", ""), &size))
    return node_rest_fail (BAD_REQUEST, "Block part size missing or invalid");
  block = get_block (rest, rest->whole, 0, &reply);
  if (block == NULL)
    return reply;
  len = strlen (rpc_json_string (block)) / 2;
  if (size == 0 || offset >= len || size > len - offset)
    return node_rest_fail (BAD_REQUEST, "Bad block part offset/size %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " for %s",
                           offset, size, rest->whole);
  if (rest->format == NODE_REST_NONE)
    return node_rest_fail_format ();
  if (rest->format == NODE_REST_JSON)
    return node_rest_fail (BAD_REQUEST, "JSON output is not supported for this request type");
  part = g_strndup (rpc_json_string (block) + 2 * offset, 2 * size);
  return node_rest_data (rest, part, TRUE);
}

/* How many, and from which block on: ".../COUNT/HASH" as it once was, or ".../HASH?count=COUNT". Both stand behind SKIP
 * other parts. NULL, or what is wrong. */
static RpcJson *
read_count (const NodeRest *rest, guint skip, const char *form, const char **hash, guint64 *count)
{
  const char *text;

  if (rest->n_path != skip + 1 && rest->n_path != skip + 2)
    return node_rest_fail (BAD_REQUEST, "Invalid URI format. Expected /rest/%s.<ext>?count=<count>", form);
  *hash = rest->path[rest->n_path - 1];
  text = rest->n_path == skip + 2 ? rest->path[skip] : node_rest_query (rest, "count", "5");
  if (!parse_size (text, count) || *count < 1 || *count > MAX_HEADERS)
    return node_rest_fail (BAD_REQUEST, "Header count is invalid or out of acceptable range (1-%d): %s", MAX_HEADERS,
                           text);
  return node_rest_is_hash (*hash) ? NULL : node_rest_fail (BAD_REQUEST, "Invalid hash: %s", *hash);
}

/* The headers of the active chain from HASH on, as getblockheader shows them. NULL with ERROR while the node starts. */
static RpcJson *
list_headers (const NodeRest *rest, const char *hash, guint64 count, GError **error)
{
  g_autoptr (RpcJson) list = rpc_json_new_array ();
  g_autofree char *next = g_strdup (hash);
  gint64 confirmations;

  for (guint64 i = 0; i < count && next != NULL; i++) {
    g_autoptr (GError) problem = NULL;
    g_autoptr (RpcJson) header = node_rest_call (rest, &problem, "getblockheader", rpc_json_new_string (next), NULL);

    if (g_error_matches (problem, RPC_ERROR, RPC_IN_WARMUP)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
    if (header == NULL || !rpc_json_int (rpc_json_get (header, "confirmations"), &confirmations) || confirmations < 0)
      break;
    g_free (next);
    next = g_strdup (rpc_json_string (rpc_json_get (header, "nextblockhash")));
    rpc_json_append (list, g_steal_pointer (&header));
  }
  return g_steal_pointer (&list);
}

static char *
join_headers (const NodeRest *rest, const RpcJson *list)
{
  GString *hex = g_string_new (NULL);

  for (gsize i = 0; i < rpc_json_len (list); i++) {
    const char *hash = rpc_json_string (rpc_json_get (rpc_json_at (list, i), "hash"));
    g_autoptr (RpcJson) header
        = node_rest_call (rest, NULL, "getblockheader", rpc_json_new_string (hash), rpc_json_new_bool (FALSE), NULL);
    if (header != NULL)
      g_string_append (hex, rpc_json_string (header));
  }
  return g_string_free (hex, FALSE);
}

RpcJson *
node_rest_headers (const NodeRest *rest)
{
  const char *hash = NULL;
  guint64 count;
  RpcJson *reply = read_count (rest, 0, "headers/<hash>", &hash, &count);
  g_autoptr (GError) error = NULL;
  g_autoptr (RpcJson) list = NULL;
  g_autofree char *hex = NULL;

  if (reply != NULL)
    return reply;
  list = list_headers (rest, hash, count, &error);
  if (list == NULL)
    return node_rest_fail_with (error, "%s", error->message);
  if (rest->format == NODE_REST_NONE)
    return node_rest_fail_format ();
  if (rest->format == NODE_REST_JSON)
    return node_rest_json (g_steal_pointer (&list), FALSE);
  hex = join_headers (rest, list);
  return node_rest_data (rest, hex, FALSE);
}

/* ---- what a block spent: for each transaction a list of outputs, an empty one for the coinbase ---- */

static RpcJson *
list_spent (RpcJson *packed)
{
  g_autoptr (RpcJson) tx = rpc_json_unpack (packed);
  const RpcJson *inputs = rpc_json_get (tx, "vin");
  RpcJson *list = rpc_json_new_array ();

  for (gsize i = 0; i < rpc_json_len (inputs); i++) {
    const RpcJson *prevout = rpc_json_get (rpc_json_at (inputs, i), "prevout");
    RpcJson *out;
    if (prevout == NULL)
      continue;
    out = rpc_json_new_object ();
    rpc_json_set (out, "value", rpc_json_ref (rpc_json_get (prevout, "value")));
    rpc_json_set (out, "scriptPubKey", rpc_json_ref (rpc_json_get (prevout, "scriptPubKey")));
    rpc_json_append (list, out);
  }
  return list;
}

static char *
serialize_spent (const RpcJson *list)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  btc_write_compact (bytes, rpc_json_len (list));
  for (gsize i = 0; i < rpc_json_len (list); i++) {
    const RpcJson *outs = rpc_json_at (list, i);
    btc_write_compact (bytes, rpc_json_len (outs));
    for (gsize k = 0; k < rpc_json_len (outs); k++) {
      const RpcJson *script = rpc_json_get (rpc_json_at (outs, k), "scriptPubKey");
      g_autoptr (GBytes) raw = common_hex_decode_bytes (rpc_json_string (rpc_json_get (script, "hex")));
      gint64 sat = 0;
      rpc_json_amount (rpc_json_get (rpc_json_at (outs, k), "value"), &sat);
      btc_write_i64 (bytes, sat);
      btc_write_bytes (bytes, g_bytes_get_data (raw, NULL), g_bytes_get_size (raw));
    }
  }
  return common_hex_encode (bytes->data, bytes->len);
}

/* Without undo data getblock leaves out the spent outputs. Only the coinbase has none by itself. */
static gboolean
has_spent (const RpcJson *list)
{
  return rpc_json_len (list) < 2 || rpc_json_len (rpc_json_at (list, 1)) > 0;
}

RpcJson *
node_rest_spent (const NodeRest *rest)
{
  RpcJson *reply = NULL;
  g_autoptr (RpcJson) block = NULL, list = rpc_json_new_array ();
  g_autofree char *hex = NULL;
  const RpcJson *txs;

  if (rest->n_path != 1)
    return node_rest_fail (BAD_REQUEST, "Invalid URI format. Expected /rest/spenttxouts/<hash>.<ext>");
  block = get_block (rest, rest->whole, 3, &reply);
  if (block == NULL)
    return reply;
  txs = rpc_json_get (block, "tx");
  for (gsize i = 0; i < rpc_json_len (txs); i++)
    rpc_json_append (list, list_spent (rpc_json_at (txs, i)));
  if (!has_spent (list))
    return node_rest_fail (NOT_FOUND, "%s undo not available", rest->whole);
  if (rest->format == NODE_REST_NONE)
    return node_rest_fail_format ();
  if (rest->format == NODE_REST_JSON)
    return node_rest_json (g_steal_pointer (&list), TRUE);
  hex = serialize_spent (list);
  return node_rest_data (rest, hex, TRUE);
}

/* ---- filters ---- */

static RpcJson *
get_filter (const NodeRest *rest, const char *type, const char *hash, RpcJson **reply)
{
  g_autoptr (GError) error = NULL;
  RpcJson *filter
      = node_rest_call (rest, &error, "getblockfilter", rpc_json_new_string (hash), rpc_json_new_string (type), NULL);

  if (filter != NULL)
    return filter;
  if (g_str_has_prefix (error->message, "Unknown filtertype"))
    *reply = node_rest_fail (BAD_REQUEST, "Unknown filtertype %s", type);
  else if (g_str_has_prefix (error->message, "Index is not enabled"))
    *reply = node_rest_fail (BAD_REQUEST, "%s", error->message);
  else if (g_str_equal (error->message, "Block not found"))
    *reply = node_rest_fail (NOT_FOUND, "%s not found", hash);
  else
    *reply = node_rest_fail_with (error, "%s", error->message);
  return NULL;
}

RpcJson *
node_rest_filter (const NodeRest *rest)
{
  g_autoptr (RpcJson) found = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) filter = NULL;
  g_autofree char *hex = NULL;
  guint8 hash32[32];
  RpcJson *reply = NULL, *json;

  if (rest->n_path != 2)
    return node_rest_fail (BAD_REQUEST, "Invalid URI format. Expected /rest/blockfilter/<filtertype>/<blockhash>");
  if (!common_hex_decode_reversed (rest->path[1], hash32, 32))
    return node_rest_fail (BAD_REQUEST, "Invalid hash: %s", rest->path[1]);
  found = get_filter (rest, rest->path[0], rest->path[1], &reply);
  if (found == NULL)
    return reply;
  if (rest->format == NODE_REST_NONE)
    return node_rest_fail_format ();
  if (rest->format == NODE_REST_JSON) {
    json = rpc_json_new_object ();
    rpc_json_set (json, "filter", rpc_json_ref (rpc_json_get (found, "filter")));
    return node_rest_json (json, TRUE);
  }
  filter = common_hex_decode_bytes (rpc_json_string (rpc_json_get (found, "filter")));
  btc_write_u8 (bytes, FILTER_BASIC);
  btc_write_data (bytes, hash32, 32);
  btc_write_bytes (bytes, g_bytes_get_data (filter, NULL), g_bytes_get_size (filter));
  hex = common_hex_encode (bytes->data, bytes->len);
  return node_rest_data (rest, hex, TRUE);
}

RpcJson *
node_rest_filter_headers (const NodeRest *rest)
{
  const char *hash = NULL;
  guint64 count;
  RpcJson *reply = read_count (rest, 1, "blockfilterheaders/<filtertype>/<blockhash>", &hash, &count);
  g_autoptr (GError) error = NULL;
  g_autoptr (RpcJson) headers = NULL, list = rpc_json_new_array (), first = NULL;
  g_autoptr (GString) hex = g_string_new (NULL);

  if (reply != NULL)
    return reply;
  /* An unknown type and a missing index are reported for any block. */
  first = get_filter (rest, rest->path[0], hash, &reply);
  if (first == NULL && !g_str_has_suffix (rpc_json_string (rpc_json_get (reply, "text")), " not found\r\n"))
    return reply;
  g_clear_pointer (&reply, rpc_json_unref);
  headers = list_headers (rest, hash, count, &error);
  if (headers == NULL)
    return node_rest_fail_with (error, "%s", error->message);
  for (gsize i = 0; i < rpc_json_len (headers); i++) {
    const char *at = rpc_json_string (rpc_json_get (rpc_json_at (headers, i), "hash"));
    g_autoptr (RpcJson) filter = get_filter (rest, rest->path[0], at, &reply);
    guint8 header32[32];
    g_autofree char *internal = NULL;

    if (filter == NULL)
      return reply;
    common_hex_decode_reversed (rpc_json_string (rpc_json_get (filter, "header")), header32, 32);
    internal = common_hex_encode (header32, 32);
    g_string_append (hex, internal);
    rpc_json_append (list, rpc_json_ref (rpc_json_get (filter, "header")));
  }
  if (rest->format == NODE_REST_NONE)
    return node_rest_fail_format ();
  return rest->format == NODE_REST_JSON ? node_rest_json (g_steal_pointer (&list), FALSE)
                                        : node_rest_data (rest, hex->str, FALSE);
}
