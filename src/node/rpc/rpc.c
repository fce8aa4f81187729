#include "node/rpc/rpc.h"

#include "node/rpc/categories.h"

void
node_rpc_add_methods (RpcTable *table)
{
  node_rpc_add_activity (table);
  node_rpc_add_block_stats (table);
  node_rpc_add_block_template (table);
  node_rpc_add_blockchain (table);
  node_rpc_add_blocks (table);
  node_rpc_add_chain_control (table);
  node_rpc_add_chain_stats (table);
  node_rpc_add_clusters (table);
  node_rpc_add_coins (table);
  node_rpc_add_control (table);
  node_rpc_add_create_tx (table);
  node_rpc_add_deployments (table);
  node_rpc_add_descriptors (table);
  node_rpc_add_indexes (table);
  node_rpc_add_load_snapshot (table);
  node_rpc_add_mempool (table);
  node_rpc_add_mempool_file (table);
  node_rpc_add_mining (table);
  node_rpc_add_mining_info (table);
  node_rpc_add_multisig (table);
  node_rpc_add_network (table);
  node_rpc_add_priority (table);
  node_rpc_add_prune (table);
  node_rpc_add_raw_transactions (table);
  node_rpc_add_scan (table);
  node_rpc_add_scan_blocks (table);
  node_rpc_add_snapshot (table);
  node_rpc_add_spending (table);
  node_rpc_add_tx_proof (table);
  node_rpc_add_util (table);
  node_rpc_add_verification (table);
  node_rpc_add_wait (table);
}
