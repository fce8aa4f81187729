#pragma once

#include "rpc/method.h"

G_BEGIN_DECLS

/* The node's face to its callers: its own methods, and those of the wallet behind them. Main context. */
#define NODE_TYPE_RPC_ROUTER (node_rpc_router_get_type ())
G_DECLARE_FINAL_TYPE (NodeRpcRouter, node_rpc_router, NODE, RPC_ROUTER, GObject)

NodeRpcRouter *node_rpc_router_new (RpcTable *own);
void node_rpc_router_set_wallet (NodeRpcRouter *router, RpcHandler *wallet); /* NULL: none */

G_END_DECLS
