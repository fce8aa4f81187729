#include <string.h>

#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/scan_objects.h"

/* scantxoutset: scans the UTXO set for scripts. One scan at a time; other calls return its progress or abort it. */

static gint scanning;       /* atomic */
static gint abort_wanted;   /* atomic */
static gint progress_value; /* atomic, percent */

typedef struct {
  NodeCoinsCursor *cursor;
  const NodeBlock *tip;
} Start;

typedef struct {
  BtcOutpoint outpoint;
  BtcCoin coin; /* its script is borrowed from the needle */
  const char *descriptor;
} Match;

static RpcJson *
scan_open_cursor (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  Start *start = data;

  start->cursor = node_coins_cursor_new (node_chain_coins (chain));
  start->tip = node_chain_coins_tip (chain);
  return rpc_json_new_null ();
}

/* Coins are in the order of their txids, so the progress follows from the txid. */
static void
set_progress (const BtcOutpoint *outpoint)
{
  guint high = outpoint->txid32[0] * 0x100u + outpoint->txid32[1];
  g_atomic_int_set (&progress_value, (gint) (high * 100.0 / 65536.0 + 0.5));
}

/* FALSE when it was aborted, or with ERROR when the coins cannot be read. */
static gboolean
scan_all_coins (RpcCall *call,
                NodeCoinsCursor *cursor,
                GHashTable *needles,
                GArray *matches,
                gint64 *count,
                GError **error)
{
  g_autoptr (GError) problem = NULL;
  BtcOutpoint outpoint;
  BtcCoin coin;

  while (node_coins_cursor_next (cursor, &outpoint, &coin, &problem)) {
    NodeScanNeedle *needle;

    if (++*count % 8192 == 0 && (g_atomic_int_get (&abort_wanted) || g_cancellable_is_cancelled (call->cancellable)))
      return FALSE;
    if (*count % 256 == 0)
      set_progress (&outpoint);
    needle = node_scan_find (needles, coin.out.script);
    if (needle != NULL) {
      Match match = { outpoint, coin, needle->descriptor };
      match.coin.out.script.data = g_bytes_get_data (needle->script, NULL);
      g_array_append_val (matches, match);
    }
  }
  if (problem != NULL)
    return rpc_refuse (error, RPC_INTERNAL_ERROR, "Unable to read UTXO set: %s", problem->message);
  g_atomic_int_set (&progress_value, 100);
  return TRUE;
}

static int
compare_matches (gconstpointer a, gconstpointer b)
{
  const Match *x = a, *y = b;

  int order = memcmp (x->outpoint.txid32, y->outpoint.txid32, 32);
  if (order != 0)
    return order;
  return x->outpoint.n < y->outpoint.n ? -1 : x->outpoint.n > y->outpoint.n;
}

static RpcJson *
make_unspents (GArray *matches, const NodeBlock *tip, gint64 *total_sat)
{
  RpcJson *list = rpc_json_new_array ();

  g_array_sort (matches, compare_matches);
  for (guint i = 0; i < matches->len; i++) {
    const Match *match = &g_array_index (matches, Match, i);
    const BtcCoin *coin = &match->coin;
    RpcJson *json = rpc_json_new_object ();

    *total_sat += coin->out.value_sat;
    rpc_json_set (json, "txid", rpc_json_new_hash (match->outpoint.txid32));
    rpc_json_set (json, "vout", rpc_json_new_int (match->outpoint.n));
    rpc_json_set (json, "scriptPubKey", rpc_json_new_hex (coin->out.script.data, coin->out.script.len));
    rpc_json_set (json, "desc", rpc_json_new_string (match->descriptor));
    rpc_json_set (json, "amount", rpc_json_new_amount (coin->out.value_sat));
    rpc_json_set (json, "coinbase", rpc_json_new_bool (coin->coinbase));
    rpc_json_set (json, "height", rpc_json_new_int (coin->height));
    rpc_json_set (json, "blockhash", rpc_json_new_hash (node_block_ancestor (tip, coin->height)->hash32));
    rpc_json_set (json, "confirmations", rpc_json_new_int ((gint64) tip->height - coin->height + 1));
    rpc_json_append (list, json);
  }
  return list;
}

