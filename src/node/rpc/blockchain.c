#include <string.h>

#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/header_json.h"
#include "node/rpc/network.h"
#include "node/rpc/prune.h"

static RpcJson *
run_getblockcount (RpcCall *call, GError **error)
{
  g_autoptr (NodeTip) tip = node_rpc_ref_tip (call, error);
  return tip != NULL ? rpc_json_new_int (tip->block->height) : NULL;
}

static RpcJson *
run_getbestblockhash (RpcCall *call, GError **error)
{
  g_autoptr (NodeTip) tip = node_rpc_ref_tip (call, error);
  return tip != NULL ? rpc_json_new_hash (tip->block->hash32) : NULL;
}

static RpcJson *
run_getblockhash (RpcCall *call, GError **error)
{
  g_autoptr (NodeTip) tip = NULL;
  const NodeBlock *block = NULL;
  gint64 height;

  if (!rpc_int32_from_json (call->args[0], &height, error))
    return NULL;
  tip = node_rpc_ref_tip (call, error);
  if (tip == NULL)
    return NULL;
  if (height >= 0 && height <= tip->block->height)
    block = node_block_ancestor (tip->block, (guint32) height);
  if (block == NULL)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Block height out of range");
  return rpc_json_new_hash (block->hash32);
}

static RpcJson *
run_getdifficulty (RpcCall *call, GError **error)
{
  g_autoptr (NodeTip) tip = node_rpc_ref_tip (call, error);
  return tip != NULL ? rpc_json_new_double (node_rpc_difficulty (tip->block->header.bits)) : NULL;
}

/* The background validation of the blocks below a snapshot. */
static void
add_background (RpcJson *json, NodeChain *chain)
{
  NodeChainstateInfo states[2];
  const NodeBlock *tip, *target;
  RpcJson *background;

  if (node_chain_get_states (chain, states) < 2)
    return;
  tip = states[0].tip;
  target = states[0].target;
  background = rpc_json_new_object ();
  rpc_json_set (background, "snapshotheight", rpc_json_new_int (target->height));
  rpc_json_set (background, "blocks", rpc_json_new_int (tip->height));
  rpc_json_set (background, "bestblockhash", rpc_json_new_hash (tip->hash32));
  rpc_json_set (background, "mediantime", rpc_json_new_int (node_block_median_time_past (tip)));
  rpc_json_set (background, "chainwork", node_rpc_new_work (&tip->chain_work));
  rpc_json_set (background, "verificationprogress",
                rpc_json_new_double ((double) tip->chain_tx / (double) MAX (target->chain_tx, 1)));
  rpc_json_set (json, "backgroundvalidation", background);
}

static RpcJson *
get_blockchain_info (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  const NodeBlock *tip = node_chain_tip (chain);
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "chain", rpc_json_new_string (node_chain_params (chain)->network->name));
  rpc_json_set (json, "blocks", rpc_json_new_int (tip->height));
  rpc_json_set (json, "headers", rpc_json_new_int (node_chain_best_header (chain)->height));
  rpc_json_set (json, "bestblockhash", rpc_json_new_hash (tip->hash32));
  rpc_json_set (json, "bits", node_rpc_new_bits (tip->header.bits));
  rpc_json_set (json, "target", node_rpc_new_target (tip->header.bits));
  rpc_json_set (json, "difficulty", rpc_json_new_double (node_rpc_difficulty (tip->header.bits)));
  rpc_json_set (json, "time", rpc_json_new_int (tip->header.time));
  rpc_json_set (json, "mediantime", rpc_json_new_int (node_block_median_time_past (tip)));
  rpc_json_set (json, "verificationprogress", rpc_json_new_double (node_chain_progress (chain, tip)));
  rpc_json_set (json, "initialblockdownload", rpc_json_new_bool (node_chain_is_initial_download (chain)));
  add_background (json, chain);
  rpc_json_set (json, "chainwork", node_rpc_new_work (&tip->chain_work));
  rpc_json_set (json, "size_on_disk", rpc_json_new_int ((gint64) node_block_files_usage (node_chain_files (chain))));
  node_rpc_add_prune_info (json, chain, *(const gint64 *) data);
  node_rpc_add_signet_challenge (json, chain);
  rpc_json_set (json, "warnings", node_rpc_new_warnings (call));
  return json;
}

