#include <string.h>

#include "bitcoin/primitives/tx.h"
#include "common/hex.h"
#include "node/rpc/rest_private.h"

/* getutxos (BIP 64): which of the given outputs are unspent. */

#define BAD_REQUEST 400
#define MAX_OUTPOINTS 15
#define MEMPOOL_HEIGHT 0x7fffffff

typedef struct {
  gboolean check_mempool;
  GArray *outpoints; /* BtcOutpoint */
} Question;

static gboolean
parse_outpoint (const char *text, BtcOutpoint *outpoint)
{
  g_auto (GStrv) parts = g_strsplit (text, "-", -1);
  guint64 n;
  char *end;

  if (g_strv_length (parts) != 2 || !node_rest_is_hash (parts[0]) || !g_ascii_isdigit (*parts[1]))
    return FALSE;
  n = g_ascii_strtoull (parts[1], &end, 10);
  outpoint->n = (guint32) n;
  return *end == '\0' && n <= G_MAXUINT32 && common_hex_decode_reversed (parts[0], outpoint->txid32, 32);
}

/* "checkmempool/TXID-N/TXID-N…". Returns NULL, or the error. */
static RpcJson *
read_path (const char *path, Question *question)
{
  g_auto (GStrv) parts = node_rest_split (path);
  guint i = 0;

  if (g_str_equal (parts[0], "checkmempool")) {
    question->check_mempool = TRUE;
    i++;
  }
  for (; parts[i] != NULL; i++) {
    BtcOutpoint outpoint;
    if (!parse_outpoint (parts[i], &outpoint))
      return node_rest_fail (BAD_REQUEST, "Parse error");
    g_array_append_val (question->outpoints, outpoint);
  }
  return question->outpoints->len > 0 ? NULL : node_rest_fail (BAD_REQUEST, "Error: empty request");
}

/* The body in hex, whose bytes may be separated by white space. Empty if it is not hex. */
static GBytes *
decode_body (GBytes *body)
{
  gsize len;
  const char *text = g_bytes_get_data (body, &len);
  g_autoptr (GString) digits = g_string_sized_new (len);

  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isspace (text[i]) || digits->len % 2 != 0)
      g_string_append_c (digits, text[i]);
  return strlen (digits->str) == digits->len ? common_hex_decode_bytes (digits->str) : NULL;
}

static gboolean
parse_body (GBytes *raw, Question *question)
{
  BtcReader reader;
  gsize len, n;
  const guint8 *data = g_bytes_get_data (raw, &len);

  btc_reader_init (&reader, data, len);
  question->check_mempool = btc_reader_u8 (&reader) != 0;
  n = btc_reader_compact_size (&reader);
  for (gsize i = 0; i < n && !reader.failed; i++) {
    BtcOutpoint outpoint;
    btc_reader_copy (&reader, outpoint.txid32, 32);
    outpoint.n = btc_reader_u32 (&reader);
    g_array_append_val (question->outpoints, outpoint);
  }
  return !reader.failed;
}

static RpcJson *
read_question (const NodeRest *rest, Question *question)
{
  gboolean has_body = g_bytes_get_size (rest->body) > 0, in_path = strlen (rest->whole) > 1;
  g_autoptr (GBytes) raw = NULL;
  RpcJson *reply = NULL;

  if (!has_body && !in_path)
    return node_rest_fail (BAD_REQUEST, "Error: empty request");
  if (in_path)
    reply = read_path (rest->whole + 1, question);
  if (reply != NULL)
    return reply;
  if (rest->format == NODE_REST_NONE)
    return node_rest_fail_format ();
  if (rest->format == NODE_REST_JSON)
    return in_path ? NULL : node_rest_fail (BAD_REQUEST, "Error: empty request");
  raw = rest->format == NODE_REST_HEX ? decode_body (rest->body) : g_bytes_ref (rest->body);
  if (raw == NULL || g_bytes_get_size (raw) == 0)
    return NULL;
  if (in_path)
    return node_rest_fail (BAD_REQUEST, "Combination of URI scheme inputs and raw post data is not allowed");
  return parse_body (raw, question) ? NULL : node_rest_fail (BAD_REQUEST, "Parse error");
}

typedef struct {
  gint64 height;
  char *tip;
  GString *hits; /* "101" */
  RpcJson *coins;
} Answer;

static RpcJson *
make_coin (const Answer *answer, const RpcJson *found)
{
  RpcJson *coin = rpc_json_new_object ();
  gint64 confirmations = 0;

  rpc_json_int (rpc_json_get (found, "confirmations"), &confirmations);
  rpc_json_set (coin, "height",
                rpc_json_new_int (confirmations > 0 ? answer->height - confirmations + 1 : MEMPOOL_HEIGHT));
  rpc_json_set (coin, "value", rpc_json_ref (rpc_json_get (found, "value")));
  rpc_json_set (coin, "scriptPubKey", rpc_json_ref (rpc_json_get (found, "scriptPubKey")));
  return coin;
}

