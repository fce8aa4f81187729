#pragma once

#include "node/context.h"

G_BEGIN_DECLS

/* The REST interface below /rest/: see RpcServerOptions.rest. It calls the methods of METHODS (borrowed), those of the
 * same node. */
RpcTable *node_rest_new (RpcTable *methods, guint threads);

G_END_DECLS