static RpcJson *
run_getblockchaininfo (RpcCall *call, GError **error)
{
  NodeChain *chain = node_rpc_context (call)->chain;
  g_autoptr (NodeTip) tip = node_rpc_ref_tip (call, error);
  gint64 prune_height = -1;

  if (tip == NULL)
    return NULL;
  if (node_chain_prune_target (chain) > 0)
    prune_height = node_block_tree_find_prune_height (node_chain_tree (chain), tip->block);
  return node_rpc_on_chain (call, get_blockchain_info, &prune_height, error);
}

static const char *
tip_status (NodeBlockTree *tree, const NodeBlock *tip, const NodeBlock *active)
{
  NodeBlockRecord record;
  guint64 chain_tx;

  if (tip == active)
    return "active";
  node_block_tree_get_record (tree, tip, &record, &chain_tx);
  if ((record.status & (NODE_BLOCK_FAILED | NODE_BLOCK_FAILED_CHILD)) != 0)
    return "invalid";
  if (chain_tx == 0)
    return "headers-only";
  return (record.status & NODE_BLOCK_VALID_MASK) >= NODE_BLOCK_VALID_SCRIPTS ? "valid-fork" : "valid-headers";
}

static int
compare_heights (gconstpointer a, gconstpointer b)
{
  const NodeBlock *first = *(const NodeBlock *const *) a, *second = *(const NodeBlock *const *) b;

  if (first->height != second->height)
    return first->height > second->height ? -1 : 1;
  return memcmp (first->hash32, second->hash32, 32);
}

static RpcJson *
run_getchaintips (RpcCall *call, GError **error)
{
  NodeBlockTree *tree = node_chain_tree (node_rpc_context (call)->chain);
  g_autoptr (NodeTip) active = node_rpc_ref_tip (call, error);
  g_autoptr (GPtrArray) tips = NULL;
  RpcJson *list;

  if (active == NULL)
    return NULL;
  tips = node_block_tree_dup_tips (tree, (NodeBlock *) active->block);
  list = rpc_json_new_array ();
  g_ptr_array_sort (tips, compare_heights);
  for (guint i = 0; i < tips->len; i++) {
    const NodeBlock *tip = g_ptr_array_index (tips, i);
    const NodeBlock *fork = node_block_fork (tip, active->block);
    RpcJson *json = rpc_json_new_object ();
    rpc_json_set (json, "height", rpc_json_new_int (tip->height));
    rpc_json_set (json, "hash", rpc_json_new_hash (tip->hash32));
    rpc_json_set (json, "branchlen", rpc_json_new_int (tip->height - fork->height));
    rpc_json_set (json, "status", rpc_json_new_string (tip_status (tree, tip, active->block)));
    rpc_json_append (list, json);
  }
  return list;
}

static RpcJson *
make_state (NodeChain *chain, const NodeChainstateInfo *info)
{
  const NodeBlock *tip = info->tip;
  RpcJson *state = rpc_json_new_object ();

  rpc_json_set (state, "blocks", rpc_json_new_int (tip->height));
  rpc_json_set (state, "bestblockhash", rpc_json_new_hash (tip->hash32));
  rpc_json_set (state, "bits", node_rpc_new_bits (tip->header.bits));
  rpc_json_set (state, "target", node_rpc_new_target (tip->header.bits));
  rpc_json_set (state, "difficulty", rpc_json_new_double (node_rpc_difficulty (tip->header.bits)));
  rpc_json_set (state, "verificationprogress", rpc_json_new_double (node_chain_progress (chain, tip)));
  rpc_json_set (state, "coins_db_cache_bytes", rpc_json_new_int ((gint64) info->db_cache_bytes));
  rpc_json_set (state, "coins_tip_cache_bytes", rpc_json_new_int ((gint64) info->coins_cache_bytes));
  if (info->snapshot != NULL)
    rpc_json_set (state, "snapshot_blockhash", rpc_json_new_hash (info->snapshot->hash32));
  rpc_json_set (state, "validated", rpc_json_new_bool (info->validated));
  return state;
}

