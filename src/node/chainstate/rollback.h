#pragma once

#include "node/blocktree/tree.h"
#include "node/chainstate/progress.h"
#include "node/store/store.h"

G_BEGIN_DECLS

/* Rolls VIEW, whose best block is FROM, back to the coins after TO, one of its ancestors. Any thread, if no other uses
 * VIEW. NODE_STORE_ERROR_NOT_STORED when a block was pruned, G_IO_ERROR_CANCELLED if PROGRESS cancelled it. */
gboolean node_roll_back (NodeBlockTree *tree,
                         NodeCoins *view,
                         const NodeBlock *from,
                         const NodeBlock *to,
                         NodeProgressFunc progress,
                         gpointer data,
                         GError **error);

G_END_DECLS
