#include "node/blocktree/block.h"

#include <math.h>
#include <string.h>

#include "common/hex.h"
#include "common/log.h"

/* The height of the skip ancestor of a block at HEIGHT. Any ancestor would be correct; clearing low bits gives walks of
 * a logarithmic number of steps, and odd heights use another formula so that neighbours complement each other. */
static guint32
block_skip_height (guint32 height)
{
  guint32 even;

  if (height < 2)
    return 0;
  if ((height & 1) == 0)
    return height & (height - 1);
  even = height - 1;
  even &= even - 1;
  return (even & (even - 1)) + 1;
}

NodeBlock *
node_block_ancestor (const NodeBlock *block, guint32 height)
{
  NodeBlock *walk = (NodeBlock *) block;

  if (walk == NULL || height > walk->height)
    return NULL;
  while (walk->height != height) {
    guint32 skip = block_skip_height (walk->height);
    guint32 skip_of_prev = block_skip_height (walk->height - 1);
    /* Take the skip unless one step down opens a longer one that does not overshoot. */
    gboolean prev_is_better = skip > height && skip_of_prev + 2 < skip && skip_of_prev >= height;

    if (walk->skip != NULL && skip >= height && !prev_is_better)
      walk = walk->skip;
    else
      walk = walk->prev;
    g_assert (walk != NULL);
  }
  return walk;
}

gint64
node_block_median_time_past (const NodeBlock *block)
{
  guint32 times[BTC_MEDIAN_TIME_SPAN];
  guint n = 0;

  g_return_val_if_fail (block != NULL, 0);
  for (; block != NULL && n < BTC_MEDIAN_TIME_SPAN; block = block->prev) {
    guint at = n++;

    for (; at > 0 && times[at - 1] > block->header.time; at--)
      times[at] = times[at - 1];
    times[at] = block->header.time;
  }
  return times[n / 2];
}

const NodeBlock *
node_block_fork (const NodeBlock *a, const NodeBlock *b)
{
  if (a == NULL || b == NULL)
    return NULL;
  if (a->height > b->height)
    a = node_block_ancestor (a, b->height);
  else
    b = node_block_ancestor (b, a->height);
  while (a != b) {
    /* Whole skips are safe while they lead to different blocks. */
    if (a->skip != b->skip) {
      a = a->skip;
      b = b->skip;
    } else {
      a = a->prev;
      b = b->prev;
    }
    if (a == NULL || b == NULL)
      return NULL;
  }
  return a;
}

gboolean
node_block_descends (const NodeBlock *block, const NodeBlock *from)
{
  return block->height >= from->height && node_block_ancestor (block, from->height) == from;
}

int
node_block_compare_work (const NodeBlock *a, const NodeBlock *b)
{
  return btc_uint256_compare (&a->chain_work, &b->chain_work);
}

void
node_block_link (NodeBlock *block, NodeBlock *prev)
{
  BtcUint256 work;

  btc_header_work (block->header.bits, &work);
  block->prev = prev;
  if (prev == NULL) {
    block->height = 0;
    block->chain_work = work;
    block->time_max = block->header.time;
    block->skip = NULL;
    return;
  }
  block->height = prev->height + 1;
  btc_uint256_add (&block->chain_work, &prev->chain_work, &work);
  block->time_max = MAX (prev->time_max, block->header.time);
  block->skip = node_block_ancestor (prev, block_skip_height (block->height));
}

gboolean
node_block_is_valid (const NodeBlock *block, NodeBlockStatus up_to)
{
  return (block->status & NODE_BLOCK_FAILED) == 0 && (block->status & NODE_BLOCK_VALID_MASK) >= (guint32) up_to;
}

static const BtcHeader *
block_context_ancestor (gconstpointer data, guint32 height)
{
  const NodeBlock *block = node_block_ancestor (data, height);
  return block != NULL ? &block->header : NULL;
}

BtcPrevContext
node_block_prev_context (const NodeBlock *prev)
{
  return (BtcPrevContext){
    .height = prev->height,
    .header = &prev->header,
    .median_time_past = node_block_median_time_past (prev),
    .ancestor = block_context_ancestor,
    .data = prev,
  };
}

/* When these blocks are disconnected, their outputs do not match. */
gboolean
node_block_is_bip30_overwritten (const NodeBlock *index)
{
  return btc_params_bip30_lost (index->height, index->hash32);
}

static gboolean
block_has_witness (const BtcBlock *block)
{
  for (guint32 i = 0; i < block->n_txs; i++)
    if (block->txs[i].has_witness)
      return TRUE;
  return FALSE;
}

/* On test networks the activation height of segwit may have been different when the block was stored: a block with
 * witnesses must commit to them in any case. */
gboolean
node_block_is_intact (const NodeBlock *index, const BtcBlock *block, const BtcParams *params)
{
  gboolean segwit = btc_params_buried_active (params, BTC_BURIED_SEGWIT, index->height);

  return memcmp (block->hash32, index->hash32, 32) == 0
         && !btc_block_is_mutated (block, segwit || block_has_witness (block));
}

gboolean
node_block_check (const BtcBlock *block, const BtcParams *params, BtcVerdict *verdict)
{
  btc_verdict_clear (verdict);
  return btc_header_check_pow (&block->header, block->hash32, params, verdict)
         && btc_block_check (block, params, verdict);
}

char *
node_block_dup_hash (const guint8 hash32[32])
{
  return common_hex_encode_reversed (hash32, 32);
}

char *
node_block_dup_date (guint32 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time);

  return g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");
}

double
node_block_log2_work (const NodeBlock *block)
{
  return log2 (btc_uint256_to_double (&block->chain_work));
}

void
node_block_log_rejected (const guint8 hash32[32], guint32 height, const BtcVerdict *verdict)
{
  g_autofree char *hash = node_block_dup_hash (hash32);
  g_autofree char *text = btc_verdict_dup_text (verdict);

  common_info ("block %s height %u rejected: %s", hash, height, text);
}
