#pragma once

#include "node/app.h"

G_BEGIN_DECLS

/* The warnings of the node, for the results that carry them. Any thread. */
RpcJson *node_rpc_new_warnings (NodeApp *app);

G_END_DECLS
