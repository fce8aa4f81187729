#pragma once

#include "node/monitor.h"
#include "rpc/json.h"

G_BEGIN_DECLS

/* The warnings of the node, for results that include them. Any thread. */
RpcJson *node_rpc_new_warnings (NodeMonitor *monitor);

G_END_DECLS
