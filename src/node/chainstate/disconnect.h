#pragma once

#include "node/blocktree/tree.h"
#include "node/store/store.h"

G_BEGIN_DECLS

/* Undoes the first N_TXS transactions of BLOCK in COINS. SPENT: the coins they spent, in input order. *CLEAN becomes
 * FALSE when the coins did not match the block. */
gboolean node_disconnect_txs (NodeCoins *coins,
                              const BtcBlock *block,
                              const NodeBlock *index,
                              guint32 n_txs,
                              BtcCoin *spent,
                              gboolean *clean,
                              GError **error);
/* Reads the undo data of BLOCK and undoes the block in COINS. */
gboolean node_disconnect_block (NodeBlockTree *tree,
                                NodeCoins *coins,
                                const BtcBlock *block,
                                const NodeBlock *index,
                                gboolean *clean,
                                GError **error);

G_END_DECLS
