#pragma once

#include "rpc/method.h"

G_BEGIN_DECLS

/* Each adds the methods of its file. */
void node_rpc_add_activity (RpcTable *table);
void node_rpc_add_block_stats (RpcTable *table);
void node_rpc_add_block_template (RpcTable *table);
void node_rpc_add_blockchain (RpcTable *table);
void node_rpc_add_blocks (RpcTable *table);
void node_rpc_add_chain_control (RpcTable *table);
void node_rpc_add_chain_stats (RpcTable *table);
void node_rpc_add_clusters (RpcTable *table);
void node_rpc_add_coins (RpcTable *table);
void node_rpc_add_control (RpcTable *table);
void node_rpc_add_create_tx (RpcTable *table);
void node_rpc_add_deployments (RpcTable *table);
void node_rpc_add_get_tx (RpcTable *table);
void node_rpc_add_descriptors (RpcTable *table);
void node_rpc_add_indexes (RpcTable *table);
void node_rpc_add_load_snapshot (RpcTable *table);
void node_rpc_add_mempool (RpcTable *table);
void node_rpc_add_mempool_file (RpcTable *table);
void node_rpc_add_mining (RpcTable *table);
void node_rpc_add_mining_info (RpcTable *table);
void node_rpc_add_multisig (RpcTable *table);
void node_rpc_add_network (RpcTable *table);
void node_rpc_add_priority (RpcTable *table);
void node_rpc_add_prune (RpcTable *table);
void node_rpc_add_raw_transactions (RpcTable *table);
void node_rpc_add_scan (RpcTable *table);
void node_rpc_add_sending (RpcTable *table);
void node_rpc_add_scan_blocks (RpcTable *table);
void node_rpc_add_snapshot (RpcTable *table);
void node_rpc_add_spending (RpcTable *table);
void node_rpc_add_tx_proof (RpcTable *table);
void node_rpc_add_util (RpcTable *table);
void node_rpc_add_verification (RpcTable *table);
void node_rpc_add_wait (RpcTable *table);

G_END_DECLS
