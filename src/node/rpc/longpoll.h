#pragma once

#include "node/rpc/context.h"

G_BEGIN_DECLS

/* Main context, see RpcMethod.wait: returns NULL from TASK (taken over) when a new block template is likely to be
 * better than the one with the "longpollid" ID, or an error. */
void node_rpc_longpoll (RpcCall *call, const RpcJson *id, GTask *task);

G_END_DECLS
