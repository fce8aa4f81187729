#pragma once

#include "bitcoin/consensus/params.h"
#include "bitcoin/consensus/verdict.h"

G_BEGIN_DECLS

/* Rules of headers and blocks that need no coins. Pure, any thread. */

/* What the header rules need to know about the preceding blocks. */
typedef struct {
  guint32 height;          /* of the previous block */
  const BtcHeader *header; /* of the previous block */
  gint64 median_time_past; /* of the previous block */
  /* The header at HEIGHT on the branch, at or below `height`; never NULL for a valid height. */
  const BtcHeader *(*ancestor) (gconstpointer data, guint32 height);
  gconstpointer data;
} BtcPrevContext;

/* "high-hash": checks the hash against the target that the header claims. */
gboolean
btc_header_check_pow (const BtcHeader *header, const guint8 hash32[32], const BtcParams *params, BtcVerdict *verdict);

/* Converts BITS to a target. FALSE when it is negative, zero, too large for 256 bits or above the network's limit. */
gboolean btc_bits_to_target (guint32 bits, const BtcParams *params, BtcUint256 *target);

/* The nBits that the block after PREV must have. */
guint32 btc_next_work_required (const BtcPrevContext *prev, const BtcHeader *header, const BtcParams *params);

/* The work of a header with BITS: 2^256 / (target + 1); zero for impossible bits. */
void btc_header_work (guint32 bits, BtcUint256 *work);

/* Difficulty, times (NOW_S: the clock), versions. */
gboolean btc_header_check_contextual (const BtcHeader *header,
                                      const BtcPrevContext *prev,
                                      gint64 now_s,
                                      const BtcParams *params,
                                      BtcVerdict *verdict);

/* Could the header at HEIGHT have NEW_BITS after OLD_BITS? For headers whose times are not known yet. */
gboolean
btc_permitted_difficulty_transition (const BtcParams *params, guint32 height, guint32 old_bits, guint32 new_bits);

/* The median of N header times (1 to 11; fewer than 11 only near the genesis block). */
gint64 btc_median_time (const guint32 *times, gsize n);

/* Merkle root, sizes, position of the coinbase, context-free rules of every transaction, legacy sigops; proof of work
 * and the signet solution. */
gboolean btc_block_check (const BtcBlock *block, const BtcParams *params, BtcVerdict *verdict);

/* The same without the proof of work and signet solution, or without the merkle root: for templates. */
gboolean btc_block_check_parts (const BtcBlock *block,
                                const BtcParams *params,
                                gboolean check_pow,
                                gboolean check_merkle,
                                BtcVerdict *verdict);

/* BIP 325: does the block contain a solution of the signet's challenge? */
gboolean btc_signet_check (const BtcBlock *block, const BtcParams *params);

/* Finality, BIP 34, witness commitment, weight; PREV NULL for the genesis block. */
gboolean btc_block_check_contextual (const BtcBlock *block,
                                     const BtcPrevContext *prev,
                                     const BtcParams *params,
                                     BtcVerdict *verdict);

/* Checks a block at HEIGHT without the headers before it: its proof of work, that it commits to its transactions, their
 * witnesses and (from BIP 34 on) its height, and the context-free rules of each transaction. A genesis block must be
 * that of the network. The required difficulty and the signet solution are not checked. */
gboolean btc_block_check_alone (const BtcBlock *block, guint32 height, const BtcParams *params, BtcVerdict *verdict);

/* TRUE when the block may have been mutated, so that its header must not be marked as invalid. */
gboolean btc_block_is_mutated (const BtcBlock *block, gboolean check_witness);

/* TRUE when the header commits to the transactions; their witnesses are not checked. */
gboolean btc_block_matches_header (const BtcBlock *block);

/* Index of the coinbase's output with the witness commitment (the last that matches), -1 for none. */
gint btc_block_witness_commitment (const BtcBlock *block);

/* A copy of BLOCK with the witness reserved value, 32 zeros, added to the coinbase where the miner omitted it; the
 * block hash and the commitment stay the same. NULL when there is no commitment, or the coinbase has a witness already.
 * The caller owns it. */
BtcBlock *btc_block_new_with_reserved_value (const BtcBlock *block);

G_END_DECLS
