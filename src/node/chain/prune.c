#include "node/chain/prune.h"

#include "common/log.h"
#include "node/chain/flush.h"
#include "node/chain/parts.h"

/* -prune: deletes old block files. The order of the steps ensures that the program may be killed between any two: the
 * coins are flushed, unless none of the deleted blocks is needed to restore the tip from the coins on disk; then the
 * files are removed from the index; then they are deleted. No block is stored meanwhile. Files that are no longer in
 * the index but still exist are deleted at the next start. */

#define MIB ((guint64) 1 << 20)
/* The space that one block and its undo data may allocate before the next check. */
#define ROOM (17 * MIB)
#define BYTES_PER_BLOCK 1000000
/* An index may have to rewind by a few blocks. */
#define LOCK_BUFFER 10

struct _NodePruneHold {
  gint height; /* atomic */
};

struct _NodePruning {
  GPtrArray *holds; /* NodePruneHold; fixed once the chain is loaded */
};

NodePruning *
node_prune_new (void)
{
  NodePruning *pruning = g_new0 (NodePruning, 1);

  pruning->holds = g_ptr_array_new_with_free_func (g_free);
  return pruning;
}

void
node_prune_free (NodePruning *pruning)
{
  g_ptr_array_unref (pruning->holds);
  g_free (pruning);
}

NodePruneHold *
node_chain_add_prune_hold (NodeChain *chain)
{
  NodePruneHold *hold;

  g_return_val_if_fail (chain != NULL, NULL);
  hold = g_new0 (NodePruneHold, 1);
  g_ptr_array_add (chain->pruning->holds, hold);
  return hold;
}

void
node_prune_hold_set (NodePruneHold *hold, guint32 height)
{
  g_atomic_int_set (&hold->height, (gint) MIN (height, (guint32) G_MAXINT));
}

/* A file may be deleted when all of its blocks are between *FIRST and *LAST: these are needed neither for STATE nor for
 * another set of coins. */
static void
get_range (NodeChain *chain, const NodeChainstate *state, gint64 wanted, gint64 *first, gint64 *last)
{
  const NodeBlock *tip = state->tip;

  *first = state->role.prune_from;
  for (guint i = 0; i < chain->pruning->holds->len; i++) {
    NodePruneHold *hold = g_ptr_array_index (chain->pruning->holds, i);
    gint64 needed = g_atomic_int_get (&hold->height);
    gint64 limit = MAX (1, needed - LOCK_BUFFER - 1);
    if (limit < tip->height)
      common_debug (COMMON_LOG_PRUNE, "an index limited pruning to height %" G_GINT64_FORMAT, limit);
    wanted = MIN (wanted, limit);
  }
  *last = MIN (wanted, MAX (0, (gint64) tip->height - NODE_PRUNE_KEEP_BLOCKS));
}

/* The heights of the blocks in FILES. */
static void
prune_get_heights (NodeChain *chain, GHashTable *files, guint32 *lowest, guint32 *highest)
{
  NodeBlockFileInfo info;
  GHashTableIter iter;
  gpointer file;

  *lowest = G_MAXUINT32;
  *highest = 0;
  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &file, NULL)) {
    node_block_files_get_info (node_block_tree_files (chain->tree), GPOINTER_TO_UINT (file), &info);
    *lowest = MIN (*lowest, info.height_first);
    *highest = MAX (*highest, info.height_last);
  }
}

/* Can the coins of STATE be restored from those on disk without the blocks from LOWEST to HIGHEST? A restart
 * disconnects blocks down to the branch of the tip, and connects those up to the tip; after an interrupted flush it
 * proceeds to one of the two ends of the flush first. */
static gboolean
prune_is_covered (const NodeChainstate *state, guint32 lowest, guint32 highest)
{
  const NodeBlock *ends[] = { state->flushed_tip, state->flushing_tip };

  if (state->role.target != NULL && lowest > state->role.target->height)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (ends[i] != NULL && node_block_fork (ends[i], state->tip)->height < highest)
      return FALSE;
  return state->flushed_tip != NULL;
}

static gboolean
prune_flush (NodeChain *chain, GHashTable *files, GError **error)
{
  guint32 lowest, highest;

  prune_get_heights (chain, files, &lowest, &highest);
  if (!prune_is_covered (&chain->state, lowest, highest) && !node_flush_state (chain, &chain->state, FALSE, error))
    return FALSE;
  return chain->below == NULL || prune_is_covered (chain->below, lowest, highest)
         || node_flush_state (chain, chain->below, FALSE, error);
}

static gboolean
prune_files (NodeChain *chain, GHashTable *files, GError **error)
{
  g_autoptr (GPtrArray) forgotten = NULL;

  if (g_hash_table_size (files) == 0)
    return TRUE;
  if (node_health_is_broken (&chain->health))
    return node_health_refuse (error);
  if (!prune_flush (chain, files, error) || !node_block_tree_set_pruned (chain->tree, error))
    return FALSE;
  node_candidates_reset_path (chain);
  forgotten = node_block_tree_forget_files (chain->tree, files);
  for (guint i = 0; i < forgotten->len; i++)
    node_candidates_remove_unlinked (chain, g_ptr_array_index (forgotten, i));
  if (!node_block_tree_write (chain->tree, error))
    return FALSE;
  node_block_tree_remove_files (chain->tree, files);
  return TRUE;
}

/* *INFO is the record of FILE. */
static gboolean
is_file_prunable (NodeChain *chain, gint32 file, gint64 first, gint64 last, NodeBlockFileInfo *info)
{
  return node_block_files_get_info (node_block_tree_files (chain->tree), (guint32) file, info) && info->size > 0
         && info->height_last <= last && info->height_first >= first
         && !node_block_tree_is_waiting_in (chain->tree, file);
}

