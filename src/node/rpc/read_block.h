#pragma once

#include "node/rpc/context.h"
#include "node/rpc/header_json.h"

G_BEGIN_DECLS

/* A block and what it spent, read on the caller's thread from the place that was looked up on the chain thread. Pool
 * threads. */

/* Intact, or an error that names the file. */
BtcBlock *node_rpc_read_block (RpcCall *call, const NodeRpcPlace *place, GError **error);

/* The coins that BLOCK spent, in the order of its inputs, their scripts in SCRIPTS. The caller frees the array. */
BtcCoin *node_rpc_read_spent (RpcCall *call,
                              const NodeRpcPlace *place,
                              const BtcBlock *block,
                              GByteArray *scripts,
                              GError **error);

G_END_DECLS
