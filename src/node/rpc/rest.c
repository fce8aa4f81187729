#include "node/rpc/rest.h"

#include <string.h>

#include "common/hex.h"
#include "node/rpc/rest_private.h"

/* The REST interface: routing, and the endpoints with short replies. */

#define BAD_REQUEST 400
#define NOT_FOUND 404

static RpcJson *
fail_only_json (void)
{
  return node_rest_fail (NOT_FOUND, "output format not found (available: json)");
}

/* The result of a method, unchanged. ERROR is a pointer to the error, since the argument expression may call the method
 * that sets it. */
static RpcJson *
forward_result (RpcJson *result, GError *const *error, gboolean immutable)
{
  return result != NULL ? node_rest_json (result, immutable) : node_rest_fail_with (*error, "%s", (*error)->message);
}

/* The fields of getrawtransaction about the transaction itself, and the hash of its block before its bytes. */
static RpcJson *
strip_tx (const RpcJson *tx)
{
  static const char *const of_place[] = { "confirmations", "time", "blocktime", "vsize_adjusted", NULL };
  RpcJson *json = rpc_json_new_object (), *block = rpc_json_get (tx, "blockhash");

  for (gsize i = 0; i < rpc_json_len (tx); i++) {
    const char *name = rpc_json_name_at (tx, i);

    if (g_str_equal (name, "hex") && block != NULL)
      rpc_json_set (json, "blockhash", rpc_json_ref (block));
    if (!g_strv_contains (of_place, name))
      rpc_json_set (json, name, rpc_json_ref (rpc_json_at (tx, i)));
  }
  return json;
}

static RpcJson *
answer_tx (const NodeRest *rest)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RpcJson) tx = NULL;

  if (!node_rest_is_hash (rest->whole))
    return node_rest_fail (BAD_REQUEST, "Invalid hash: %s", rest->whole);
  tx = node_rest_call (rest, &error, "getrawtransaction", rpc_json_new_string (rest->whole),
                       rpc_json_new_int (rest->format == NODE_REST_JSON), NULL);
  if (tx == NULL)
    return node_rest_fail_with (error, "%s not found", rest->whole);
  if (rest->format == NODE_REST_NONE)
    return node_rest_fail_format ();
  return rest->format == NODE_REST_JSON ? node_rest_json (strip_tx (tx), FALSE)
                                        : node_rest_data (rest, rpc_json_string (tx), FALSE);
}

static RpcJson *
answer_chain_info (const NodeRest *rest)
{
  g_autoptr (GError) error = NULL;

  if (rest->format != NODE_REST_JSON)
    return fail_only_json ();
  return forward_result (node_rest_call (rest, &error, "getblockchaininfo", NULL), &error, FALSE);
}

static RpcJson *
answer_deployments (const NodeRest *rest)
{
  gboolean named = *rest->whole != '\0';
  g_autoptr (GError) error = NULL;
  RpcJson *result;

  if (rest->format != NODE_REST_JSON)
    return fail_only_json ();
  if (named && !node_rest_is_hash (rest->whole))
    return node_rest_fail (BAD_REQUEST, "Invalid hash: %s", rest->whole);
  result = node_rest_call (rest, &error, "getdeploymentinfo", named ? rpc_json_new_string (rest->whole) : NULL, NULL);
  if (result == NULL && g_error_matches (error, RPC_ERROR, RPC_INVALID_ADDRESS_OR_KEY))
    return node_rest_fail (BAD_REQUEST, "Block not found");
  return forward_result (result, &error, named);
}

static gboolean
read_flag (const NodeRest *rest, const char *name, const char *fallback, gboolean *flag)
{
  g_autofree char *text = node_rest_dup_query (rest, name, fallback);

  *flag = g_str_equal (text, "true");
  return *flag || g_str_equal (text, "false");
}

static RpcJson *
answer_mempool_contents (const NodeRest *rest)
{
  g_autoptr (GError) error = NULL;
  gboolean verbose, sequence;

  if (!read_flag (rest, "verbose", "true", &verbose))
    return node_rest_fail (BAD_REQUEST, "The \"verbose\" query parameter must be either \"true\" or \"false\".");
  if (!read_flag (rest, "mempool_sequence", "false", &sequence))
    return node_rest_fail (BAD_REQUEST,
                           "The \"mempool_sequence\" query parameter must be either \"true\" or \"false\".");
  if (verbose && sequence)
    return node_rest_fail (BAD_REQUEST, "Verbose results cannot contain mempool sequence values. (hint: set "
                                        "\"verbose=false\")");
  return forward_result (
      node_rest_call (rest, &error, "getrawmempool", rpc_json_new_bool (verbose), rpc_json_new_bool (sequence), NULL),
      &error, FALSE);
}