gboolean
node_chain_prune_to (NodeChain *chain, guint32 height, GError **error)
{
  g_autoptr (GHashTable) files = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) local = NULL;
  NodeBlockFileInfo info;
  gint64 first, last;
  gboolean good;

  g_return_val_if_fail (chain->options.prune_target > 0, FALSE);
  if (height == 0 || node_chain_is_reindexing (chain) || node_chain_tip (chain) == NULL)
    return TRUE;
  get_range (chain, &chain->state, height, &first, &last);
  node_block_tree_lock_files (chain->tree);
  for (gint32 file = 0; file < node_block_files_get_last (node_block_tree_files (chain->tree)); file++)
    if (is_file_prunable (chain, file, first, last, &info))
      g_hash_table_add (files, GINT_TO_POINTER (file));
  common_info ("Prune (Manual): prune_height=%" G_GINT64_FORMAT " removed %u blk/rev pairs", last,
               g_hash_table_size (files));
  good = prune_files (chain, files, &local);
  node_block_tree_unlock_files (chain->tree);
  if (good)
    return TRUE;
  node_report_fatal (chain, local);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* While the chain is far behind, more is deleted at once, since each pruning also flushes the coins. */
static guint64
get_room (NodeChain *chain, const NodeBlock *tip)
{
  const NodeBlock *best = node_block_tree_get_best_header (chain->tree);

  if (!node_chain_is_initial_download (chain) || best == NULL || best->height <= tip->height)
    return ROOM;
  return ROOM + (guint64) (best->height - tip->height) * BYTES_PER_BLOCK;
}

static gboolean
is_due (NodeChain *chain, const NodeBlock *tip, guint64 target)
{
  return tip != NULL && tip->height > chain->params->prune_after_height
         && node_block_files_usage (node_block_tree_files (chain->tree)) + ROOM >= target;
}

/* With a background chainstate each has half of the space. */
static guint64
get_target (NodeChain *chain)
{
  guint64 target = chain->options.prune_target;

  return chain->below != NULL ? MAX (target / 2, MIN (target, NODE_PRUNE_MIN_MIB * MIB)) : target;
}

/* An index releases a block only after the coins were flushed at a later one. This is worth one flush for every
 * NODE_PRUNE_KEEP_BLOCKS blocks. */
static gboolean
prune_flush_for_indexes (NodeChain *chain, const NodeBlock *tip, gint64 last, GError **error)
{
  const NodeBlock *flushed = node_chain_flushed_tip (chain);
  gint64 unlocked = (gint64) tip->height - NODE_PRUNE_KEEP_BLOCKS;

  if (last >= unlocked || (flushed != NULL && (gint64) flushed->height >= unlocked))
    return TRUE;
  return node_flush_all (chain, error);
}

gboolean
node_prune_is_due (NodeChain *chain)
{
  guint64 target = chain->options.prune_target;

  if (target == 0 || target == NODE_PRUNE_MANUAL || node_chain_is_reindexing (chain))
    return FALSE;
  return is_due (chain, node_chain_tip (chain), get_target (chain))
         || (chain->below != NULL && is_due (chain, chain->below->tip, get_target (chain)));
}

static gboolean
prune_for (NodeChain *chain, const NodeChainstate *state, GError **error)
{
  const NodeBlock *tip = state->tip;
  g_autoptr (GHashTable) files = NULL;
  guint64 target = get_target (chain);
  guint64 usage = node_block_files_usage (node_block_tree_files (chain->tree));
  NodeBlockFileInfo info;
  gint64 first, last;

  if (!is_due (chain, tip, target))
    return TRUE;
  files = g_hash_table_new (NULL, NULL);
  get_range (chain, state, tip->height, &first, &last);
  for (gint32 file = 0; file < node_block_files_get_last (node_block_tree_files (chain->tree)); file++) {
    gboolean prunable = is_file_prunable (chain, file, first, last, &info);

    if (info.size > 0 && usage + get_room (chain, tip) < target)
      break;
    if (!prunable)
      continue;
    usage -= (guint64) info.size + info.undo_size;
    g_hash_table_add (files, GINT_TO_POINTER (file));
  }
  if (g_hash_table_size (files) == 0)
    return prune_flush_for_indexes (chain, tip, last, error);
  common_debug (COMMON_LOG_BLOCKSTORAGE,
                "target=%" G_GUINT64_FORMAT "MiB actual=%" G_GUINT64_FORMAT "MiB max_prune_height=%" G_GINT64_FORMAT
                " removed %u blk/rev pairs",
                target / MIB, usage / MIB, last, g_hash_table_size (files));
  return prune_files (chain, files, error);
}

gboolean
node_prune_if_needed (NodeChain *chain, GError **error)
{
  gboolean good;

  if (!node_prune_is_due (chain))
    return TRUE;
  node_block_tree_lock_files (chain->tree);
  good = prune_for (chain, &chain->state, error) && (chain->below == NULL || prune_for (chain, chain->below, error));
  node_block_tree_unlock_files (chain->tree);
  return good;
}

guint64
node_chain_prune_target (NodeChain *chain)
{
  return chain->options.prune_target;
}

void
node_prune_warn (NodeChain *chain)
{
  if (node_block_tree_has_pruned (chain->tree) && chain->options.check_blocks > NODE_PRUNE_KEEP_BLOCKS)
    common_warn ("pruned datadir may not have more than %d blocks; only checking available blocks",
                 NODE_PRUNE_KEEP_BLOCKS);
}
