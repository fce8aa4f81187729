#pragma once

#include "node/context.h"

G_BEGIN_DECLS

/* What is answered below /rest/: see RpcServerOptions.rest. It asks the methods of METHODS (borrowed), which report on the
 * same node. */
RpcTable *node_rest_new (RpcTable *methods, guint threads);

G_END_DECLS
