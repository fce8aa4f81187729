#pragma once

#include "bitcoin/primitives/block.h"

G_BEGIN_DECLS

/* The merkle root of N hashes (32 * N bytes, overwritten as work space; N = 0 gives zeros). *MUTATED (may be NULL) is
 * set to whether two equal hashes were paired (CVE-2012-2459). Pure, any thread. */
void btc_merkle_root (guint8 *hashes, gsize n, guint8 out32[32], gboolean *mutated);

void btc_block_merkle_root (const BtcBlock *block, guint8 out32[32], gboolean *mutated);

/* Appends to OUT the merkle path of the coinbase: its sibling on each level, the deepest first, 32 bytes each. */
void btc_block_coinbase_path (const BtcBlock *block, GByteArray *out);

/* The merkle root of a block with this coinbase; PATH has N hashes (32 * N bytes). */
void btc_merkle_root_of_coinbase (const guint8 txid32[32], const guint8 *path, gsize n, guint8 out32[32]);

/* BIP 141: the root of the wtxids, the coinbase's being zero. */
void btc_block_witness_merkle_root (const BtcBlock *block, guint8 out32[32]);

G_END_DECLS
