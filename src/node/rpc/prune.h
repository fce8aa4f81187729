#pragma once

#include "node/chain/chain.h"
#include "rpc/json.h"

G_BEGIN_DECLS

/* "pruned" and what goes with it. Chain thread. */
void node_rpc_add_prune_info (RpcJson *json, NodeChain *chain);

G_END_DECLS
