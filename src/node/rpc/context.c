#include "node/rpc/context.h"

const NodeContext *
node_rpc_context (RpcCall *call)
{
  return call->user_data;
}

NodeTip *
node_rpc_ref_tip (RpcCall *call, GError **error)
{
  NodeTip *tip = node_chain_ref_tip (node_rpc_context (call)->chain);
  return tip != NULL ? tip : rpc_fail (error, RPC_IN_WARMUP, "Loading block index…");
}

typedef struct {
  RpcCall *call;
  NodeRpcChainFunc func;
  gpointer data;
  RpcJson *result;
  GError **error;
} Job;

static void
run_job (NodeChain *chain, gpointer data)
{
  Job *job = data;
  job->result = job->func (job->call, chain, node_rpc_context (job->call)->mempool, job->data, job->error);
}

gboolean
node_rpc_fail_closed (GError **error, GError *problem)
{
  gboolean closed = g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CLOSED);

  rpc_fail (error, closed ? RPC_IN_WARMUP : RPC_MISC_ERROR, "%s", closed ? "Shutting down…" : problem->message);
  g_error_free (problem);
  return FALSE;
}

gpointer
node_rpc_fail_job (GError **error, GError *problem)
{
  if (problem->domain != G_IO_ERROR)
    return node_rpc_fail_disk (error, problem);
  node_rpc_fail_closed (error, problem);
  return NULL;
}

RpcJson *
node_rpc_run (RpcCall *call, NodeJobClass job_class, NodeRpcChainFunc func, gpointer data, GError **error)
{
  Job job = { call, func, data, NULL, error };
  GError *problem = NULL;

  if (!node_chain_run (node_rpc_context (call)->chain, job_class, run_job, &job, call->cancellable, &problem))
    node_rpc_fail_closed (error, problem);
  return job.result;
}

RpcJson *
node_rpc_run_flushed (RpcCall *call, NodeRpcChainFunc func, gpointer data, GError **error)
{
  Job job = { call, func, data, NULL, error };
  GError *problem = NULL;

  if (node_chain_run_flushed (node_rpc_context (call)->chain, run_job, &job, call->cancellable, &problem))
    return job.result;
  return node_rpc_fail_job (error, problem);
}

RpcJson *
node_rpc_on_chain (RpcCall *call, NodeRpcChainFunc func, gpointer data, GError **error)
{
  return node_rpc_run (call, NODE_JOB_QUERIES, func, data, error);
}

NodeBlock *
node_rpc_find_block (RpcCall *call, NodeChain *chain, guint i, GError **error)
{
  return node_rpc_find_block_named (call, chain, i, call->method->args[i].name, error);
}

NodeBlock *
node_rpc_find_block_named (RpcCall *call, NodeChain *chain, guint i, const char *name, GError **error)
{
  guint8 hash32[32];
  NodeBlock *block;

  if (!rpc_hash_from_json (call->args[i], name, hash32, error))
    return NULL;
  block = node_chain_find (chain, hash32);
  if (block == NULL)
    rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Block not found");
  return block;
}

const NodeBlock *
node_rpc_find_hash_or_height (NodeChain *chain, const NodeBlock *tip, const RpcJson *value, GError **error)
{
  const NodeBlock *block;
  guint8 hash32[32];
  gint64 height;

  if (rpc_json_type (value) == RPC_JSON_NUMBER) {
    if (!rpc_int32_from_json (value, &height, error))
      return NULL;
    if (height < 0)
      return rpc_fail (error, RPC_INVALID_PARAMETER, "Target block height %" G_GINT64_FORMAT " is negative", height);
    if (height > tip->height)
      return rpc_fail (error, RPC_INVALID_PARAMETER, "Target block height %" G_GINT64_FORMAT " after current tip %u",
                       height, tip->height);
    return node_block_ancestor (tip, (guint32) height);
  }
  if (!rpc_hash_from_json (value, "hash_or_height", hash32, error))
    return NULL;
  block = node_chain_find (chain, hash32);
  return block != NULL ? block : rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Block not found");
}

gpointer
node_rpc_fail_disk (GError **error, GError *problem)
{
  rpc_fail (error, RPC_MISC_ERROR, "%s", problem != NULL ? problem->message : "The disk could not be read");
  g_clear_error (&problem);
  return NULL;
}
