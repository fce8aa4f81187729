#pragma once

#include "node/context.h"

G_BEGIN_DECLS

/* The node's methods, a file for each category. The table's user data is the NodeApp. */
void node_rpc_add_methods (RpcTable *table);

G_END_DECLS
