/* Rules of a block that need no coins. */
#include "bitcoin/consensus/block_check.h"
#include "bitcoin/consensus/tx_check.h"
#include "bitcoin/consensus/witness_commitment.h"
#include "bitcoin/primitives/merkle.h"
#include "bitcoin/script/script.h"

#include "common/hex.h"

#include <string.h>

static gboolean
check_merkle_root (const BtcBlock *block, BtcVerdict *verdict)
{
  guint8 root32[32];
  gboolean mutated;

  btc_block_merkle_root (block, root32, &mutated);
  if (memcmp (root32, block->header.merkle_root32, 32) != 0)
    return btc_verdict_fail (verdict, BTC_VERDICT_MUTATED, "bad-txnmrklroot", "hashMerkleRoot mismatch");
  /* CVE-2012-2459: duplicating transactions at the end results in the same root. */
  if (mutated)
    return btc_verdict_fail (verdict, BTC_VERDICT_MUTATED, "bad-txns-duplicate", "duplicate transaction");
  return TRUE;
}

static gboolean
check_sizes (const BtcBlock *block, BtcVerdict *verdict)
{
  if (block->n_txs == 0 || (guint64) block->n_txs * BTC_WITNESS_SCALE > BTC_MAX_BLOCK_WEIGHT
      || (guint64) block->stripped_size * BTC_WITNESS_SCALE > BTC_MAX_BLOCK_WEIGHT)
    return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-blk-length", "size limits failed");
  return TRUE;
}

static gboolean
check_transactions (const BtcBlock *block, BtcVerdict *verdict)
{
  if (!btc_tx_is_coinbase (&block->txs[0]))
    return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-cb-missing", "first tx is not coinbase");
  for (guint32 i = 1; i < block->n_txs; i++)
    if (btc_tx_is_coinbase (&block->txs[i]))
      return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-cb-multiple", "more than one coinbase");
  for (guint32 i = 0; i < block->n_txs; i++) {
    BtcVerdict of_tx;

    if (!btc_tx_check (&block->txs[i], &of_tx)) {
      g_autofree char *txid = common_hex_encode_reversed (block->txs[i].txid32, 32);

      return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, of_tx.reason, "Transaction check failed (tx hash %s) %s",
                               txid, of_tx.debug);
    }
  }
  return TRUE;
}

/* Only the operations in the scripts themselves: those of P2SH and witnesses are counted where the coins are known. */
static gboolean
check_sigops (const BtcBlock *block, BtcVerdict *verdict)
{
  guint64 cost = 0;

  for (guint32 i = 0; i < block->n_txs; i++)
    cost += btc_tx_sigop_cost (&block->txs[i], NULL, BTC_VERIFY_NONE);
  if (cost > BTC_MAX_BLOCK_SIGOPS_COST)
    return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-blk-sigops", "out-of-bounds SigOpCount");
  return TRUE;
}

gboolean
btc_block_check_parts (const BtcBlock *block,
                       const BtcParams *params,
                       gboolean check_pow,
                       gboolean check_merkle,
                       BtcVerdict *verdict)
{
  if (check_pow && !btc_header_check_pow (&block->header, block->hash32, params, verdict))
    return FALSE;
  if (check_pow && params->signet && !btc_signet_check (block, params))
    return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-signet-blksig",
                             "signet block signature validation failure");
  /* Before any check that would mark the header as invalid: it may not commit to these transactions. */
  if (check_merkle && !check_merkle_root (block, verdict))
    return FALSE;
  return check_sizes (block, verdict) && check_transactions (block, verdict) && check_sigops (block, verdict);
}

gboolean
btc_block_check (const BtcBlock *block, const BtcParams *params, BtcVerdict *verdict)
{
  return btc_block_check_parts (block, params, TRUE, TRUE, verdict);
}

/* BIP 34: the coinbase script starts with the height, as a script number. */
static gboolean
check_coinbase_height (const BtcBlock *block, guint32 height, BtcVerdict *verdict)
{
  g_autoptr (GByteArray) prefix = g_byte_array_new ();
  BtcSpan script = block->txs[0].in[0].script_sig;

  btc_script_write_number (prefix, height);
  if (script.len < prefix->len || memcmp (script.data, prefix->data, prefix->len) != 0)
    return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-cb-height", "block height mismatch in coinbase");
  return TRUE;
}

gboolean
btc_block_check_contextual (const BtcBlock *block,
                            const BtcPrevContext *prev,
                            const BtcParams *params,
                            BtcVerdict *verdict)
{
  guint32 height = prev == NULL ? 0 : prev->height + 1;
  /* BIP 113: lock times are compared with the median time past, not with the block's time. */
  gint64 cutoff_s = prev != NULL && btc_params_buried_active (params, BTC_BURIED_CSV, height) ? prev->median_time_past
                                                                                              : block->header.time;

  for (guint32 i = 0; i < block->n_txs; i++)
    if (!btc_tx_is_final (&block->txs[i], height, cutoff_s))
      return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-txns-nonfinal", "non-final transaction");
  if (prev != NULL && btc_params_buried_active (params, BTC_BURIED_BIP34, height)
      && !check_coinbase_height (block, height, verdict))
    return FALSE;
  if (!btc_block_check_witness (block, btc_params_buried_active (params, BTC_BURIED_SEGWIT, height), verdict))
    return FALSE;
  /* After the commitment: otherwise padding the coinbase's witness could make a valid block appear too heavy. */
  if (btc_block_weight (block) > BTC_MAX_BLOCK_WEIGHT)
    return btc_verdict_fail (verdict, BTC_VERDICT_CONSENSUS, "bad-blk-weight",
                             "ContextualCheckBlock : weight limit failed");
  return TRUE;
}

gboolean
btc_block_check_alone (const BtcBlock *block, guint32 height, const BtcParams *params, BtcVerdict *verdict)
{
  if (!btc_header_check_pow (&block->header, block->hash32, params, verdict) || !check_merkle_root (block, verdict)
      || !check_sizes (block, verdict) || !check_transactions (block, verdict))
    return FALSE;
  if (height == 0 && memcmp (block->hash32, params->genesis_hash32, 32) != 0)
    return btc_verdict_fail (verdict, BTC_VERDICT_INVALID_HEADER, "bad-genblk",
                             "not the genesis block of this network");
  if (height > 0 && btc_params_buried_active (params, BTC_BURIED_BIP34, height)
      && !check_coinbase_height (block, height, verdict))
    return FALSE;
  return btc_block_check_witness (block, btc_params_buried_active (params, BTC_BURIED_SEGWIT, height), verdict);
}

gboolean
btc_block_is_mutated (const BtcBlock *block, gboolean check_witness)
{
  BtcVerdict verdict;

  if (!check_merkle_root (block, &verdict))
    return TRUE;
  /* CVE-2017-12842: 64 bytes can be either a transaction or two hashes of the merkle tree. */
  if (block->n_txs == 0 || !btc_tx_is_coinbase (&block->txs[0])) {
    for (guint32 i = 0; i < block->n_txs; i++)
      if (block->txs[i].stripped_size == 64)
        return TRUE;
    return FALSE;
  }
  return !btc_block_check_witness (block, check_witness, &verdict);
}

gboolean
btc_block_matches_header (const BtcBlock *block)
{
  BtcVerdict verdict;

  return check_merkle_root (block, &verdict);
}
