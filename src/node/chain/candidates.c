#include "node/chain/candidates.h"

#include "node/chain/parts.h"

#include <string.h>

/* The blocks that could become the tip: all data of their branch is stored, they are not known to be invalid, and they
 * are not worse than the tip. More work wins; among equal work the branch whose data was complete first. */

struct _NodeCandidates {
  GTree *set;            /* NodeBlock: could become the tip */
  GHashTable *unlinked;  /* NodeBlock → GPtrArray of its children that have data while it, or one below, has none */
  NodeBlock *clear_path; /* from here down to the active chain there is no obstacle; NULL: unknown */
};

int
node_candidates_compare (const NodeBlock *a, const NodeBlock *b)
{
  int order = node_block_compare_work (a, b);

  if (order != 0)
    return order;
  if (a->sequence != b->sequence)
    return a->sequence < b->sequence ? 1 : -1;
  /* Only blocks loaded from disk share a sequence. */
  return memcmp (a->hash32, b->hash32, 32);
}

static int
compare_candidate_keys (gconstpointer a, gconstpointer b, gpointer data)
{
  return node_candidates_compare (a, b);
}

NodeCandidates *
node_candidates_new (void)
{
  NodeCandidates *candidates = g_new0 (NodeCandidates, 1);

  candidates->set = g_tree_new_full (compare_candidate_keys, NULL, NULL, NULL);
  candidates->unlinked = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  return candidates;
}

void
node_candidates_free (NodeCandidates *candidates)
{
  g_tree_unref (candidates->set);
  g_hash_table_unref (candidates->unlinked);
  g_free (candidates);
}

void
node_candidates_add (NodeChain *chain, NodeBlock *block)
{
  NodeBlock *tip = node_chain_tip (chain);

  /* While a snapshot is pending verification the chain cannot go back below it: the coins before it are unknown. */
  if (chain->below != NULL && !node_block_descends (block, chain->state.base))
    return;
  if (tip == NULL || node_candidates_compare (block, tip) >= 0)
    g_tree_insert (chain->candidates->set, block, block);
}

void
node_candidates_remove (NodeChain *chain, NodeBlock *block)
{
  g_tree_remove (chain->candidates->set, block);
}

void
node_candidates_prune (NodeChain *chain)
{
  NodeBlock *tip = node_chain_tip (chain);
  GTreeNode *node;

  while ((node = g_tree_node_first (chain->candidates->set)) != NULL) {
    NodeBlock *worst = g_tree_node_key (node);

    if (tip == NULL || node_candidates_compare (worst, tip) >= 0)
      break;
    g_tree_remove (chain->candidates->set, worst);
  }
}

void
node_candidates_rebuild (NodeChain *chain)
{
  g_autoptr (GPtrArray) all = node_block_tree_dup_blocks (chain->tree);

  node_candidates_reset_path (chain);
  g_tree_remove_all (chain->candidates->set);
  for (guint i = 0; i < all->len; i++) {
    NodeBlock *block = g_ptr_array_index (all, i);

    if (node_block_is_valid (block, NODE_BLOCK_VALID_TRANSACTIONS) && block->chain_tx != 0)
      node_candidates_add (chain, block);
  }
}

void
node_candidates_remove_failed (NodeChain *chain)
{
  g_autoptr (GPtrArray) failed = g_ptr_array_new ();

  for (GTreeNode *node = g_tree_node_first (chain->candidates->set); node != NULL; node = g_tree_node_next (node))
    if (((NodeBlock *) g_tree_node_key (node))->status & NODE_BLOCK_FAILED)
      g_ptr_array_add (failed, g_tree_node_key (node));
  for (guint i = 0; i < failed->len; i++)
    g_tree_remove (chain->candidates->set, g_ptr_array_index (failed, i));
}

static int
candidates_compare_height (gconstpointer a, gconstpointer b)
{
  const NodeBlock *x = *(NodeBlock *const *) a, *y = *(NodeBlock *const *) b;
  return x->height < y->height ? -1 : x->height > y->height;
}

void
node_candidates_load_unlinked (NodeChain *chain)
{
  g_autoptr (GPtrArray) all = node_block_tree_dup_blocks (chain->tree);

  g_ptr_array_sort (all, candidates_compare_height);
  for (guint i = 0; i < all->len; i++) {
    NodeBlock *block = g_ptr_array_index (all, i);

    if (block->n_tx > 0 && block != chain->state.base && block->prev != NULL && block->prev->chain_tx == 0
        && (block->status & NODE_BLOCK_HAVE_DATA))
      node_candidates_add_unlinked (chain, block);
  }
}

void
node_candidates_add_unlinked (NodeChain *chain, NodeBlock *block)
{
  GPtrArray *children = g_hash_table_lookup (chain->candidates->unlinked, block->prev);

  if (children == NULL) {
    children = g_ptr_array_new ();
    g_hash_table_insert (chain->candidates->unlinked, block->prev, children);
  }
  if (!g_ptr_array_find (children, block, NULL))
    g_ptr_array_add (children, block);
}

void
node_candidates_remove_unlinked (NodeChain *chain, NodeBlock *block)
{
  GPtrArray *children = block->prev != NULL ? g_hash_table_lookup (chain->candidates->unlinked, block->prev) : NULL;

  if (children != NULL && g_ptr_array_remove_fast (children, block) && children->len == 0)
    g_hash_table_remove (chain->candidates->unlinked, block->prev);
}

