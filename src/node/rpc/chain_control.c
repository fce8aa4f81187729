#include "node/rpc/categories.h"
#include "node/rpc/context.h"

/* invalidateblock, reconsiderblock, preciousblock. */

typedef gboolean (*ChangeFunc) (NodeChain *chain, NodeBlock *block, GError **error);

static RpcJson *
change_chain (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  ChangeFunc func = data;
  NodeBlock *block = node_rpc_find_block (call, chain, 0, error);
  g_autoptr (GError) problem = NULL;

  if (block == NULL)
    return NULL;
  if (!func (chain, block, &problem))
    return rpc_fail (error, RPC_DATABASE_ERROR, "%s",
                     problem != NULL ? problem->message : "The chain could not be changed");
  return rpc_json_new_null ();
}

static RpcJson *
run_invalidateblock (RpcCall *call, GError **error)
{
  return node_rpc_run (call, NODE_JOB_BLOCKS, change_chain, node_chain_invalidate, error);
}

static RpcJson *
run_reconsiderblock (RpcCall *call, GError **error)
{
  return node_rpc_run (call, NODE_JOB_BLOCKS, change_chain, node_chain_reconsider, error);
}

static RpcJson *
run_preciousblock (RpcCall *call, GError **error)
{
  return node_rpc_run (call, NODE_JOB_BLOCKS, change_chain, node_chain_precious, error);
}

static RpcJson *
do_nothing (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  return rpc_json_new_null ();
}

/* Listeners are notified synchronously on the chain thread: after a job has run there, all earlier notifications have
 * been delivered. */
static RpcJson *
run_syncwithvalidationinterfacequeue (RpcCall *call, GError **error)
{
  return node_rpc_run (call, NODE_JOB_BACKGROUND, do_nothing, NULL, error);
}

static const RpcMethod methods[] = {
  { "hidden", "syncwithvalidationinterfacequeue", run_syncwithvalidationinterfacequeue,
    "Waits until all pending notifications have been delivered in the node.\n\nnull" },
  { "hidden",
    "invalidateblock",
    run_invalidateblock,
    "Marks a block as invalid, and disconnects it and its descendants.",
    { { "blockhash", RPC_ARG_HEX, TRUE, "The hash of the block" } } },
  { "hidden",
    "reconsiderblock",
    run_reconsiderblock,
    "Removes the invalid mark of a block, its ancestors and its descendants, and reconsiders them.",
    { { "blockhash", RPC_ARG_HEX, TRUE, "The hash of the block" } } },
  { "Blockchain",
    "preciousblock",
    run_preciousblock,
    "Treats a block as if it had been received before others with the same work.",
    { { "blockhash", RPC_ARG_HEX, TRUE, "The hash of the block" } } },
};

void
node_rpc_add_chain_control (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
