#include "node/rpc/prune.h"

#include "node/rpc/categories.h"
#include "node/rpc/context.h"

/* pruneblockchain, and the pruning fields of getblockchaininfo. */

/* Larger numbers are times: heights are far below, and this is a time in 2001. */
#define FIRST_TIME 1000000000
/* How far block times may be out of order. */
#define TIME_WINDOW_S (2 * 60 * 60)

void
node_rpc_add_prune_info (RpcJson *json, NodeChain *chain, gint64 prune_height)
{
  guint64 target = node_chain_prune_target (chain);

  rpc_json_set (json, "pruned", rpc_json_new_bool (target > 0));
  if (target == 0)
    return;
  rpc_json_set (json, "pruneheight", rpc_json_new_int (prune_height + 1));
  rpc_json_set (json, "automatic_pruning", rpc_json_new_bool (target != NODE_PRUNE_MANUAL));
  if (target != NODE_PRUNE_MANUAL)
    rpc_json_set (json, "prune_target_size", rpc_json_new_int ((gint64) target));
}

/* The first block of the active chain up to which some block has at least this TIME; NULL for none. */
static const NodeBlock *
find_by_time (NodeChain *chain, gint64 time)
{
  guint32 low = 0, high = node_chain_tip (chain)->height + 1;

  while (low < high) {
    guint32 middle = low + (high - low) / 2;

    if ((gint64) node_chain_at (chain, middle)->time_max >= time)
      high = middle;
    else
      low = middle + 1;
  }
  return node_chain_at (chain, low);
}

static RpcJson *
prune_chain (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  g_autoptr (GError) problem = NULL;
  gint64 height = *(const gint64 *) data;
  gint64 tip = node_chain_tip (chain)->height;

  if (height > FIRST_TIME) {
    const NodeBlock *block = find_by_time (chain, height - TIME_WINDOW_S);
    if (block == NULL)
      return rpc_fail (error, RPC_INVALID_PARAMETER, "Could not find block with at least the specified timestamp.");
    height = block->height;
  }
  if (tip < node_chain_params (chain)->prune_after_height)
    return rpc_fail (error, RPC_MISC_ERROR, "Blockchain is too short for pruning.");
  if (height > tip)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Blockchain is shorter than the attempted prune height.");
  height = MAX (0, MIN (height, tip - NODE_PRUNE_KEEP_BLOCKS));
  if (!node_chain_prune_to (chain, (guint32) height, &problem))
    return node_rpc_fail_disk (error, g_steal_pointer (&problem));
  return rpc_json_new_null ();
}

/* Flushes the changes since another thread wrote the coins. */
static RpcJson *
flush (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  const NodeBlock **flushed = data;
  g_autoptr (GError) problem = NULL;

  if (!node_chain_flush (chain, &problem))
    return node_rpc_fail_disk (error, g_steal_pointer (&problem));
  *flushed = node_chain_flushed_tip (chain);
  return rpc_json_new_null ();
}

/* Blocks that an index would need after a restart are not pruned. They depend on its stored position, which is not
 * above the last flushed block. */
static gboolean
advance_indexes (RpcCall *call, GError **error)
{
  const NodeBlock *flushed = NULL;
  g_autoptr (RpcJson) done = node_rpc_run_flushed (call, flush, &flushed, error);

  if (done == NULL)
    return FALSE;
  if (flushed != NULL)
    node_indexes_wait_committed (node_rpc_context (call)->indexes, flushed);
  return TRUE;
}

static RpcJson *
run_pruneblockchain (RpcCall *call, GError **error)
{
  NodeChain *chain = node_rpc_context (call)->chain;
  g_autoptr (RpcJson) pruned = NULL;
  g_autoptr (NodeTip) tip = NULL;
  gint64 height;

  if (node_chain_prune_target (chain) == 0)
    return rpc_fail (error, RPC_MISC_ERROR, "Cannot prune blocks because node is not in prune mode.");
  if (!rpc_call_int (call, 0, 0, G_MININT32, G_MAXINT32, &height, error))
    return NULL;
  if (height < 0)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Negative block height.");
  if (!advance_indexes (call, error))
    return NULL;
  pruned = node_rpc_run (call, NODE_JOB_BACKGROUND, prune_chain, &height, error);
  tip = pruned != NULL ? node_rpc_ref_tip (call, error) : NULL;
  return tip != NULL ? rpc_json_new_int (node_block_tree_find_prune_height (node_chain_tree (chain), tip->block))
                     : NULL;
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "pruneblockchain",
    run_pruneblockchain,
    "Deletes the files of old blocks; needs -prune. Returns the height of the last pruned block.",
    { { "height", RPC_ARG_INT, TRUE,
        "Up to this height, or up to two hours before this time (in seconds since 1970); the last 288 blocks "
        "stay" } },
    .result = "num" },
};

void
node_rpc_add_prune (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
