#pragma once

#include "bitcoin/primitives/block.h"

G_BEGIN_DECLS

/* The merkle root of N hashes (32 * N bytes, overwritten as work space; N = 0 gives zeros). *MUTATED (may be NULL) is
 * set to whether two equal hashes were paired (CVE-2012-2459). Pure, any thread. */
void btc_merkle_root (guint8 *hashes, gsize n, guint8 out32[32], gboolean *mutated);

void btc_block_merkle_root (const BtcBlock *block, guint8 out32[32], gboolean *mutated);

/* BIP 141: the root of the wtxids, the coinbase's being zero. */
void btc_block_witness_merkle_root (const BtcBlock *block, guint8 out32[32]);

G_END_DECLS