void
node_candidates_received (NodeChain *chain, NodeBlock *block)
{
  g_autoptr (GQueue) queue = NULL;
  NodeBlock *next;

  if (block->prev != NULL && block->prev->chain_tx == 0) {
    node_candidates_add_unlinked (chain, block);
    return;
  }
  queue = g_queue_new ();
  g_queue_push_tail (queue, block);
  while ((next = g_queue_pop_head (queue)) != NULL) {
    GPtrArray *children;

    /* Both are part of the order of the set. */
    node_candidates_remove (chain, next);
    node_block_tree_set_chain_tx (chain->tree, next, next->n_tx + (next->prev != NULL ? next->prev->chain_tx : 0));
    node_block_tree_set_sequence (chain->tree, next, node_block_tree_next_sequence (chain->tree));
    if (node_block_is_valid (next, NODE_BLOCK_VALID_TRANSACTIONS))
      node_candidates_add (chain, next);
    children = g_hash_table_lookup (chain->candidates->unlinked, next);
    for (guint i = 0; children != NULL && i < children->len; i++)
      g_queue_push_tail (queue, g_ptr_array_index (children, i));
    g_hash_table_remove (chain->candidates->unlinked, next);
  }
}

void
node_candidates_received_children (NodeChain *chain, NodeBlock *block)
{
  g_autoptr (GPtrArray) children = g_hash_table_lookup (chain->candidates->unlinked, block);

  if (children == NULL)
    return;
  g_ptr_array_ref (children);
  g_hash_table_remove (chain->candidates->unlinked, block);
  for (guint i = 0; i < children->len; i++)
    node_candidates_received (chain, g_ptr_array_index (children, i));
}

void
node_candidates_reset_path (NodeChain *chain)
{
  chain->candidates->clear_path = NULL;
}

/* The first block from BLOCK down to the active chain that cannot be connected, or NULL. A path without obstacles is
 * not walked again for every block that is connected on it. The genesis block needs no file. */
static NodeBlock *
find_obstacle (NodeChain *chain, NodeBlock *block)
{
  NodeBlock *best = block;

  for (; block != NULL && block != chain->candidates->clear_path && !node_chain_contains (chain, block);
       block = block->prev)
    if ((block->status & NODE_BLOCK_FAILED) || (block->prev != NULL && !(block->status & NODE_BLOCK_HAVE_DATA)))
      return block;
  chain->candidates->clear_path = best;
  return NULL;
}

NodeBlock *
node_candidates_best (NodeChain *chain)
{
  NodeBlock *tip = node_chain_tip (chain);
  GTreeNode *node;

  while ((node = g_tree_node_last (chain->candidates->set)) != NULL) {
    NodeBlock *best = g_tree_node_key (node);
    NodeBlock *obstacle = find_obstacle (chain, best);
    gboolean failed;

    /* The order of arrival in an earlier run is unknown: the tip is kept. */
    if (tip != NULL && best->sequence == tip->sequence && node_block_compare_work (best, tip) == 0)
      return tip;
    if (obstacle == NULL)
      return best;
    failed = (obstacle->status & NODE_BLOCK_FAILED) != 0;
    if (failed)
      node_block_tree_note_invalid (chain->tree, best);
    for (NodeBlock *block = best; block != obstacle; block = block->prev) {
      /* Pruned: when the data is received again the branch is a candidate again. */
      if (!failed)
        node_candidates_add_unlinked (chain, block);
      node_candidates_remove (chain, block);
    }
    node_candidates_remove (chain, obstacle);
  }
  return NULL;
}

/* ---- -checkblockindex ---- */

static gboolean
candidates_has_unlinked (const NodeCandidates *candidates, NodeBlock *block)
{
  const GPtrArray *children = g_hash_table_lookup (candidates->unlinked, block->prev);

  return children != NULL && g_ptr_array_find ((GPtrArray *) children, block, NULL);
}

/* Whether all data from BLOCK down to the active chain is stored. */
static gboolean
candidates_has_way (NodeChain *chain, const NodeBlock *block)
{
  for (; !node_chain_contains (chain, block); block = block->prev)
    if (!(block->status & NODE_BLOCK_HAVE_DATA))
      return FALSE;
  return TRUE;
}

/* Whether BLOCK must be a candidate. Where data was pruned, it may be one until it is tried. */
static gboolean
candidates_must_have (NodeChain *chain, const NodeBlock *block)
{
  return node_block_is_valid (block, NODE_BLOCK_VALID_TRANSACTIONS) && block->chain_tx > 0
         && node_candidates_compare (block, node_chain_tip (chain)) >= 0
         && (chain->below == NULL || node_block_descends (block, chain->state.base))
         && candidates_has_way (chain, block);
}

static const char *
candidates_find_problem (NodeChain *chain, NodeBlock *block)
{
  NodeCandidates *candidates = chain->candidates;
  gboolean is_candidate = g_tree_lookup (candidates->set, block) == block;
  gboolean waits = block->prev != NULL && block->prev->chain_tx == 0 && (block->status & NODE_BLOCK_HAVE_DATA)
                   && !(block->status & NODE_BLOCK_FAILED) && block != chain->state.base;

  if (is_candidate && node_candidates_compare (block, node_chain_tip (chain)) < 0)
    return "is a candidate that is worse than the tip";
  if (is_candidate && block->chain_tx == 0)
    return "is a candidate without all of its data";
  if (!is_candidate && candidates_must_have (chain, block))
    return "is no candidate";
  return waits && !candidates_has_unlinked (candidates, block) ? "would not be linked to a block before it" : NULL;
}

char *
node_candidates_dup_problem (NodeChain *chain)
{
  g_autoptr (GPtrArray) all = node_block_tree_dup_blocks (chain->tree);

  for (guint i = 0; i < all->len; i++) {
    NodeBlock *block = g_ptr_array_index (all, i);
    const char *what = candidates_find_problem (chain, block);

    if (what != NULL) {
      g_autofree char *hash = node_block_dup_hash (block->hash32);
      return g_strdup_printf ("block %s %s", hash, what);
    }
  }
  return NULL;
}
