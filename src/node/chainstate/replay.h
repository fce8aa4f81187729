#pragma once

#include "node/blocktree/tree.h"
#include "node/chainstate/progress.h"
#include "node/store/store.h"

G_BEGIN_DECLS

/* Rolls COINS, whose last flush from OLD32 (zeros: the empty set) to NEW32 was interrupted, forward to NEW32 and writes
 * them. Chain thread. G_IO_ERROR_CANCELLED if PROGRESS cancelled it; the next start replays from the beginning. */
gboolean node_replay (NodeBlockTree *tree,
                      NodeCoins *coins,
                      const guint8 new32[32],
                      const guint8 old32[32],
                      NodeProgressFunc progress,
                      gpointer data,
                      GError **error);

G_END_DECLS
