#include "node/rpc/categories.h"
#include "node/rpc/context.h"

/* Methods that decide against, or for, a block. */

typedef gboolean (*ChangeFunc) (NodeChain *chain, NodeBlock *block, GError **error);

static RpcJson *
change (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  ChangeFunc func = data;
  NodeBlock *block = node_rpc_find_block (call, chain, 0, error);
  g_autoptr (GError) problem = NULL;

  if (block == NULL)
    return NULL;
  if (!func (chain, block, &problem))
    return rpc_fail (error, RPC_DATABASE_ERROR, "%s", problem != NULL ? problem->message : "It could not be done");
  return rpc_json_new_null ();
}

static RpcJson *
run_invalidateblock (RpcCall *call, GError **error)
{
  return node_rpc_run (call, NODE_JOB_BLOCKS, change, node_chain_invalidate, error);
}

static RpcJson *
run_reconsiderblock (RpcCall *call, GError **error)
{
  return node_rpc_run (call, NODE_JOB_BLOCKS, change, node_chain_reconsider, error);
}

static RpcJson *
run_preciousblock (RpcCall *call, GError **error)
{
  return node_rpc_run (call, NODE_JOB_BLOCKS, change, node_chain_precious, error);
}

static RpcJson *
do_nothing (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  return rpc_json_new_null ();
}

/* Listeners are notified on the chain thread, synchronously: after a job has run there, all earlier notifications are out. */
static RpcJson *
run_syncwithvalidationinterfacequeue (RpcCall *call, GError **error)
{
  return node_rpc_run (call, NODE_JOB_BACKGROUND, do_nothing, NULL, error);
}

static const RpcMethod methods[] = {
  { "hidden", "syncwithvalidationinterfacequeue", run_syncwithvalidationinterfacequeue,
    "Waits until all that has happened to the chain so far is known everywhere in the node.\n\nnull" },
  { "hidden",
    "invalidateblock",
    run_invalidateblock,
    "Takes a block for invalid from now on, and leaves it and all above it.",
    { { "blockhash", RPC_ARG_HEX, TRUE, "The block's hash" } } },
  { "hidden",
    "reconsiderblock",
    run_reconsiderblock,
    "Forgets that a block, or one below it, was found invalid, and tries again.",
    { { "blockhash", RPC_ARG_HEX, TRUE, "The block's hash" } } },
  { "Blockchain",
    "preciousblock",
    run_preciousblock,
    "Prefers a block to others with the same work, as if it had come first.",
    { { "blockhash", RPC_ARG_HEX, TRUE, "The block's hash" } } },
};

void
node_rpc_add_chain_control (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
