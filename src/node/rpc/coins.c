#include <string.h>

#include "node/rpc/categories.h"
#include "node/rpc/coinstats.h"
#include "node/rpc/context.h"
#include "node/store/coins_stats.h"
#include "rpc/tx/script_json.h"

typedef struct {
  BtcOutpoint outpoint;
  gboolean with_mempool;
} OutQuery;

/* *COIN of the outpoint, its script possibly in SCRIPTS; FALSE when it is spent or does not exist. *WAITING: it is
 * created by a mempool transaction. */
static gboolean
find_coin (NodeChain *chain,
           NodeMempool *mempool,
           const OutQuery *query,
           BtcCoin *coin,
           GByteArray *scripts,
           gboolean *waiting,
           GError **problem)
{
  gboolean found = FALSE;

  *waiting = FALSE;
  if (query->with_mempool) {
    if (node_mempool_find_spender (mempool, &query->outpoint) != NULL)
      return FALSE;
    *waiting = node_mempool_get_coin (mempool, &query->outpoint, coin);
    if (*waiting)
      return TRUE;
  }
  return node_coins_peek (node_chain_coins (chain), &query->outpoint, coin, scripts, &found, problem) && found;
}

static RpcJson *
get_out (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  const OutQuery *query = data;
  const NodeBlock *tip = node_chain_tip (chain);
  BtcNetwork network = node_chain_params (chain)->network->network;
  g_autoptr (GByteArray) scripts = g_byte_array_new ();
  GError *problem = NULL;
  gboolean waiting;
  BtcCoin coin;
  RpcJson *json;

  if (!find_coin (chain, mempool, query, &coin, scripts, &waiting, &problem))
    return problem != NULL ? node_rpc_fail_disk (error, problem) : rpc_json_new_null ();
  json = rpc_json_new_object ();
  rpc_json_set (json, "bestblock", rpc_json_new_hash (tip->hash32));
  rpc_json_set (json, "confirmations", rpc_json_new_int (waiting ? 0 : (gint64) tip->height - coin.height + 1));
  rpc_json_set (json, "value", rpc_json_new_amount (coin.out.value_sat));
  rpc_json_set (json, "scriptPubKey", rpc_script_to_json (coin.out.script, network, TRUE));
  rpc_json_set (json, "coinbase", rpc_json_new_bool (coin.coinbase));
  return json;
}

static RpcJson *
run_gettxout (RpcCall *call, GError **error)
{
  OutQuery query;
  gint64 n;

  if (!rpc_call_hash (call, 0, query.outpoint.txid32, error) || !rpc_uint32_from_json (call->args[1], &n, error))
    return NULL;
  query.outpoint.n = (guint32) n;
  query.with_mempool = rpc_call_bool (call, 2, TRUE);
  return node_rpc_on_chain (call, get_out, &query, error);
}

/* gettxoutsetinfo: the chain thread opens a cursor when all coins are on disk; the caller's thread then iterates over
 * them. */
typedef struct {
  NodeCoins *coins;
  NodeCoinsCursor *cursor;
  guint32 height;
} SetQuery;

static RpcJson *
coins_open_cursor (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  SetQuery *query = data;

  query->coins = node_chain_coins (chain);
  query->cursor = node_coins_cursor_new (query->coins);
  query->height = node_chain_coins_tip (chain)->height;
  return rpc_json_new_null ();
}

static gboolean
parse_hash_type (RpcCall *call, NodeCoinsHash *type, GError **error)
{
  const char *text = rpc_call_string (call, 0);

  if (text == NULL || g_str_equal (text, "hash_serialized_3"))
    *type = NODE_COINS_HASH_SERIALIZED;
  else if (g_str_equal (text, "muhash"))
    *type = NODE_COINS_HASH_MUHASH;
  else if (g_str_equal (text, "none"))
    *type = NODE_COINS_HASH_NONE;
  else
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "'%s' is not a valid hash_type", text);
  return TRUE;
}

