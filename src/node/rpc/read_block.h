#pragma once

#include "node/rpc/context.h"

G_BEGIN_DECLS

/* A block and what it spent, read on the caller's thread. Pool threads. */

/* From now on the files of BLOCK are not deleted, until PIN is cleared. Fails when its data was pruned or never came. */
gboolean node_rpc_pin_block (NodeChain *chain, const NodeBlock *block, NodeBlockPin *pin, GError **error);

/* Intact, or an error that names the file. */
BtcBlock *node_rpc_read_pinned (const NodeBlockPin *pin, GError **error);
/* The coins that BLOCK, the block of PIN, spent, in the order of its inputs, their scripts in SCRIPTS. The caller frees the
 * array. */
BtcCoin *node_rpc_read_spent (const NodeBlockPin *pin, const BtcBlock *block, GByteArray *scripts, GError **error);

/* For what shows a block as it is stored: *SPENT stays NULL when there is no undo data, for a block that was never
 * connected. */
gboolean node_rpc_read_spent_if_stored (const NodeBlockPin *pin,
                                        const BtcBlock *block,
                                        BtcCoin **spent,
                                        GByteArray *scripts,
                                        GError **error);

/* The block alone. */
BtcBlock *node_rpc_read_block (RpcCall *call, const NodeBlock *index, GError **error);
/* Both, from one moment: pruning does not come in between. */
BtcBlock *node_rpc_read_block_and_spent (RpcCall *call,
                                         const NodeBlock *index,
                                         BtcCoin **spent,
                                         GByteArray *scripts,
                                         GError **error);

G_END_DECLS
