#pragma once

#include "node/blocktree/tree.h"
#include "node/store/store.h"

G_BEGIN_DECLS

/* Takes the first N_TXS transactions of BLOCK back out of COINS. SPENT: what they spent, in input order. *CLEAN
 * becomes FALSE when the coins were not what the block left. */
gboolean node_disconnect_txs (NodeCoins *coins,
                              const BtcBlock *block,
                              const NodeBlock *index,
                              guint32 n_txs,
                              BtcCoin *spent,
                              gboolean *clean,
                              GError **error);
/* Reads the undo data of BLOCK and takes the block out of COINS. */
gboolean node_disconnect_block (NodeBlockTree *tree,
                                NodeCoins *coins,
                                const BtcBlock *block,
                                const NodeBlock *index,
                                gboolean *clean,
                                GError **error);

G_END_DECLS
