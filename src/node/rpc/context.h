#pragma once

#include "node/context.h"
#include "node/rpc/header_json.h"

G_BEGIN_DECLS

/* Shared by the methods, which run on pool threads. */

/* The node of CALL. */
const NodeContext *node_rpc_context (RpcCall *call);

/* The last published tip, for methods with RPC_RUN_INLINE. Any thread. The caller owns it; NULL with ERROR while there
 * is none. */
NodeTip *node_rpc_ref_tip (RpcCall *call, GError **error);

/* Runs FUNC on the chain thread and waits for it. NULL with ERROR also when it did not run because the node is stopping
 * or CALL was cancelled. */
typedef RpcJson *(
    *NodeRpcChainFunc) (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error);
RpcJson *node_rpc_run (RpcCall *call, NodeJobClass job_class, NodeRpcChainFunc func, gpointer data, GError **error);
/* The same when the coins on disk are those of node_chain_coins_tip(): see node_chain_run_flushed(). */
RpcJson *node_rpc_run_flushed (RpcCall *call, NodeRpcChainFunc func, gpointer data, GError **error);
/* The same with NODE_JOB_QUERIES. */
RpcJson *node_rpc_on_chain (RpcCall *call, NodeRpcChainFunc func, gpointer data, GError **error);

/* Converts PROBLEM (taken over), the reason why a job did not run, to an RPC error. Returns FALSE. */
gboolean node_rpc_fail_closed (GError **error, GError *problem);

/* The block whose hash is argument I; NULL with "Block not found". */
NodeBlock *node_rpc_find_block (RpcCall *call, NodeChain *chain, guint i, GError **error);
/* The same where error messages call the argument NAME. */
NodeBlock *node_rpc_find_block_named (RpcCall *call, NodeChain *chain, guint i, const char *name, GError **error);

/* The block whose hash is VALUE, or whose height on the branch of TIP is. NULL with ERROR. */
const NodeBlock *
node_rpc_find_hash_or_height (NodeChain *chain, const NodeBlock *tip, const RpcJson *value, GError **error);

/* Converts PROBLEM (taken over), a disk error, to an RPC error. Returns NULL. */
gpointer node_rpc_fail_disk (GError **error, GError *problem);

/* Converts PROBLEM (taken over), a disk error or the reason why a job did not run, to an RPC error. Returns NULL. */
gpointer node_rpc_fail_job (GError **error, GError *problem);

G_END_DECLS
