#pragma once

#include "node/context.h"

G_BEGIN_DECLS

/* The REST interface below /rest/: see RpcServerOptions.rest. It calls the node's RPC methods, but reads large data
 * itself. CONTEXT is borrowed. */
RpcTable *node_rest_new (const NodeContext *context, guint threads);

G_END_DECLS