static RpcJson *
get_states (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  RpcJson *json = rpc_json_new_object (), *list = rpc_json_new_array ();
  NodeChainstateInfo states[2];
  guint n = node_chain_get_states (chain, states);

  for (guint i = 0; i < n; i++)
    rpc_json_append (list, make_state (chain, &states[i]));
  rpc_json_set (json, "headers", rpc_json_new_int (node_chain_best_header (chain)->height));
  rpc_json_set (json, "chainstates", list);
  return json;
}

static RpcJson *
run_getchainstates (RpcCall *call, GError **error)
{
  return node_rpc_on_chain (call, get_states, NULL, error);
}

#define CHAIN_INFO(WARNINGS, FORM)                                                                                     \
  {                                                                                                                    \
    "Blockchain", "getblockchaininfo", run_getblockchaininfo, "Returns the state of the chain and of its validation.", \
        .result                                                                                                        \
        = "{chain: str, blocks: num, headers: num, bestblockhash: str, bits: hex, target: hex, difficulty: num, "      \
          "time: time, mediantime: time, verificationprogress: num, initialblockdownload: bool, "                      \
          "backgroundvalidation?: {snapshotheight: num, blocks: num, bestblockhash: str, mediantime: time, "           \
          "verificationprogress: num, chainwork: hex}, chainwork: hex, size_on_disk: num, pruned: bool, "              \
          "pruneheight?: num, automatic_pruning?: bool, prune_target_size?: num, signet_challenge?: hex, "             \
          "warnings: " WARNINGS "}",                                                                                   \
        .deprecated = FORM                                                                                             \
  }

static const RpcMethod methods[] = {
  { "Blockchain", "getbestblockhash", run_getbestblockhash,
    "Returns the hash of the tip of the active chain.\n\n\"hex\"    (string) The hash", .run = RPC_RUN_INLINE,
    .result = "hex" },
  CHAIN_INFO ("[str]", NULL),
  CHAIN_INFO ("str", "warnings"),
  { "Blockchain", "getblockcount", run_getblockcount,
    "Returns the height of the active chain; the genesis block has height 0.\n\nn    (numeric) The height",
    .run = RPC_RUN_INLINE, .result = "num" },
  { "Blockchain",
    "getblockhash",
    run_getblockhash,
    "Returns the hash of the block at a height of the active chain.\n\n\"hex\"    (string) The hash",
    { { "height", RPC_ARG_INT, TRUE, "The height" } },
    RPC_RUN_INLINE,
    .result = "hex" },
  { "Blockchain", "getchainstates", run_getchainstates, "Returns the state of the chainstates, and their cache sizes.",
    .result = "{headers: num, chainstates: [{blocks: num, bestblockhash: hex, bits: hex, target: hex, difficulty: num, "
              "verificationprogress: num, snapshot_blockhash?: hex, coins_db_cache_bytes: num, coins_tip_cache_bytes: "
              "num, validated: bool}]}" },
  { "Blockchain", "getchaintips", run_getchaintips,
    "Lists the tips of all known branches.\n\n[ { \"height\", \"hash\", \"branchlen\", \"status\" }, ... ]; status is "
    "active, valid-fork, valid-headers, headers-only or invalid",
    .result = "[{height: num, hash: hex, branchlen: num, status: str}]" },
  { "Blockchain", "getdifficulty", run_getdifficulty,
    "Returns the difficulty as a multiple of the minimum difficulty.\n\nn    (numeric) The difficulty",
    .run = RPC_RUN_INLINE, .result = "num" },
};

void
node_rpc_add_blockchain (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
