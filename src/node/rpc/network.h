#pragma once

#include "rpc/method.h"

G_BEGIN_DECLS

/* The warnings of the node for the result of CALL: a list, or in the deprecated form only the last one, which is empty
 * if there is none. Any thread. */
RpcJson *node_rpc_new_warnings (RpcCall *call);

G_END_DECLS