/* FALSE with ERROR. *CHANGED: the tip has changed, so that the results are inconsistent. */
static gboolean
rest_find_coins (const NodeRest *rest, const Question *question, Answer *answer, gboolean *changed, GError **error)
{
  g_autoptr (RpcJson) info = node_rest_call (rest, error, "getblockchaininfo", NULL), after = NULL;

  if (info == NULL)
    return FALSE;
  rpc_json_int (rpc_json_get (info, "blocks"), &answer->height);
  g_free (answer->tip);
  answer->tip = g_strdup (rpc_json_string (rpc_json_get (info, "bestblockhash")));
  for (guint i = 0; i < question->outpoints->len; i++) {
    const BtcOutpoint *outpoint = &g_array_index (question->outpoints, BtcOutpoint, i);
    g_autoptr (RpcJson) found
        = node_rest_call (rest, error, "gettxout", rpc_json_new_hash (outpoint->txid32), rpc_json_new_int (outpoint->n),
                          rpc_json_new_bool (question->check_mempool), NULL);
    if (found == NULL)
      return FALSE;
    g_string_append_c (answer->hits, rpc_json_type (found) != RPC_JSON_NULL ? '1' : '0');
    if (rpc_json_type (found) != RPC_JSON_NULL)
      rpc_json_append (answer->coins, make_coin (answer, found));
  }
  after = node_rest_call (rest, error, "getbestblockhash", NULL);
  *changed = after != NULL && !g_str_equal (rpc_json_string (after), answer->tip);
  return after != NULL;
}

static void
write_coin (GByteArray *bytes, const RpcJson *coin)
{
  const char *script = rpc_json_string (rpc_json_get (rpc_json_get (coin, "scriptPubKey"), "hex"));
  g_autoptr (GBytes) raw = common_hex_decode_bytes (script);
  gint64 height = 0, sat = 0;

  rpc_json_int (rpc_json_get (coin, "height"), &height);
  rpc_json_amount (rpc_json_get (coin, "value"), &sat);
  btc_write_u32 (bytes, 0); /* formerly the version of the transaction */
  btc_write_u32 (bytes, (guint32) height);
  btc_write_i64 (bytes, sat);
  btc_write_bytes (bytes, g_bytes_get_data (raw, NULL), g_bytes_get_size (raw));
}

static char *
serialize_coins (const Answer *answer)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *bitmap = g_malloc0 (answer->hits->len / 8 + 1);
  guint8 tip32[32];

  common_hex_decode_reversed (answer->tip, tip32, 32);
  for (gsize i = 0; i < answer->hits->len; i++)
    bitmap[i / 8] |= (guint8) ((answer->hits->str[i] == '1') << i % 8);
  btc_write_u32 (bytes, (guint32) answer->height);
  btc_write_data (bytes, tip32, 32);
  btc_write_bytes (bytes, bitmap, (answer->hits->len + 7) / 8);
  btc_write_compact (bytes, rpc_json_len (answer->coins));
  for (gsize i = 0; i < rpc_json_len (answer->coins); i++)
    write_coin (bytes, rpc_json_at (answer->coins, i));
  return common_hex_encode (bytes->data, bytes->len);
}

static RpcJson *
rest_show_coins (const NodeRest *rest, const Answer *answer)
{
  g_autofree char *hex = NULL;
  RpcJson *json;

  if (rest->format != NODE_REST_JSON) {
    hex = serialize_coins (answer);
    return node_rest_data (rest, hex, FALSE);
  }
  json = rpc_json_new_object ();
  rpc_json_set (json, "chainHeight", rpc_json_new_int (answer->height));
  rpc_json_set (json, "chaintipHash", rpc_json_new_string (answer->tip));
  rpc_json_set (json, "bitmap", rpc_json_new_string (answer->hits->str));
  rpc_json_set (json, "utxos", rpc_json_ref (answer->coins));
  return node_rest_json (json, FALSE);
}

RpcJson *
node_rest_coins (const NodeRest *rest)
{
  g_autoptr (GArray) outpoints = g_array_new (FALSE, FALSE, sizeof (BtcOutpoint));
  Question question = { .outpoints = outpoints };
  RpcJson *reply = read_question (rest, &question);
  gboolean changed = TRUE, good = TRUE;
  g_autoptr (GError) error = NULL;

  if (reply != NULL)
    return reply;
  if (outpoints->len > MAX_OUTPOINTS)
    return node_rest_fail (BAD_REQUEST, "Error: max outpoints exceeded (max: %d, tried: %u)", MAX_OUTPOINTS,
                           outpoints->len);
  while (good && changed) {
    g_autoptr (GString) hits = g_string_new (NULL);
    g_autoptr (RpcJson) coins = rpc_json_new_array ();
    Answer answer = { .hits = hits, .coins = coins };

    good = rest_find_coins (rest, &question, &answer, &changed, &error);
    if (good && !changed)
      reply = rest_show_coins (rest, &answer);
    g_free (answer.tip);
  }
  return good ? reply : node_rest_fail_with (error, "%s", error->message);
}
