#pragma once

#include "node/rpc/context.h"

G_BEGIN_DECLS

/* Reads a block and the coins that it spent on the caller's thread. Pool threads. */

/* From now on the files of BLOCK are not deleted, until PIN is cleared. Fails when its data was pruned or never
 * received. */
gboolean node_rpc_pin_block (NodeChain *chain, const NodeBlock *block, NodeBlockPin *pin, GError **error);

/* The verified block, or an error that names the file. */
BtcBlock *node_rpc_read_pinned (const NodeBlockPin *pin, GError **error);
/* The coins that BLOCK, the block of PIN, spent, in the order of its inputs, their scripts in SCRIPTS. The caller frees the
 * array. */
BtcCoin *node_rpc_read_spent (const NodeBlockPin *pin, const BtcBlock *block, GByteArray *scripts, GError **error);

/* For methods that show a block as it is stored: *SPENT stays NULL if there is no undo data, because the block was
 * never connected. */
gboolean node_rpc_read_spent_if_stored (const NodeBlockPin *pin,
                                        const BtcBlock *block,
                                        BtcCoin **spent,
                                        GByteArray *scripts,
                                        GError **error);

/* Only the block. */
BtcBlock *node_rpc_read_block (RpcCall *call, const NodeBlock *index, GError **error);
/* Both; they cannot be pruned in between. */
BtcBlock *node_rpc_read_block_and_spent (RpcCall *call,
                                         const NodeBlock *index,
                                         BtcCoin **spent,
                                         GByteArray *scripts,
                                         GError **error);

G_END_DECLS
