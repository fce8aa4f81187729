#pragma once

#include "node/index/index.h"

G_BEGIN_DECLS

/* -txindex: in which block a transaction is. */

NodeIndex *node_tx_index_new (NodeChain *chain, const char *folder, const NodeIndexOwner *owner);

typedef struct {
  BtcTx *tx;
  const NodeBlock *block;
} NodeTxIndexResult;

/* The transaction TXID32, preferably in a block of the active chain, verified against what was stored. *FOUND FALSE:
 * the index does not have it. The caller owns RESULT->tx. Not on the chain thread, nor on a main loop. */
gboolean node_tx_index_find (NodeIndex *index,
                             const guint8 txid32[32],
                             NodeTxIndexResult *result,
                             gboolean *found,
                             GError **error);

G_END_DECLS
