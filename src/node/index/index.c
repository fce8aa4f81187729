#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "node/index/private.h"

/* The base of every index: its database, its position, and its state. */

/* The limit for waiting for a small write, which may never happen if the chain changes meanwhile. */
#define COMMIT_WAIT_US (10 * G_TIME_SPAN_SECOND)

NodeIndex *
node_index_new (const NodeIndexClass *class, NodeChain *chain, const char *folder, const NodeIndexOwner *owner)
{
  NodeIndex *index = g_malloc0 (class->size);

  index->class = class;
  index->chain = chain;
  index->hold = node_chain_add_prune_hold (chain);
  index->path = g_build_filename (folder, class->folder, NULL);
  index->owner = *owner;
  g_mutex_init (&index->lock);
  g_cond_init (&index->changed);
  return index;
}

void
node_index_free (NodeIndex *index)
{
  if (index == NULL)
    return;
  g_assert (index->thread == NULL);
  if (index->class->close != NULL)
    index->class->close (index);
  g_clear_pointer (&index->db, node_db_close);
  g_mutex_clear (&index->lock);
  g_cond_clear (&index->changed);
  g_free (index->path);
  g_free (index);
}

static gboolean
open_db (NodeIndex *index, gsize cache_bytes, gboolean wipe, GError **error)
{
  g_clear_pointer (&index->db, node_db_close);
  index->db = node_db_open (index->path, cache_bytes, FALSE, wipe, error);
  return index->db != NULL || node_index_advise (index, error);
}

/* The block of the stored position; *LOST: it is unknown. */
static gboolean
index_find_best (NodeIndex *index, const NodeBlock **best, gboolean *lost, GError **error)
{
  guint8 hash32[32];
  gboolean found;

  *best = NULL;
  *lost = FALSE;
  if (!node_index_read_locator (index, hash32, &found, error))
    return node_index_advise (index, error);
  if (found)
    *best = node_chain_find (index->chain, hash32);
  *lost = found && *best == NULL;
  return TRUE;
}

static gboolean
open_at_best (NodeIndex *index, gsize cache_bytes, gboolean wipe, const NodeBlock **best, GError **error)
{
  gboolean lost;

  if (!open_db (index, cache_bytes, wipe, error) || !index_find_best (index, best, &lost, error))
    return FALSE;
  if (!lost)
    return TRUE;
  /* A reindex was interrupted before it wiped the indexes: this one is outdated. */
  if (node_chain_is_reindexing (index->chain))
    return open_db (index, cache_bytes, TRUE, error);
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
               "best block of %s not found. Please rebuild the index: delete the folder %s.", index->class->name,
               index->path);
  return FALSE;
}

gboolean
node_index_load (NodeIndex *index, gsize cache_bytes, gboolean wipe, GError **error)
{
  NodeChainstateInfo states[2];
  const NodeBlock *best;

  if (!open_at_best (index, cache_bytes, wipe, &best, error))
    return FALSE;
  if (!index->class->load (index, best, error))
    return node_index_advise (index, error);
  /* The first state is the fully validated one. */
  node_chain_get_states (index->chain, states);
  index->last_commit_us = index->last_log_us = common_clock_monotonic_us ();
  g_mutex_lock (&index->lock);
  index->best = index->committed = best;
  index->flushed = node_chain_flushed_tip (index->chain);
  index->synced = best != NULL && best == states[0].tip;
  g_mutex_unlock (&index->lock);
  node_prune_hold_set (index->hold, best != NULL ? best->height : 0);
  return TRUE;
}

void
node_index_set_best (NodeIndex *index, const NodeBlock *best)
{
  g_mutex_lock (&index->lock);
  index->best = best;
  g_cond_broadcast (&index->changed);
  g_mutex_unlock (&index->lock);
}

NodeIndexState
node_index_get_state (NodeIndex *index)
{
  NodeIndexState state = { .name = index->class->name };

  g_mutex_lock (&index->lock);
  state.synced = index->synced;
  state.has_block = index->best != NULL;
  state.height = index->best != NULL ? index->best->height : 0;
  state.fraction = index->synced ? 1 : index->fraction;
  state.rate = index->synced ? 0 : common_pace_get_rate (&index->pace);
  state.eta_s = index->synced ? 0 : common_pace_get_eta_s (&index->pace);
  g_mutex_unlock (&index->lock);
  return state;
}

gboolean
node_index_wait_synced (NodeIndex *index)
{
  g_autoptr (NodeTip) tip = node_chain_ref_tip (index->chain);
  gboolean there;

  g_mutex_lock (&index->lock);
  there = index->synced && tip != NULL;
  while (there && !index->stopping && !index->failed && !node_chain_is_stopping (index->chain)
         && (index->best == NULL || node_block_ancestor (index->best, tip->validated->height) != tip->validated)) {
    /* The tip may change to another branch meanwhile, and then this block is never indexed. */
    g_autoptr (NodeTip) now = NULL;
    g_cond_wait_until (&index->changed, &index->lock, g_get_monotonic_time () + G_TIME_SPAN_SECOND);
    now = node_chain_ref_tip (index->chain);
    if (now == NULL)
      break;
    if (node_block_ancestor (now->validated, tip->validated->height) != tip->validated) {
      node_tip_unref (tip);
      tip = g_steal_pointer (&now);
    }
  }
  there = there && !index->stopping && !index->failed && !node_chain_is_stopping (index->chain);
  g_mutex_unlock (&index->lock);
  return there;
}

void
node_index_wait_committed (NodeIndex *index, const NodeBlock *block)
{
  gint64 end = g_get_monotonic_time () + COMMIT_WAIT_US;
  gboolean in_time = TRUE;

  g_mutex_lock (&index->lock);
  while (in_time && index->synced && !index->stopping && !index->failed && !node_chain_is_stopping (index->chain)
         && (index->committed == NULL || node_block_ancestor (index->committed, block->height) != block))
    in_time = g_cond_wait_until (&index->changed, &index->lock, end);
  g_mutex_unlock (&index->lock);
}

/* The position is written only if a restart of the chain would be at that block or above it: otherwise, after a crash,
 * the index would be ahead and might have to remove unknown blocks. */
gboolean
node_index_commit (NodeIndex *index, GError **error)
{
  g_autoptr (NodeDbBatch) batch = NULL;
  const NodeBlock *best, *flushed;

  g_mutex_lock (&index->lock);
  best = index->best;
  flushed = index->flushed;
  g_mutex_unlock (&index->lock);
  if (best == NULL || best == index->committed || flushed == NULL
      || node_block_ancestor (flushed, best->height) != best)
    return TRUE;
  batch = node_db_batch_new (index->db);
  if (index->class->commit != NULL && !index->class->commit (index, batch, error))
    return FALSE;
  node_index_write_locator (index, best, batch);
  /* Synced, since the blocks below may be pruned from now on. */
  if (!node_db_batch_write (batch, TRUE, error))
    return FALSE;
  index->last_commit_us = common_clock_monotonic_us ();
  g_mutex_lock (&index->lock);
  index->committed = best;
  /* Before waiters continue. */
  node_prune_hold_set (index->hold, best->height);
  g_cond_broadcast (&index->changed);
  g_mutex_unlock (&index->lock);
  return TRUE;
}
