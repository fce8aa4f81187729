#include "node/chain/active.h"

#include "node/chain/parts.h"

/* The active chain by height, and accessors to the tree. */

struct _NodeActive {
  GPtrArray *blocks; /* NodeBlock by height */
};

NodeActive *
node_active_new (void)
{
  NodeActive *active = g_new (NodeActive, 1);

  active->blocks = g_ptr_array_new ();
  return active;
}

void
node_active_free (NodeActive *active)
{
  g_ptr_array_unref (active->blocks);
  g_free (active);
}

NodeBlock *
node_chain_tip (NodeChain *chain)
{
  return chain->active->blocks->len > 0 ? g_ptr_array_index (chain->active->blocks, chain->active->blocks->len - 1)
                                        : NULL;
}

NodeBlock *
node_chain_at (NodeChain *chain, guint32 height)
{
  return height < chain->active->blocks->len ? g_ptr_array_index (chain->active->blocks, height) : NULL;
}

gboolean
node_chain_contains (NodeChain *chain, const NodeBlock *block)
{
  return node_chain_at (chain, block->height) == block;
}

NodeBlockTree *
node_chain_tree (NodeChain *chain)
{
  return chain->tree;
}

NodeBlock *
node_chain_find (NodeChain *chain, const guint8 hash32[32])
{
  return node_block_tree_find (chain->tree, hash32);
}

NodeBlock *
node_chain_best_header (NodeChain *chain)
{
  return node_block_tree_get_best_header (chain->tree);
}

BtcBlock *
node_chain_read_block (NodeChain *chain, const NodeBlock *index, GError **error)
{
  return node_block_tree_read_block (chain->tree, index, error);
}

gboolean
node_chain_read_undo (NodeChain *chain,
                      const NodeBlock *index,
                      const BtcBlock *block,
                      GArray **coins,
                      GByteArray **scripts,
                      GError **error)
{
  return node_block_tree_read_undo (chain->tree, index, block, coins, scripts, error);
}

void
node_active_set (NodeChain *chain, NodeBlock *block)
{
  if (block == NULL) {
    g_ptr_array_set_size (chain->active->blocks, 0);
    return;
  }
  if (block->height >= chain->active->blocks->len) {
    g_assert (block->height == chain->active->blocks->len);
    g_ptr_array_add (chain->active->blocks, block);
  } else {
    g_assert (g_ptr_array_index (chain->active->blocks, block->height) == block);
    g_ptr_array_set_size (chain->active->blocks, block->height + 1);
  }
}

void
node_active_fill (NodeChain *chain, NodeBlock *block)
{
  g_ptr_array_set_size (chain->active->blocks, (gint) block->height + 1);
  for (; block != NULL; block = block->prev)
    g_ptr_array_index (chain->active->blocks, block->height) = block;
}
