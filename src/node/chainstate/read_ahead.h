#pragma once

#include "node/blocktree/tree.h"
#include "node/store/store.h"

G_BEGIN_DECLS

/* Reads and checks the blocks that will be connected next to one set of coins, and fetches the coins that they spend,
 * on separate threads. Chain thread, except where stated otherwise. */

typedef struct _NodeReadAhead NodeReadAhead;

/* All are borrowed and outlive it. N_THREADS 0: nothing is read ahead. */
NodeReadAhead *node_read_ahead_new (NodeBlockTree *tree, const BtcParams *params, NodeCoins *coins, guint n_threads);
void node_read_ahead_free (NodeReadAhead *ahead);
/* Starts reading the blocks from FROM_HEIGHT towards TARGET. */
void node_read_ahead_request (NodeReadAhead *ahead, const NodeBlock *target, guint32 from_height);
/* Fetches the coins that BLOCK spends. Any thread. */
void node_read_ahead_coins (NodeCoins *coins, const BtcBlock *block);
/* The block, checked by node_block_check(), whose result is *VERDICT. */
BtcBlock *node_read_ahead_take (NodeReadAhead *ahead, const NodeBlock *block, BtcVerdict *verdict, GError **error);

G_END_DECLS
