#include <string.h>

#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/script_json.h"

typedef struct {
  BtcOutpoint outpoint;
  gboolean with_mempool;
} OutQuery;

/* *COIN for the outpoint; FALSE when it is spent, or never was. *WAITING: it is of the mempool. */
static gboolean
find_coin (NodeChain *chain,
           NodeMempool *mempool,
           const OutQuery *query,
           BtcCoin *coin,
           gboolean *waiting,
           GError **problem) {
  gboolean found = FALSE;

  *waiting = FALSE;
  if (query->with_mempool) {
    if (node_mempool_find_spender (mempool, &query->outpoint) != NULL)
      return FALSE;
    *waiting = node_mempool_get_coin (mempool, &query->outpoint, coin);
    if (*waiting)
      return TRUE;
  }
  return node_coins_get (node_chain_coins (chain), &query->outpoint, coin, &found, problem) && found;
}

static RpcJson *
get_out (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error) {
  const OutQuery *query = data;
  const NodeBlock *tip = node_chain_tip (chain);
  BtcNetwork network = node_chain_params (chain)->network->network;
  GError *problem = NULL;
  gboolean waiting;
  BtcCoin coin;
  RpcJson *json;

  if (!find_coin (chain, mempool, query, &coin, &waiting, &problem))
    return problem != NULL ? node_rpc_fail_disk (error, problem) : rpc_json_new_null ();
  json = rpc_json_new_object ();
  rpc_json_set (json, "bestblock", rpc_json_new_hash (tip->hash32));
  rpc_json_set (json, "confirmations", rpc_json_new_int (waiting ? 0 : (gint64) tip->height - coin.height + 1));
  rpc_json_set (json, "value", rpc_json_new_amount (coin.out.value_sat));
  rpc_json_set (json, "scriptPubKey", node_rpc_script_to_json (coin.out.script, network, TRUE));
  rpc_json_set (json, "coinbase", rpc_json_new_bool (coin.coinbase));
  return json;
}

static RpcJson *
run_gettxout (RpcCall *call, GError **error) {
  OutQuery query;
  gint64 n;

  if (!rpc_call_hash (call, 0, query.outpoint.txid32, error) || !rpc_int_from_json (call->args[1], &n, error))
    return NULL;
  if (n < 0 || n > G_MAXUINT32)
    return rpc_fail (error, RPC_MISC_ERROR, "JSON integer out of range");
  query.outpoint.n = (guint32) n;
  query.with_mempool = rpc_call_bool (call, 2, TRUE);
  return node_rpc_on_chain (call, get_out, &query, error);
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "gettxout",
    run_gettxout,
    "Shows an output that is not spent; null when it is, or when there is no such output.",
    { { "txid", RPC_ARG_HEX, TRUE, "The transaction's id" },
      { "n", RPC_ARG_INT, TRUE, "The place of the output in it" },
      { "include_mempool", RPC_ARG_BOOL, FALSE,
        "Count with what waits for a block: what it makes, and what it spends (default: true)" } } },
};

void
node_rpc_add_coins (RpcTable *table) {
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
