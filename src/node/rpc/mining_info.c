#include "node/mining/mining.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/header_json.h"
#include "node/rpc/network.h"

/* Information for miners. */

#define DEFAULT_LOOKUP 120

/* The work per second of the COUNT blocks up to LAST. */
static double
hash_rate (const NodeBlock *last, gint64 count)
{
  const NodeBlock *first = last;
  gint64 earliest = last->header.time, latest = earliest;
  BtcUint256 work;

  for (gint64 i = 0; i < count; i++) {
    first = first->prev;
    earliest = MIN (earliest, (gint64) first->header.time);
    latest = MAX (latest, (gint64) first->header.time);
  }
  if (earliest == latest)
    return 0;
  btc_uint256_sub (&work, &last->chain_work, &first->chain_work);
  return btc_uint256_to_double (&work) / (double) (latest - earliest);
}

static RpcJson *
make_hash_rate (NodeChain *chain, const NodeBlock *last, gint64 count, gint64 height, GError **error)
{
  if (count < -1 || count == 0)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Invalid nblocks. Must be a positive number or -1.");
  if (height < -1 || height > last->height)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Block does not exist at specified height");
  if (height >= 0)
    last = node_block_ancestor (last, (guint32) height);
  if (last->height == 0)
    return rpc_json_new_int (0);
  if (count == -1)
    count = last->height % btc_params_retarget_interval (node_chain_params (chain)) + 1;
  return rpc_json_new_double (hash_rate (last, MIN (count, (gint64) last->height)));
}

static RpcJson *
run_getnetworkhashps (RpcCall *call, GError **error)
{
  g_autoptr (NodeTip) tip = node_rpc_ref_tip (call, error);
  gint64 count, height;

  if (tip == NULL)
    return NULL;
  if (!rpc_call_int (call, 0, DEFAULT_LOOKUP, G_MININT32, G_MAXINT32, &count, error)
      || !rpc_call_int (call, 1, -1, G_MININT32, G_MAXINT32, &height, error))
    return NULL;
  return make_hash_rate (node_rpc_context (call)->chain, tip->block, count, height, error);
}

static RpcJson *
make_next (NodeMining *mining, const NodeBlock *tip)
{
  RpcJson *json = rpc_json_new_object ();
  BtcHeader header;
  gint64 min_time;

  node_mining_next_header (mining, tip, &header, &min_time);
  rpc_json_set (json, "height", rpc_json_new_int ((gint64) tip->height + 1));
  rpc_json_set (json, "bits", node_rpc_new_bits (header.bits));
  rpc_json_set (json, "difficulty", rpc_json_new_double (node_rpc_difficulty (header.bits)));
  rpc_json_set (json, "target", node_rpc_new_target (header.bits));
  return json;
}

static RpcJson *
get_mining_info (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  NodeMining *mining = node_rpc_context (call)->mining;
  const NodeBlock *tip = node_chain_tip (chain);
  RpcJson *json = rpc_json_new_object ();
  guint64 weight;
  guint n_txs;

  rpc_json_set (json, "blocks", rpc_json_new_int (tip->height));
  if (node_mining_get_last (mining, &weight, &n_txs)) {
    rpc_json_set (json, "currentblockweight", rpc_json_new_int ((gint64) weight));
    rpc_json_set (json, "currentblocktx", rpc_json_new_int (n_txs));
  }
  rpc_json_set (json, "bits", node_rpc_new_bits (tip->header.bits));
  rpc_json_set (json, "difficulty", rpc_json_new_double (node_rpc_difficulty (tip->header.bits)));
  rpc_json_set (json, "target", node_rpc_new_target (tip->header.bits));
  rpc_json_set (json, "networkhashps", make_hash_rate (chain, tip, DEFAULT_LOOKUP, -1, NULL));
  rpc_json_set (json, "pooledtx", rpc_json_new_int (node_mempool_count (mempool)));
  rpc_json_set (json, "blockmintxfee", rpc_json_new_amount (node_mining_options (mining)->min_fee_rate_sat_per_kvb));
  rpc_json_set (json, "chain", rpc_json_new_string (node_chain_params (chain)->network->name));
  rpc_json_set (json, "next", make_next (mining, tip));
  node_rpc_add_signet_challenge (json, chain);
  rpc_json_set (json, "warnings", node_rpc_new_warnings (call));
  return json;
}

static RpcJson *
run_getmininginfo (RpcCall *call, GError **error)
{
  return node_rpc_on_chain (call, get_mining_info, NULL, error);
}

#define MINING_INFO(WARNINGS, FORM)                                                                                    \
  {                                                                                                                    \
    "Mining", "getmininginfo", run_getmininginfo, "Returns the state of mining.",                                      \
        .result                                                                                                        \
        = "{blocks: num, currentblockweight?: num, currentblocktx?: num, bits: hex, difficulty: num, target: hex, "    \
          "networkhashps: num, pooledtx: num, blockmintxfee: amount, chain: str, signet_challenge?: hex, next: "       \
          "{height: num, bits: hex, difficulty: num, target: hex}, warnings: " WARNINGS "}",                           \
        .deprecated = FORM                                                                                             \
  }

static const RpcMethod methods[] = {
  MINING_INFO ("[str]", NULL),
  MINING_INFO ("str", "warnings"),
  { "Mining",
    "getnetworkhashps",
    run_getnetworkhashps,
    "Estimates the hash rate of the network in hashes per second.\n\nn    (numeric) Hashes a second",
    { { "nblocks", RPC_ARG_INT, FALSE, "The number of blocks to average; -1: since the last difficulty change",
        .fallback = "120" },
      { "height", RPC_ARG_INT, FALSE, "The height to estimate at; -1: the tip", .fallback = "-1" } },
    .result = "num" },
};

void
node_rpc_add_mining_info (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
