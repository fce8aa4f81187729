#pragma once

#include <gio/gio.h>

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* What the calls of chain_calls.h read. Any thread that may wait. */

#define NODE_CHAIN_LIST_MAX_BYTES (8u << 20)

/* BUS_ERROR_PRUNED when the node has deleted it, else errors of the disk. */
BtcBlock *node_chain_list_read (NodeChain *chain, const NodeBlock *index, GError **error);

/* Up to LIMIT blocks of the branch of TIP that follow AFTER32 (NULL: from the genesis block on), as BtcBlock; the first is at *FIRST_HEIGHT.
 * BUS_ERROR_NOT_IN_CHAIN, BUS_ERROR_PRUNED. */
GPtrArray *node_chain_list_blocks (NodeChain *chain,
                                   const NodeTip *tip,
                                   const guint8 *after32,
                                   guint32 limit,
                                   GCancellable *cancellable,
                                   guint32 *first_height,
                                   GError **error);

G_END_DECLS