static RpcJson *
answer_mempool (const NodeRest *rest)
{
  g_autoptr (GError) error = NULL;
  gboolean contents = g_str_equal (rest->whole, "contents");

  if (!contents && !g_str_equal (rest->whole, "info"))
    return node_rest_fail (BAD_REQUEST, "Invalid URI format. Expected /rest/mempool/<info|contents>.json");
  if (rest->format != NODE_REST_JSON)
    return fail_only_json ();
  return contents ? answer_mempool_contents (rest)
                  : forward_result (node_rest_call (rest, &error, "getmempoolinfo", NULL), &error, FALSE);
}

static RpcJson *
answer_hash (const NodeRest *rest)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RpcJson) hash = NULL;
  guint8 hash32[32];
  g_autofree char *hex = NULL;
  RpcJson *json;
  char *end;
  gint64 height = g_ascii_strtoll (rest->whole, &end, 10);

  if (!g_ascii_isdigit (*rest->whole) || *end != '\0' || height > G_MAXINT32)
    return node_rest_fail (BAD_REQUEST, "Invalid height: %s", rest->whole);
  hash = node_rest_call (rest, &error, "getblockhash", rpc_json_new_int (height), NULL);
  if (hash == NULL)
    return node_rest_fail_with (error, "%s", error->message);
  if (rest->format == NODE_REST_NONE)
    return node_rest_fail_format ();
  if (rest->format == NODE_REST_JSON) {
    json = rpc_json_new_object ();
    rpc_json_set (json, "blockhash", rpc_json_ref (hash));
    return node_rest_json (json, FALSE);
  }
  if (rest->format == NODE_REST_HEX)
    return node_rest_data (rest, rpc_json_string (hash), FALSE);
  common_hex_decode_reversed (rpc_json_string (hash), hash32, 32);
  hex = common_hex_encode (hash32, 32);
  return node_rest_data (rest, hex, FALSE);
}

static const struct {
  const char *prefix;
  RpcJson *(*answer) (const NodeRest *rest);
} endpoints[] = {
  { "tx/", answer_tx },
  { "block/notxdetails/", node_rest_block_ids },
  { "block/", node_rest_block },
  { "blockpart/", node_rest_block_part },
  { "blockfilter/", node_rest_filter },
  { "blockfilterheaders/", node_rest_filter_headers },
  { "chaininfo", answer_chain_info },
  { "mempool/", answer_mempool },
  { "headers/", node_rest_headers },
  { "getutxos", node_rest_coins },
  { "deploymentinfo/", answer_deployments },
  { "deploymentinfo", answer_deployments },
  { "blockhashbyheight/", answer_hash },
  { "spenttxouts/", node_rest_spent },
};

/* Removes the query and the format suffix from TEXT; a dot at its end is an empty suffix. */
static NodeRestFormat
split_format (char *text)
{
  static const char *const names[] = { "", "bin", "hex", "json" };
  char *query = strrchr (text, '?'), *dot;

  if (query != NULL)
    *query = '\0';
  dot = strrchr (text, '.');
  for (guint i = NODE_REST_NONE; dot != NULL && i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (dot + 1, names[i])) {
      *dot = '\0';
      return i;
    }
  return NODE_REST_NONE;
}

static RpcJson *
run_rest (RpcCall *call, GError **error)
{
  const NodeContext *context = call->user_data;
  const char *target = rpc_call_string (call, 0);
  g_autoptr (GBytes) body = common_hex_decode_bytes (rpc_call_string (call, 1));
  g_autofree char *warmup = rpc_table_dup_warmup (context->methods);

  for (guint i = 0; i < G_N_ELEMENTS (endpoints); i++) {
    g_autofree char *whole = NULL;
    g_auto (GStrv) parts = NULL;
    NodeRest rest = { .context = context, .cancellable = call->cancellable, .target = target };

    if (!g_str_has_prefix (target, endpoints[i].prefix))
      continue;
    if (warmup != NULL)
      return node_rest_fail_warmup (warmup);
    rest.whole = whole = g_strdup (target + strlen (endpoints[i].prefix));
    rest.format = split_format (whole);
    rest.path = parts = node_rest_split (whole);
    rest.n_path = g_strv_length (parts);
    rest.body = body;
    return endpoints[i].answer (&rest);
  }
  return node_rest_fail_path ();
}

static const RpcMethod methods[] = {
  { "hidden",
    "rest",
    run_rest,
    "Answers a request below /rest/.",
    { { "target", RPC_ARG_STRING, TRUE, "" }, { "body", RPC_ARG_STRING, TRUE, "" } } },
};

RpcTable *
node_rest_new (const NodeContext *context, guint threads)
{
  RpcTable *table = rpc_table_new ((gpointer) context, threads);

  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
  return table;
}
