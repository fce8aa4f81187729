#pragma once

#include "bitcoin/primitives/uint256.h"
#include "node/index/index.h"

G_BEGIN_DECLS

/* -coinstatsindex: statistics of the UTXO set after each block. */

NodeIndex *node_coinstats_index_new (NodeChain *chain, const char *folder, const NodeIndexOwner *owner);

/* The statistics after a block; the sums are over all blocks from the genesis block on. Amounts are in satoshi. */
typedef struct {
  guint8 muhash32[32];
  guint64 txouts;
  guint64 bogosize;
  gint64 amount_sat;
  gint64 subsidy_sat;
  BtcUint256 prevout_spent; /* these sums can exceed 64 bits */
  BtcUint256 new_outputs_ex_coinbase;
  BtcUint256 coinbase;
  gint64 unspendable_genesis_sat;
  gint64 unspendable_bip30_sat;
  gint64 unspendable_scripts_sat;
  gint64 unspendable_unclaimed_sat;
} NodeCoinstats;

/* *FOUND FALSE: BLOCK was never in the index. Any thread but a main loop. */
gboolean node_coinstats_index_get (NodeIndex *index,
                                   const NodeBlock *block,
                                   NodeCoinstats *stats,
                                   gboolean *found,
                                   GError **error);

G_END_DECLS
