#pragma once

#include "node/rpc/context.h"

G_BEGIN_DECLS

/* Main context, see RpcMethod.wait: ends TASK (taken over) with NULL when a block template is likely to be better than the one
 * whose "longpollid" ID is, or with an error. */
void node_rpc_longpoll (RpcCall *call, const RpcJson *id, GTask *task);

G_END_DECLS