static gboolean
coins_continue (guint64 txouts, gpointer cancellable)
{
  return !g_cancellable_is_cancelled (cancellable);
}

static RpcJson *
make_set_info (const NodeCoinsStats *stats, guint32 height, NodeCoinsHash type)
{
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "height", rpc_json_new_int (height));
  rpc_json_set (json, "bestblock", rpc_json_new_hash (stats->best32));
  rpc_json_set (json, "txouts", rpc_json_new_int ((gint64) stats->txouts));
  rpc_json_set (json, "bogosize", rpc_json_new_int ((gint64) stats->bogosize));
  if (type != NODE_COINS_HASH_NONE)
    rpc_json_set (json, type == NODE_COINS_HASH_MUHASH ? "muhash" : "hash_serialized_3",
                  rpc_json_new_hash (stats->hash32));
  rpc_json_set (json, "total_amount", rpc_json_new_amount (stats->total_amount_sat));
  rpc_json_set (json, "transactions", rpc_json_new_int ((gint64) stats->transactions));
  rpc_json_set (json, "disk_size", rpc_json_new_int ((gint64) stats->disk_size));
  return json;
}

static RpcJson *
run_gettxoutsetinfo (RpcCall *call, GError **error)
{
  g_autoptr (RpcJson) opened = NULL;
  g_autoptr (GError) problem = NULL;
  SetQuery query = { 0 };
  NodeCoinsHash type = NODE_COINS_HASH_NONE;
  NodeCoinsStats stats;
  RpcJson *indexed;
  gboolean done;

  if (!parse_hash_type (call, &type, error))
    return NULL;
  indexed = node_rpc_coinstats (call, type, &done, error);
  if (done)
    return indexed;
  opened = node_rpc_run_flushed (call, coins_open_cursor, &query, error);
  if (opened == NULL)
    return NULL;
  done = node_coins_stats (query.coins, query.cursor, type, coins_continue, call->cancellable, &stats, &problem);
  node_coins_cursor_free (query.cursor);
  if (!done)
    return rpc_fail (error, RPC_INTERNAL_ERROR, "Unable to read UTXO set: %s", problem->message);
  return make_set_info (&stats, query.height, type);
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "gettxoutsetinfo",
    run_gettxoutsetinfo,
    "Returns statistics of the UTXO set, and its hash. May take minutes.",
    { { "hash_type", RPC_ARG_STRING, FALSE, "hash_serialized_3 (default), muhash or none",
        .fallback = "\"hash_serialized_3\"" },
      { "hash_or_height", RPC_ARG_ANY, FALSE, "The block, by hash or height; needs -coinstatsindex (default: the tip)",
        .shape = "int | str" },
      { "use_index", RPC_ARG_BOOL, FALSE, "Use -coinstatsindex if it is enabled", .fallback = "true" } },
    .result
    = "{height: num, bestblock: hex, txouts: num, bogosize: num, hash_serialized_3?: hex, muhash?: hex, transactions?: "
      "num, disk_size?: num, total_amount: amount, total_unspendable_amount?: amount, block_info?: {prevout_spent: "
      "amount, coinbase: amount, new_outputs_ex_coinbase: amount, unspendable: amount, unspendables: {genesis_block: "
      "amount, bip30: amount, scripts: amount, unclaimed_rewards: amount}}}" },
  { "Blockchain",
    "gettxout",
    run_gettxout,
    "Returns an unspent output; null when it is spent or does not exist.",
    { { "txid", RPC_ARG_HEX, TRUE, "The transaction ID", .shape = "str" },
      { "n", RPC_ARG_INT, TRUE, "The index of the output" },
      { "include_mempool", RPC_ARG_BOOL, FALSE, "Include the outputs and spends of the mempool", .fallback = "true" } },
    .result = "null | {bestblock: hex, confirmations: num, value: amount, scriptPubKey: {asm: str, desc: str, hex: "
              "hex, type: str, address?: str}, coinbase: bool}" },
};

void
node_rpc_add_coins (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
