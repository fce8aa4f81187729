#pragma once

#include <gio/gio.h>

#include "node/mempool/mempool.h"

G_BEGIN_DECLS

/* The bulk answers of Chain1, in the form that its XML file describes. Chain thread. */

#define NODE_CHAIN_LIST_MAX_BLOCKS 500
#define NODE_CHAIN_LIST_MAX_BYTES (8u << 20)

/* The blocks that follow AFTER32 (NULL: from the genesis block on). BUS_ERROR_NOT_IN_CHAIN. *COUNT: records. */
GBytes *node_chain_list_blocks (NodeChain *chain,
                                const guint8 *after32,
                                guint32 limit,
                                GCancellable *cancellable,
                                guint32 *count,
                                GError **error);

/* The whole mempool. */
GBytes *node_chain_list_mempool (NodeMempool *mempool, guint32 *count);

G_END_DECLS