static RpcJson *
scan_coins (RpcCall *call, GError **error)
{
  BtcNetwork network = node_rpc_context (call)->params->network->network;
  g_autoptr (GHashTable) needles = NULL;
  g_autoptr (GArray) matches = g_array_new (FALSE, FALSE, sizeof (Match));
  g_autoptr (RpcJson) opened = NULL;
  g_autoptr (GError) problem = NULL;
  Start start = { NULL, NULL };
  gint64 count = 0, total_sat = 0;
  gboolean done;
  RpcJson *json;

  if (call->args[1] == NULL)
    return rpc_fail (error, RPC_MISC_ERROR, "scanobjects argument is required for the start action");
  needles = node_scan_parse (call->args[1], network, error);
  if (needles == NULL)
    return NULL;
  opened = node_rpc_run_flushed (call, scan_open_cursor, &start, error);
  if (opened == NULL)
    return NULL;
  done = scan_all_coins (call, start.cursor, needles, matches, &count, &problem);
  node_coins_cursor_free (start.cursor);
  if (problem != NULL) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return NULL;
  }
  json = rpc_json_new_object ();
  rpc_json_set (json, "success", rpc_json_new_bool (done));
  rpc_json_set (json, "txouts", rpc_json_new_int (count));
  rpc_json_set (json, "height", rpc_json_new_int (start.tip->height));
  rpc_json_set (json, "bestblock", rpc_json_new_hash (start.tip->hash32));
  rpc_json_set (json, "unspents", make_unspents (matches, start.tip, &total_sat));
  rpc_json_set (json, "total_amount", rpc_json_new_amount (total_sat));
  return json;
}

static RpcJson *
run_scantxoutset (RpcCall *call, GError **error)
{
  const char *action = rpc_call_string (call, 0);
  RpcJson *json;

  if (g_str_equal (action, "status")) {
    if (!g_atomic_int_get (&scanning))
      return rpc_json_new_null ();
    json = rpc_json_new_object ();
    rpc_json_set (json, "progress", rpc_json_new_int (g_atomic_int_get (&progress_value)));
    return json;
  }
  if (g_str_equal (action, "abort")) {
    if (!g_atomic_int_get (&scanning))
      return rpc_json_new_bool (FALSE);
    g_atomic_int_set (&abort_wanted, 1);
    return rpc_json_new_bool (TRUE);
  }
  if (!g_str_equal (action, "start"))
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Invalid action '%s'", action);
  if (!g_atomic_int_compare_and_exchange (&scanning, 0, 1))
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Scan already in progress, use action \"abort\" or \"status\"");
  g_atomic_int_set (&abort_wanted, 0);
  json = scan_coins (call, error);
  g_atomic_int_set (&progress_value, 0);
  g_atomic_int_set (&scanning, 0);
  return json;
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "scantxoutset",
    run_scantxoutset,
    "Scans the UTXO set for outputs of descriptors.",
    { { "action", RPC_ARG_STRING, TRUE, "\"start\", \"abort\", or \"status\" for the progress in percent" },
      { "scanobjects", RPC_ARG_ARRAY, FALSE,
        "Descriptors, or objects with \"desc\" and \"range\": the last index, or [first, last], of the keys to derive "
        "(default: 1000)",
        .shape = "[str, {desc: str, range?: range = 1000}]", .shown = "[scanobjects,...]" } },
    .result = "{success: bool, txouts: num, height: num, bestblock: hex, unspents: [{txid: hex, vout: num, "
              "scriptPubKey: hex, desc: str, amount: amount, coinbase: bool, height: num, blockhash: hex, "
              "confirmations: num}], total_amount: amount} | bool | {progress: num} | null" },
};

void
node_rpc_add_scan (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
