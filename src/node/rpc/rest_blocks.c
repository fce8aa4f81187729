#include <string.h>

#include "bitcoin/primitives/serialize.h"
#include "common/hex.h"
#include "node/rpc/read_block.h"
#include "node/rpc/rest_private.h"
#include "rpc/tx/script_json.h"

/* Blocks, headers, spent outputs of blocks, filters. */

#define BAD_REQUEST 400
#define NOT_FOUND 404
#define INTERNAL_ERROR 500
#define MAX_HEADERS 2000
#define FILTER_BASIC 0

/* Parses TEXT, which must consist of digits only; otherwise FALSE. */
static gboolean
parse_size (const char *text, guint64 *value)
{
  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, value, NULL);
}

static RpcJson *
fail_block (const GError *error, const char *hash)
{
  if (g_error_matches (error, RPC_ERROR, RPC_INVALID_ADDRESS_OR_KEY))
    return node_rest_fail (NOT_FOUND, "%s not found", hash);
  if (g_str_has_prefix (error->message, "Block not available"))
    return node_rest_fail (NOT_FOUND, "%s not available%s", hash, error->message + strlen ("Block not available"));
  if (g_str_has_prefix (error->message, "Block not found on disk"))
    return node_rest_fail (INTERNAL_ERROR, "I/O error reading %s", hash);
  return node_rest_fail_with (error, "%s", error->message);
}

/* getblock with VERBOSITY; on failure *REPLY is the error. */
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
  if (block == NULL)
    *reply = fail_block (error, hash);
  return block;
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
  g_autofree char *part = NULL, *offset_text = node_rest_dup_query (rest, "offset", ""),
                  *size_text = node_rest_dup_query (rest, "size", "");
  guint64 offset, size, len;

  if (!parse_size (offset_text, &offset))
    return node_rest_fail (BAD_REQUEST, "Block part offset missing or invalid");
  if (!parse_size (size_text, &size))
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

/* Parses the count and the first block: the deprecated ".../COUNT/HASH", or ".../HASH?count=COUNT", after SKIP other
 * parts. Returns NULL, or the error. */
static RpcJson *
read_count (const NodeRest *rest, guint skip, const char *form, const char **hash, guint64 *count)
{
  g_autofree char *text = NULL;

  if (rest->n_path != skip + 1 && rest->n_path != skip + 2)
    return node_rest_fail (BAD_REQUEST, "Invalid URI format. Expected /rest/%s.<ext>?count=<count>", form);
  *hash = rest->path[rest->n_path - 1];
  text = rest->n_path == skip + 2 ? g_strdup (rest->path[skip]) : node_rest_dup_query (rest, "count", "5");
  if (!parse_size (text, count) || *count < 1 || *count > MAX_HEADERS)
    return node_rest_fail (BAD_REQUEST, "Header count is invalid or out of acceptable range (1-%d): %s", MAX_HEADERS,
                           text);
  return node_rest_is_hash (*hash) ? NULL : node_rest_fail (BAD_REQUEST, "Invalid hash: %s", *hash);
}

/* The headers of the active chain from HASH on, as getblockheader returns them. NULL with ERROR during start-up. */
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

/* ---- spent outputs: a list for each transaction, which is empty for the coinbase ---- */

/* SPENT (NULL: not known) is in the order of the inputs. */
static RpcJson *
list_spent (const BtcBlock *block, const BtcCoin *spent, BtcNetwork network)
{
  RpcJson *list = rpc_json_new_array ();

  for (guint32 i = 0; i < block->n_txs; i++) {
    guint32 n = i > 0 && spent != NULL ? block->txs[i].n_in : 0;
    RpcJson *outs = rpc_json_new_array ();

    for (guint32 k = 0; k < n; k++, spent++) {
      RpcJson *out = rpc_json_new_object ();
      rpc_json_set (out, "value", rpc_json_new_amount (spent->out.value_sat));
      rpc_json_set (out, "scriptPubKey", rpc_script_to_json (spent->out.script, network, TRUE));
      rpc_json_append (outs, out);
    }
    rpc_json_append (list, rpc_json_pack (outs));
  }
  return list;
}

static char *
serialize_spent (const BtcBlock *block, const BtcCoin *spent)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  btc_write_compact (bytes, block->n_txs);
  for (guint32 i = 0; i < block->n_txs; i++) {
    guint32 n = i > 0 && spent != NULL ? block->txs[i].n_in : 0;

    btc_write_compact (bytes, n);
    for (guint32 k = 0; k < n; k++, spent++) {
      btc_write_i64 (bytes, spent->out.value_sat);
      btc_write_bytes (bytes, spent->out.script.data, spent->out.script.len);
    }
  }
  return common_hex_encode (bytes->data, bytes->len);
}

static RpcJson *
answer_spent (const NodeRest *rest, const BtcBlock *block, const BtcCoin *spent)
{
  g_autofree char *hex = NULL;

  /* A block with only a coinbase has no undo data. */
  if (spent == NULL && block->n_txs > 1)
    return node_rest_fail (NOT_FOUND, "%s undo not available", rest->whole);
  if (rest->format == NODE_REST_NONE)
    return node_rest_fail_format ();
  if (rest->format == NODE_REST_JSON)
    return node_rest_json (list_spent (block, spent, rest->context->params->network->network), TRUE);
  hex = serialize_spent (block, spent);
  return node_rest_data (rest, hex, TRUE);
}

/* The block of rest->whole and the coins that it spent, as getblock reports them. NULL with ERROR as from getblock. */
static BtcBlock *
read_block_and_spent (const NodeRest *rest, BtcCoin **spent, GByteArray *scripts, GError **error)
{
  NodeChain *chain = rest->context->chain;
  g_autoptr (RpcJson) header = NULL;
  g_auto (NodeBlockPin) pin = { 0 };
  g_autoptr (BtcBlock) block = NULL;
  guint8 hash32[32];

  header = node_rest_call (rest, error, "getblockheader", rpc_json_new_string (rest->whole), rpc_json_new_bool (FALSE),
                           NULL);
  if (header == NULL)
    return NULL;
  common_hex_decode_reversed (rest->whole, hash32, 32);
  if (!node_rpc_pin_block (chain, node_chain_find (chain, hash32), &pin, error))
    return NULL;
  block = node_rpc_read_pinned (&pin, error);
  if (block == NULL || !node_rpc_read_spent_if_stored (&pin, block, spent, scripts, error))
    return NULL;
  return g_steal_pointer (&block);
}

RpcJson *
node_rest_spent (const NodeRest *rest)
{
  g_autoptr (GByteArray) scripts = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (BtcBlock) block = NULL;
  g_autofree BtcCoin *spent = NULL;

  if (rest->n_path != 1)
    return node_rest_fail (BAD_REQUEST, "Invalid URI format. Expected /rest/spenttxouts/<hash>.<ext>");
  if (!node_rest_is_hash (rest->whole))
    return node_rest_fail (BAD_REQUEST, "Invalid hash: %s", rest->whole);
  block = read_block_and_spent (rest, &spent, scripts, &error);
  return block != NULL ? answer_spent (rest, block, spent) : fail_block (error, rest->whole);
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
