#pragma once

#include "node/context.h"
#include "node/rpc/header_json.h"

G_BEGIN_DECLS

/* Shared by the methods, which run on threads of the pool. */

/* The node of CALL. */
const NodeContext *node_rpc_context (RpcCall *call);

/* Any thread: the tip as it was published last, for methods that are answered inline. The caller's; NULL with ERROR
 * while there is none. */
NodeTip *node_rpc_ref_tip (RpcCall *call, GError **error);

/* Runs FUNC on the chain thread and waits for it. NULL with ERROR also when it did not run: the node stops, or CALL was
 * cancelled. */
typedef RpcJson *(
    *NodeRpcChainFunc) (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error);
RpcJson *node_rpc_run (RpcCall *call, NodeJobClass job_class, NodeRpcChainFunc func, gpointer data, GError **error);
/* The same when the coins on disk are those of node_chain_coins_tip(): see node_chain_run_flushed(). */
RpcJson *node_rpc_run_flushed (RpcCall *call, NodeRpcChainFunc func, gpointer data, GError **error);
/* The same with NODE_JOB_QUERIES. */
RpcJson *node_rpc_on_chain (RpcCall *call, NodeRpcChainFunc func, gpointer data, GError **error);

/* ERROR from PROBLEM (taken over): why a job did not run. FALSE. */
gboolean node_rpc_fail_closed (GError **error, GError *problem);

/* The block that argument I names; NULL with "Block not found". */
NodeBlock *node_rpc_find_block (RpcCall *call, NodeChain *chain, guint i, GError **error);

/* The block whose hash is VALUE, or whose height on the branch of TIP. NULL with ERROR. */
const NodeBlock *
node_rpc_find_hash_or_height (NodeChain *chain, const NodeBlock *tip, const RpcJson *value, GError **error);

/* An error of the disk as an RPC error. Takes over PROBLEM. Returns NULL. */
gpointer node_rpc_fail_disk (GError **error, GError *problem);

/* PROBLEM (taken over) as an RPC error: of the disk, or why a job did not run. Returns NULL. */
gpointer node_rpc_fail_job (GError **error, GError *problem);

G_END_DECLS
