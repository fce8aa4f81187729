#include "node/rpc/coinstats.h"

#include <string.h>

#include "node/index/coinstats_index.h"

/* The block of argument 1, a hash or height; the tip if it was omitted. */
static const NodeBlock *
find_block (RpcCall *call, GError **error)
{
  g_autoptr (NodeTip) tip = node_rpc_ref_tip (call, error);

  if (tip == NULL || call->args[1] == NULL)
    return tip != NULL ? tip->block : NULL;
  return node_rpc_find_hash_or_height (node_rpc_context (call)->chain, tip->block, call->args[1], error);
}

static gboolean
check_request (RpcCall *call, NodeIndex *index, NodeCoinsHash type, gboolean use_index, GError **error)
{
  if (call->args[1] == NULL)
    return TRUE;
  if (index == NULL)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Querying specific block heights requires coinstatsindex");
  if (type == NODE_COINS_HASH_SERIALIZED)
    return rpc_refuse (error, RPC_INVALID_PARAMETER,
                       "hash_serialized_3 hash type cannot be queried for a specific block");
  return use_index
         || rpc_refuse (error, RPC_INVALID_PARAMETER,
                        "Cannot set use_index to false when querying for a specific block");
}

static gint64
get_unspendable (const NodeCoinstats *stats)
{
  return stats->unspendable_genesis_sat + stats->unspendable_bip30_sat + stats->unspendable_scripts_sat
         + stats->unspendable_unclaimed_sat;
}

/* The amount that a single block adds to a sum fits into 64 bits. */
static RpcJson *
new_difference (const BtcUint256 *after, const BtcUint256 *before)
{
  BtcUint256 difference;

  btc_uint256_sub (&difference, after, before);
  return rpc_json_new_amount ((gint64) difference.limb[0]);
}

static RpcJson *
make_block_info (const NodeCoinstats *stats, const NodeCoinstats *prev)
{
  RpcJson *json = rpc_json_new_object (), *lost = rpc_json_new_object ();

  rpc_json_set (json, "prevout_spent", new_difference (&stats->prevout_spent, &prev->prevout_spent));
  rpc_json_set (json, "coinbase", new_difference (&stats->coinbase, &prev->coinbase));
  rpc_json_set (json, "new_outputs_ex_coinbase",
                new_difference (&stats->new_outputs_ex_coinbase, &prev->new_outputs_ex_coinbase));
  rpc_json_set (json, "unspendable", rpc_json_new_amount (get_unspendable (stats) - get_unspendable (prev)));
  rpc_json_set (lost, "genesis_block",
                rpc_json_new_amount (stats->unspendable_genesis_sat - prev->unspendable_genesis_sat));
  rpc_json_set (lost, "bip30", rpc_json_new_amount (stats->unspendable_bip30_sat - prev->unspendable_bip30_sat));
  rpc_json_set (lost, "scripts", rpc_json_new_amount (stats->unspendable_scripts_sat - prev->unspendable_scripts_sat));
  rpc_json_set (lost, "unclaimed_rewards",
                rpc_json_new_amount (stats->unspendable_unclaimed_sat - prev->unspendable_unclaimed_sat));
  rpc_json_set (json, "unspendables", lost);
  return json;
}

static RpcJson *
make_info (const NodeBlock *block, const NodeCoinstats *stats, const NodeCoinstats *prev, NodeCoinsHash type)
{
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "height", rpc_json_new_int (block->height));
  rpc_json_set (json, "bestblock", rpc_json_new_hash (block->hash32));
  rpc_json_set (json, "txouts", rpc_json_new_int ((gint64) stats->txouts));
  rpc_json_set (json, "bogosize", rpc_json_new_int ((gint64) stats->bogosize));
  if (type == NODE_COINS_HASH_MUHASH)
    rpc_json_set (json, "muhash", rpc_json_new_hash (stats->muhash32));
  rpc_json_set (json, "total_amount", rpc_json_new_amount (stats->amount_sat));
  rpc_json_set (json, "total_unspendable_amount", rpc_json_new_amount (get_unspendable (stats)));
  rpc_json_set (json, "block_info", make_block_info (stats, prev));
  return json;
}

static RpcJson *
read_info (NodeIndex *index, const NodeBlock *block, NodeCoinsHash type, GError **error)
{
  NodeCoinstats stats, prev = { 0 };
  gboolean found, found_prev = TRUE;

  if (!node_coinstats_index_get (index, block, &stats, &found, NULL) || !found
      || (block->prev != NULL && !node_coinstats_index_get (index, block->prev, &prev, &found_prev, NULL))
      || !found_prev)
    return rpc_fail (error, RPC_INTERNAL_ERROR, "Unable to read UTXO set");
  return make_info (block, &stats, &prev, type);
}

RpcJson *
node_rpc_coinstats (RpcCall *call, NodeCoinsHash type, gboolean *done, GError **error)
{
  NodeIndex *index = node_indexes_get (node_rpc_context (call)->indexes, NODE_INDEX_COINSTATS);
  gboolean use_index = rpc_call_bool (call, 2, TRUE);
  const NodeBlock *block;
  NodeIndexState state;

  *done = TRUE;
  if (!check_request (call, index, type, use_index, error))
    return NULL;
  if (index == NULL || !use_index || type == NODE_COINS_HASH_SERIALIZED) {
    *done = FALSE;
    return NULL;
  }
  block = find_block (call, error);
  if (block == NULL)
    return NULL;
  if (!node_index_wait_synced (index)) {
    state = node_index_get_state (index);
    if (call->args[1] != NULL && block->height > state.height)
      return rpc_fail (error, RPC_INTERNAL_ERROR,
                       "Unable to get data because coinstatsindex is still syncing. Current height: %u", state.height);
  }
  return read_info (index, block, type, error);
}
