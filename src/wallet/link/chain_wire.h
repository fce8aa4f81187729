#pragma once

#include "bitcoin/consensus/block_check.h"
#include "wallet/link/chain.h"

G_BEGIN_DECLS

/* Parses replies of org.moneyrocket.Chain1. The node is not trusted: a reply that breaks a rule of chain.h results in
 * NULL with BUS_ERROR_INVALID_ANSWER. ANSWER is of the method's type; PARAMS are those of the network. Pure, any
 * thread. */

/* GetTip, and the arguments of TipChanged. */
WalletChainTip *wallet_chain_wire_tip (GVariant *answer, GError **error);
/* FindFork: (uay). */
WalletChainPlace *wallet_chain_wire_place (GVariant *answer, GError **error);
/* GetHash: (ay), called with HEIGHT. */
WalletChainPlace *wallet_chain_wire_hash (GVariant *answer, gint32 height, GError **error);
/* GetBlocks, called for LIMIT blocks after AFTER32 (NULL: from the genesis block on). */
WalletChainBlocks *wallet_chain_wire_blocks (GVariant *answer,
                                             GBytes *bulk,
                                             const guint8 *after32,
                                             guint limit,
                                             const BtcParams *params,
                                             GError **error);
/* GetBlock, called with HASH32. */
WalletChainBlock *wallet_chain_wire_block (GVariant *answer,
                                           GBytes *bulk,
                                           const guint8 hash32[32],
                                           const BtcParams *params,
                                           GError **error);
WalletChainMempool *wallet_chain_wire_mempool (GVariant *answer, GBytes *bulk, GError **error);
/* GetAncestors: (a(ayutx)), called with TXIDS, 32 bytes each. */
GArray *wallet_chain_wire_ancestors (GVariant *answer, GBytes *txids, GError **error);
/* GetEvents, called for the events after AFTER (NULL: no event was processed yet). */
WalletChainEvents *wallet_chain_wire_events (GVariant *answer, const WalletChainCursor *after, GError **error);
WalletChainEstimate *wallet_chain_wire_estimate (GVariant *answer, GError **error);

G_END_DECLS
