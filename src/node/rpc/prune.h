#pragma once

#include "node/chain/chain.h"
#include "rpc/json.h"

G_BEGIN_DECLS

/* "pruned" and the related fields. PRUNE_HEIGHT is that of node_block_tree_find_prune_height(). */
void node_rpc_add_prune_info (RpcJson *json, NodeChain *chain, gint64 prune_height);

G_END_DECLS
