#pragma once

#include "node/mining/private.h"

G_BEGIN_DECLS

/* Transaction selection for a block. Any thread that may block. */

typedef struct {
  GPtrArray *txs; /* BtcTx, parents before children */
  GArray *fees;   /* gint64, satoshi */
  GArray *sigops; /* guint32 */
  gint64 total_fee_sat;
  guint64 weight;
  guint64 sigop_cost;
} NodeChoice;

/* WEIGHT and SIGOP_COST are those of the header and the coinbase. */
void node_choice_init (NodeChoice *choice, guint64 weight, guint64 sigop_cost);
void node_choice_clear (NodeChoice *choice);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NodeChoice, node_choice_clear)
void node_choice_add (NodeChoice *choice, BtcTx *tx, gint64 fee_sat, guint32 sigop_cost);

/* Adds the best transactions of the mempool for a block on TIP; *IS_STALE: none, since the tip has changed. FALSE as
 * with node_chain_run(). */
gboolean node_mining_choose (NodeMining *mining,
                             const NodeMiningOptions *options,
                             const NodeBlock *tip,
                             NodeChoice *choice,
                             gboolean *is_stale,
                             GCancellable *cancellable,
                             GError **error);

G_END_DECLS
