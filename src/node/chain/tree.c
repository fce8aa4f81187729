#include "node/chain/private.h"

#include <string.h>

/* The index of blocks: every header that was ever accepted, linked to the one below it. Headers are never removed, so a
 * NodeBlock lives as long as the chain and other threads may keep pointers to it. */

/* The first bytes of a hash in internal order are the ones that proof of work does not touch. */
static guint
hash_hash (gconstpointer key)
{
  guint value;
  memcpy (&value, key, sizeof value);
  return value;
}

static gboolean
hash_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, 32) == 0;
}

void
node_tree_init (NodeChain *chain)
{
  chain->blocks = g_hash_table_new_full (hash_hash, hash_equal, NULL, g_free);
  chain->active = g_ptr_array_new ();
  chain->dirty = g_ptr_array_new ();
}

void
node_tree_clear (NodeChain *chain)
{
  chain->best_header = NULL;
  chain->best_invalid = NULL;
  g_clear_pointer (&chain->active, g_ptr_array_unref);
  g_clear_pointer (&chain->dirty, g_ptr_array_unref);
  g_clear_pointer (&chain->blocks, g_hash_table_unref);
}

/* How far down the skip pointer of a block at HEIGHT leads: any ancestor would be right; clearing low bits gives walks
 * of a logarithmic number of steps, and odd heights take another route so that neighbours complement each other. */
static guint32
skip_height (guint32 height)
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
    guint32 skip = skip_height (walk->height);
    guint32 skip_of_prev = skip_height (walk->height - 1);
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
node_tree_descends (const NodeBlock *block, const NodeBlock *from)
{
  return block->height >= from->height && node_block_ancestor (block, from->height) == from;
}

int
node_block_compare_work (const NodeBlock *a, const NodeBlock *b)
{
  return btc_uint256_compare (&a->chain_work, &b->chain_work);
}

void
node_tree_link (NodeBlock *block, NodeBlock *prev)
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
  block->skip = node_block_ancestor (prev, skip_height (block->height));
}

NodeBlock *
node_tree_insert (NodeChain *chain, const BtcHeader *header, const guint8 hash32[32])
{
  NodeBlock *block = g_new0 (NodeBlock, 1);

  memcpy (block->hash32, hash32, 32);
  block->header = *header;
  block->file = -1;
  g_hash_table_insert (chain->blocks, block->hash32, block);
  return block;
}

void
node_tree_mark_dirty (NodeChain *chain, NodeBlock *block)
{
  if (block->dirty)
    return;
  block->dirty = TRUE;
  g_ptr_array_add (chain->dirty, block);
}

gboolean
node_tree_is_valid (const NodeBlock *block, NodeBlockStatus up_to)
{
  return (block->status & NODE_BLOCK_FAILED) == 0 && (block->status & NODE_BLOCK_VALID_MASK) >= (guint32) up_to;
}

void
node_tree_raise_validity (NodeChain *chain, NodeBlock *block, NodeBlockStatus up_to)
{
  if (block->status & NODE_BLOCK_FAILED)
    return;
  if ((block->status & NODE_BLOCK_VALID_MASK) < (guint32) up_to) {
    block->status = (block->status & ~(guint32) NODE_BLOCK_VALID_MASK) | up_to;
    node_tree_mark_dirty (chain, block);
  }
}

void
node_tree_find_best_header (NodeChain *chain)
{
  GHashTableIter iter;
  gpointer value;

  chain->best_header = node_chain_tip (chain);
  g_hash_table_iter_init (&iter, chain->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    NodeBlock *block = value;

    if (node_tree_is_valid (block, NODE_BLOCK_VALID_TREE)
        && (chain->best_header == NULL || node_block_compare_work (block, chain->best_header) > 0))
      chain->best_header = block;
  }
}

static const BtcHeader *
context_ancestor (gconstpointer data, guint32 height)
{
  const NodeBlock *block = node_block_ancestor (data, height);
  return block != NULL ? &block->header : NULL;
}

BtcPrevContext
node_tree_prev_context (const NodeBlock *prev)
{
  return (BtcPrevContext){
    .height = prev->height,
    .header = &prev->header,
    .median_time_past = node_block_median_time_past (prev),
    .ancestor = context_ancestor,
    .data = prev,
  };
}

NodeBlock *
node_chain_find (NodeChain *chain, const guint8 hash32[32])
{
  return g_hash_table_lookup (chain->blocks, hash32);
}

NodeBlock *
node_chain_find_stored (NodeChain *chain, gint32 file, guint32 pos)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, chain->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    NodeBlock *block = value;

    if ((block->status & NODE_BLOCK_HAVE_DATA) && block->file == file && block->data_pos == pos)
      return block;
  }
  return NULL;
}

NodeBlock *
node_chain_tip (NodeChain *chain)
{
  return chain->active->len > 0 ? g_ptr_array_index (chain->active, chain->active->len - 1) : NULL;
}

NodeBlock *
node_chain_best_header (NodeChain *chain)
{
  return chain->best_header;
}

NodeBlock *
node_chain_at (NodeChain *chain, guint32 height)
{
  return height < chain->active->len ? g_ptr_array_index (chain->active, height) : NULL;
}

gboolean
node_chain_contains (NodeChain *chain, const NodeBlock *block)
{
  return node_chain_at (chain, block->height) == block;
}
