#include "node/chainstate/assume_valid.h"

#include "common/log.h"

#include <string.h>

#define TWO_WEEKS_S (14 * 24 * 60 * 60)

static gboolean
is_zero (const guint8 hash32[32])
{
  static const guint8 zero[32];
  return memcmp (hash32, zero, 32) == 0;
}

/* The time that the work between FROM and TO would take at the difficulty of TIP. */
static gint64
equivalent_time_s (const NodeBlock *to, const NodeBlock *from, const NodeBlock *tip, const BtcParams *params)
{
  BtcUint256 work, block_work;
  guint8 le[32];

  if (node_block_compare_work (to, from) <= 0)
    return 0;
  btc_uint256_sub (&work, &to->chain_work, &from->chain_work);
  btc_uint256_mul_u32 (&work, &work, params->pow_spacing_s);
  btc_header_work (tip->header.bits, &block_work);
  if (btc_uint256_is_zero (&block_work))
    return 0;
  btc_uint256_div (&work, &work, &block_work);
  if (btc_uint256_bits (&work) > 62)
    return G_MAXINT64;
  btc_uint256_to_le (&work, le);
  return (gint64) btc_get_u64 (le);
}

/* Why the scripts of INDEX are to be checked; NULL when -assumevalid covers them: INDEX is an ancestor of the
 * -assumevalid block and of the best header, which has the minimum chain work and is two weeks' worth of work above
 * INDEX. */
static const char *
script_check_reason (NodeBlockTree *tree, const BtcParams *params, const NodeBlock *index)
{
  const NodeBlock *assumed, *best = node_block_tree_get_best_header (tree);

  if (is_zero (params->assume_valid32))
    return "assumevalid=0 (always verify)";
  assumed = node_block_tree_find (tree, params->assume_valid32);
  if (assumed == NULL)
    return "assumevalid hash not in headers";
  if (node_block_ancestor (assumed, index->height) != index)
    return index->height > assumed->height ? "block height above assumevalid height" : "block not in assumevalid chain";
  if (best == NULL || node_block_ancestor (best, index->height) != index)
    return "block not in best header chain";
  if (btc_uint256_compare (&best->chain_work, &params->minimum_chain_work) < 0)
    return "best header chainwork below minimumchainwork";
  if (equivalent_time_s (best, index, best, params) <= TWO_WEEKS_S)
    return "block too recent relative to best header";
  return NULL;
}

gboolean
node_assume_valid_needs_checks (NodeAssumeValid *assume,
                                NodeBlockTree *tree,
                                const BtcParams *params,
                                const NodeBlock *index)
{
  const char *reason = script_check_reason (tree, params, index);

  if (!assume->logged || g_strcmp0 (reason, assume->reason) != 0) {
    g_autofree char *hash = node_block_dup_hash (index->hash32);

    if (reason != NULL)
      common_info ("Enabling script verification at block #%u (%s): %s.", index->height, hash, reason);
    else
      common_info ("Disabling script verification at block #%u (%s).", index->height, hash);
    assume->logged = TRUE;
    assume->reason = reason;
  }
  return reason != NULL;
}
