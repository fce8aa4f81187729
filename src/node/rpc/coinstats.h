#pragma once

#include "node/rpc/context.h"

G_BEGIN_DECLS

/* gettxoutsetinfo from -coinstatsindex. *DONE TRUE: returns the result, or NULL with ERROR. *DONE FALSE: the index
 * cannot be used, and all coins must be read. */
RpcJson *node_rpc_coinstats (RpcCall *call, NodeCoinsHash type, gboolean *done, GError **error);

G_END_DECLS
