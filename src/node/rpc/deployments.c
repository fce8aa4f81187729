#include "bitcoin/consensus/versionbits.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"

/* The state of consensus changes. */

static const struct {
  BtcVerifyFlags flag;
  const char *name;
} flag_names[] = {
  { BTC_VERIFY_CHECKLOCKTIMEVERIFY, "CHECKLOCKTIMEVERIFY" },
  { BTC_VERIFY_CHECKSEQUENCEVERIFY, "CHECKSEQUENCEVERIFY" },
  { BTC_VERIFY_DERSIG, "DERSIG" },
  { BTC_VERIFY_NULLDUMMY, "NULLDUMMY" },
  { BTC_VERIFY_P2SH, "P2SH" },
  { BTC_VERIFY_TAPROOT, "TAPROOT" },
  { BTC_VERIFY_WITNESS, "WITNESS" },
};

static RpcJson *
make_flags (BtcVerifyFlags flags)
{
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; i < G_N_ELEMENTS (flag_names); i++)
    if (flags & flag_names[i].flag)
      rpc_json_append (list, rpc_json_new_string (flag_names[i].name));
  return list;
}

static void
add_buried (RpcJson *list, const char *name, const BtcParams *params, BtcBuried rule, const NodeBlock *block)
{
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "type", rpc_json_new_string ("buried"));
  rpc_json_set (json, "active", rpc_json_new_bool (btc_params_buried_active (params, rule, block->height + 1)));
  rpc_json_set (json, "height", rpc_json_new_int (params->buried_height[rule]));
  rpc_json_set (list, name, json);
}

static void
add_statistics (RpcJson *json, const BtcDeployment *deployment, const BtcPrevContext *block, BtcDeploymentState state)
{
  g_autoptr (GString) signalling = g_string_new (NULL);
  RpcJson *statistics = rpc_json_new_object ();
  BtcDeploymentStatistics count;

  btc_deployment_statistics (deployment, block, &count, signalling);
  rpc_json_set (statistics, "period", rpc_json_new_int (deployment->period));
  rpc_json_set (statistics, "elapsed", rpc_json_new_int (count.elapsed));
  rpc_json_set (statistics, "count", rpc_json_new_int (count.count));
  if (state == BTC_DEPLOYMENT_STARTED) {
    rpc_json_set (statistics, "threshold", rpc_json_new_int (deployment->threshold));
    rpc_json_set (statistics, "possible", rpc_json_new_bool (count.possible));
  }
  rpc_json_set (json, "statistics", statistics);
  rpc_json_set (json, "signalling", rpc_json_new_string (signalling->str));
}

static void
add_bip9 (RpcJson *list, const BtcDeployment *deployment, const NodeBlock *block)
{
  BtcPrevContext at = node_block_prev_context (block);
  BtcPrevContext before = { 0 };
  RpcJson *json, *bip9;
  BtcDeploymentState state, next;
  gboolean voting;
  guint32 since;

  if (deployment->start_time_s == BTC_DEPLOYMENT_NEVER_ACTIVE)
    return;
  if (block->prev != NULL)
    before = node_block_prev_context (block->prev);
  state = btc_deployment_state_after (deployment, block->prev != NULL ? &before : NULL, &since);
  next = btc_deployment_state_after (deployment, &at, NULL);
  voting = state == BTC_DEPLOYMENT_STARTED || state == BTC_DEPLOYMENT_LOCKED_IN;

  bip9 = rpc_json_new_object ();
  if (voting)
    rpc_json_set (bip9, "bit", rpc_json_new_int (deployment->bit));
  rpc_json_set (bip9, "start_time", rpc_json_new_int (deployment->start_time_s));
  rpc_json_set (bip9, "timeout", rpc_json_new_int (deployment->timeout_s));
  rpc_json_set (bip9, "min_activation_height", rpc_json_new_int (deployment->min_activation_height));
  rpc_json_set (bip9, "status", rpc_json_new_string (btc_deployment_state_name (state)));
  rpc_json_set (bip9, "since", rpc_json_new_int (since));
  rpc_json_set (bip9, "status_next", rpc_json_new_string (btc_deployment_state_name (next)));
  if (voting)
    add_statistics (bip9, deployment, &at, state);

  json = rpc_json_new_object ();
  rpc_json_set (json, "type", rpc_json_new_string ("bip9"));
  if (state == BTC_DEPLOYMENT_ACTIVE)
    rpc_json_set (json, "height", rpc_json_new_int (since));
  else if (next == BTC_DEPLOYMENT_ACTIVE)
    rpc_json_set (json, "height", rpc_json_new_int ((gint64) block->height + 1));
  rpc_json_set (json, "active", rpc_json_new_bool (next == BTC_DEPLOYMENT_ACTIVE));
  rpc_json_set (json, "bip9", bip9);
  rpc_json_set (list, deployment->name, json);
}

static RpcJson *
get_deployment_info (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  const NodeBlock *block = call->args[0] != NULL ? node_rpc_find_block (call, chain, 0, error) : node_chain_tip (chain);
  const BtcParams *params = node_chain_params (chain);
  RpcJson *json, *list;

  if (block == NULL)
    return NULL;
  list = rpc_json_new_object ();
  add_buried (list, "bip34", params, BTC_BURIED_BIP34, block);
  add_buried (list, "bip66", params, BTC_BURIED_DERSIG, block);
  add_buried (list, "bip65", params, BTC_BURIED_CLTV, block);
  add_buried (list, "csv", params, BTC_BURIED_CSV, block);
  add_buried (list, "segwit", params, BTC_BURIED_SEGWIT, block);
  add_bip9 (list, &params->testdummy, block);
  json = rpc_json_new_object ();
  rpc_json_set (json, "hash", rpc_json_new_hash (block->hash32));
  rpc_json_set (json, "height", rpc_json_new_int (block->height));
  rpc_json_set (json, "script_flags", make_flags (btc_params_script_flags (params, block->height, block->hash32)));
  rpc_json_set (json, "deployments", list);
  return json;
}

static RpcJson *
run_getdeploymentinfo (RpcCall *call, GError **error)
{
  return node_rpc_on_chain (call, get_deployment_info, NULL, error);
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "getdeploymentinfo",
    run_getdeploymentinfo,
    "Returns the state of consensus changes after a block.",
    { { "blockhash", RPC_ARG_HEX, FALSE, "The block hash", .fallback = "\"hash of current chain tip\"" } },
    .result = "{hash: str, height: num, script_flags: [str], deployments: {*: {type: str, height?: num, active: bool, "
              "bip9?: {bit?: num, start_time: time, timeout: time, min_activation_height: num, status: str, since: "
              "num, status_next: str, statistics?: {period: num, threshold?: num, elapsed: num, count: num, possible?: "
              "bool}, signalling?: str}}}}" },
};

void
node_rpc_add_deployments (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
