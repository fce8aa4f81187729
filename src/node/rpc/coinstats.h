#pragma once

#include "node/rpc/context.h"

G_BEGIN_DECLS

/* gettxoutsetinfo out of -coinstatsindex. TRUE in *DONE: it answers, with *JSON, or, when that is NULL, with ERROR.
 * FALSE: the coins have to be walked. */
RpcJson *node_rpc_coinstats (RpcCall *call, NodeCoinsHash type, gboolean *done, GError **error);

G_END_DECLS
