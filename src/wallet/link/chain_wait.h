#pragma once

#include "wallet/link/chain.h"

G_BEGIN_DECLS

/* Calls that a thread waits for: neither the main context's nor the wallet thread. Each is as the pair in chain.h, and fails
 * with BUS_ERROR_NODE_UNAVAILABLE at once while the node is away, and after five seconds when it does not answer. */
WalletChainTip *wallet_chain_get_tip_wait (WalletChain *chain, GError **error);
WalletChainPlace *wallet_chain_get_hash_wait (WalletChain *chain, gint32 height, GError **error);
WalletChainBlock *wallet_chain_get_block_wait (WalletChain *chain, const guint8 hash32[32], GError **error);
gboolean wallet_chain_submit_wait (WalletChain *chain, BtcTx *tx, guint64 max_fee_rate, GError **error);
WalletChainEstimate *wallet_chain_estimate_wait (WalletChain *chain, guint target, GError **error);

G_END_DECLS
