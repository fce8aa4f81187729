#pragma once

#include "node/index/index.h"

G_BEGIN_DECLS

/* -txospenderindex: the transaction of the chain that spends an output. */

NodeIndex *node_spender_index_new (NodeChain *chain, const char *folder, const NodeIndexOwner *owner);

typedef struct {
  BtcTx *tx; /* NULL: it is not spent */
  guint8 block32[32];
} NodeSpender;

/* The transaction that spends OUTPOINT in the active chain, verified against what was stored. The caller owns
 * SPENDER->tx. Not on the chain thread, nor on a main loop. */
gboolean node_spender_index_find (NodeIndex *index, const BtcOutpoint *outpoint, NodeSpender *spender, GError **error);

G_END_DECLS
