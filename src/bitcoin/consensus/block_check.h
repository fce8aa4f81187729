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

/* The nBits that the block after PREV must have. */
guint32 btc_next_work_required (const BtcPrevContext *prev, const BtcHeader *header, const BtcParams *params);

/* The work that a header with BITS stands for: 2^256 / (target + 1); zero for impossible bits. */
void btc_header_work (guint32 bits, BtcUint256 *work);

/* Difficulty, times (NOW_S: the clock), versions. */
gboolean btc_header_check_contextual (const BtcHeader *header,
                                      const BtcPrevContext *prev,
                                      gint64 now_s,
                                      const BtcParams *params,
                                      BtcVerdict *verdict);

/* Merkle root, sizes, the coinbase's place, every transaction's own rules, legacy sigops, the signet solution. */
gboolean btc_block_check (const BtcBlock *block, const BtcParams *params, BtcVerdict *verdict);

/* Finality, BIP 34, witness commitment, weight; PREV NULL for the genesis block. */
gboolean btc_block_check_contextual (const BtcBlock *block,
                                     const BtcPrevContext *prev,
                                     const BtcParams *params,
                                     BtcVerdict *verdict);

/* TRUE when the block's data may not be what its header committed to, so that the header must not be blamed. */
gboolean btc_block_is_mutated (const BtcBlock *block, gboolean check_witness);

/* Index of the coinbase's output with the witness commitment (the last that matches), -1 for none. */
gint btc_block_witness_commitment (const BtcBlock *block);

G_END_DECLS
