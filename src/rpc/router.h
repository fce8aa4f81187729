#pragma once

#include "rpc/method.h"

G_BEGIN_DECLS

/* Combines the methods of a program and those of the wallet in one handler (RpcHandler). Main context unless stated
 * otherwise in the interface. */
#define RPC_TYPE_ROUTER (rpc_router_get_type ())
G_DECLARE_FINAL_TYPE (RpcRouter, rpc_router, RPC, ROUTER, GObject)

RpcRouter *rpc_router_new (RpcTable *own);                          /* a reference */
void rpc_router_set_wallet (RpcRouter *router, RpcHandler *wallet); /* a reference; NULL: none */

G_END_DECLS
