#pragma once

#include "bitcoin/consensus/params.h"
#include "bitcoin/consensus/verdict.h"

G_BEGIN_DECLS

/* Rules of headers and blocks that need no coins. Pure, any thread. */

/* What a header's rules need of the blocks before it. */
typedef struct {
  guint32 height;          /* of the block before */
  const BtcHeader *header; /* of the block before */
  gint64 median_time_past; /* of the block before */
  /* The header at HEIGHT on the branch, at or below `height`; never NULL for a valid height. */
  const BtcHeader *(*ancestor) (gconstpointer data, guint32 height);
  gconstpointer data;
} BtcPrevContext;

/* "high-hash": the proof of work that the header claims. */
gboolean
btc_header_check_pow (const BtcHeader *header, const guint8 hash32[32], const BtcParams *params, BtcVerdict *verdict);

/* BITS as a target. FALSE when they are negative, zero, too large for 256 bits or above the network's limit. */
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

/* The median of N header times (1 to 11 of them: fewer only next to the genesis block). */
gint64 btc_median_time (const guint32 *times, gsize n);

/* Merkle root, sizes, the coinbase's place, every transaction's own rules, legacy sigops; proof of work and the signet
 * solution. */
gboolean btc_block_check (const BtcBlock *block, const BtcParams *params, BtcVerdict *verdict);

/* The same without the proof of work and signet solution, or without the merkle root: for templates. */
gboolean btc_block_check_parts (const BtcBlock *block,
                                const BtcParams *params,
                                gboolean check_pow,
                                gboolean check_merkle,
                                BtcVerdict *verdict);

/* BIP 325: does the block carry a solution of the signet's challenge? */
gboolean btc_signet_check (const BtcBlock *block, const BtcParams *params);

/* Finality, BIP 34, witness commitment, weight; PREV NULL for the genesis block. */
gboolean btc_block_check_contextual (const BtcBlock *block,
                                     const BtcPrevContext *prev,
                                     const BtcParams *params,
                                     BtcVerdict *verdict);

/* What the header of a block at HEIGHT commits to, for a caller without the headers before it: its proof of work, its
 * transactions, their witnesses, from BIP 34 on the height; and that each transaction can be one. The genesis block is
 * the network's. Not the difficulty that the header should have, nor signet's solution. */
gboolean btc_block_check_alone (const BtcBlock *block, guint32 height, const BtcParams *params, BtcVerdict *verdict);

/* TRUE when the block's data may not be what its header committed to, so that the header must not be blamed. */
gboolean btc_block_is_mutated (const BtcBlock *block, gboolean check_witness);

/* The transactions, whatever their witnesses may be, are those that the header commits to. */
gboolean btc_block_matches_header (const BtcBlock *block);

/* Index of the coinbase's output with the witness commitment (the last that matches), -1 for none. */
gint btc_block_witness_commitment (const BtcBlock *block);

/* BLOCK with the reserved value that its commitment was made with, 32 zeros, where the miner left it out: neither the
 * commitment nor any hash covers it. NULL when there is no commitment, or a witness already. The caller owns it. */
BtcBlock *btc_block_new_with_reserved_value (const BtcBlock *block);

G_END_DECLS
