#include "common/clock.h"
#include "common/log.h"
#include "node/chain/private.h"
#include "node/store/crash.h"
#include "node/store/space.h"

#include <string.h>

/* Writing to disk, always in this order: block and undo files, then the block index that points into them, then the
 * coins that stand for a block of the index. A crash between two of them leaves data that nothing points to yet. The
 * coins take by far the longest, so a thread of their own writes them while the chain goes on; only when the cache has
 * no room left, or somebody needs them on the disk now, they are waited for. */

#define INDEX_INTERVAL_US ((gint64) 30 * G_USEC_PER_SEC)
/* Once the chain is up to date blocks are few, and people have seen them. */
#define NEW_BLOCK_INTERVAL_US ((gint64) 1 * G_USEC_PER_SEC)
#define COINS_INTERVAL_US ((gint64) 600 * G_USEC_PER_SEC)
/* A coin takes some 50 bytes, is written to the log and to a table, and often replaces another: a safe guess. */
#define BYTES_PER_COIN (48 * 2 * 2)

const NodeBlock *
node_chain_flushed_tip (NodeChain *chain)
{
  return chain->background != NULL ? node_background_state (chain)->flushed_tip : chain->state.flushed_tip;
}

void
node_flush_tell (NodeChain *chain)
{
  for (guint i = 0; i < chain->listeners->len; i++) {
    ChainListener *l = &g_array_index (chain->listeners, ChainListener, i);

    if (l->listener.flushed != NULL)
      l->listener.flushed (l->data, node_chain_flushed_tip (chain));
  }
}

void
node_chain_set_spare_bytes (NodeChain *chain, gsize bytes)
{
  chain->spare_bytes = bytes;
}

/* Before a decision: only the coins of the tip have a mempool beside them. */
static void
flush_lend_spare (NodeChain *chain, NodeChainstate *state)
{
  node_coins_set_spare_bytes (state->coins, state == &chain->state ? chain->spare_bytes : 0);
}

/* ---- the coins ---- */

static gboolean
fail (NodeChain *chain)
{
  node_health_break (&chain->health);
  return FALSE;
}

/* The flush that is going on, if any, is waited for. */
static gboolean
finish_coins (NodeChain *chain, NodeChainstate *state, GError **error)
{
  const NodeBlock *tip = g_steal_pointer (&state->flushing_tip);

  if (tip == NULL)
    return TRUE;
  if (!node_coins_flush_finish (state->coins, error))
    return fail (chain);
  common_debug (COMMON_LOG_COINDB, "Writing chainstate to disk: height %u, %.0f ms", tip->height,
                (common_clock_monotonic_us () - state->last_flush_us) / 1000.0);
  state->flushed_tip = tip;
  node_flush_tell (chain);
  return TRUE;
}

static gboolean
finish_if_over (NodeChain *chain, NodeChainstate *state, GError **error)
{
  return !node_coins_flush_is_over (state->coins) || finish_coins (chain, state, error);
}

/* For when no block comes after which it would be seen. */
static void
on_written (NodeChain *chain, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (g_atomic_int_get (&chain->stopping) || node_health_is_broken (&chain->health))
    return;
  if (!finish_if_over (chain, &chain->state, &error)
      || (chain->background != NULL && !finish_if_over (chain, node_background_state (chain), &error)))
    node_report_fatal (chain, error);
}

static void
written (gpointer data)
{
  node_chain_post_to (data, NODE_JOB_BLOCKS, on_written, NULL, NULL);
}

/* Block files, the index, and then the coins, of which the last are written while the chain goes on. */
static gboolean
begin_coins (NodeChain *chain, NodeChainstate *state, const NodeBlock *tip, GError **error)
{
  if (!node_block_tree_write (chain->tree, error))
    return FALSE;
  state->last_flush_us = common_clock_monotonic_us ();
  if (!node_store_check_space (chain->datadir, node_coins_dirty (state->coins) * BYTES_PER_COIN, error)
      || !node_coins_flush_begin (state->coins, tip->hash32, written, chain, error))
    return fail (chain);
  state->flushing_tip = tip;
  /* Whoever asks for crashes wants to meet them in the request that caused the flush. */
  return !node_store_crash_ratio_is_set () || finish_coins (chain, state, error);
}

gboolean
node_flush_state (NodeChain *chain, NodeChainstate *state, const NodeBlock *tip, gboolean empty, GError **error)
{
  if (node_health_is_broken (&chain->health))
    return node_health_refuse (error);
  if (!finish_coins (chain, state, error))
    return FALSE;
  if (tip == NULL || (tip == state->flushed_tip && !empty)) {
    state->last_flush_us = common_clock_monotonic_us ();
    return node_block_tree_write (chain->tree, error);
  }
  if (!begin_coins (chain, state, tip, error) || !finish_coins (chain, state, error))
    return FALSE;
  if (empty)
    node_coins_forget_clean (state->coins);
  return TRUE;
}

static gboolean
flush_all (NodeChain *chain, GError **error)
{
  return node_flush_state (chain, &chain->state, node_chain_tip (chain), FALSE, error)
         && (chain->background == NULL || node_background_flush (chain, FALSE, error));
}

gboolean
node_flush_all (NodeChain *chain, GError **error)
{
  return flush_all (chain, error);
}

gboolean
node_chain_flush (NodeChain *chain, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (flush_all (chain, &local))
    return TRUE;
  node_report_fatal (chain, local);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
node_chain_save (NodeChain *chain, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (node_health_is_broken (&chain->health) ? node_health_refuse (&local)
                                             : node_block_tree_write (chain->tree, &local))
    return TRUE;
  node_report_fatal (chain, local);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
index_is_due (NodeChain *chain)
{
  gint64 interval = chain->initial_download ? INDEX_INTERVAL_US : NEW_BLOCK_INTERVAL_US;

  return common_clock_monotonic_us () - node_block_tree_get_last_write_us (chain->tree) > interval;
}

static gboolean
coins_are_due (const NodeChainstate *state)
{
  return state->flushing_tip == NULL
         && (node_coins_wants_flush (state->coins)
             || common_clock_monotonic_us () - state->last_flush_us > COINS_INTERVAL_US);
}

gboolean
node_flush_is_due (NodeChain *chain)
{
  flush_lend_spare (chain, &chain->state);
  return node_prune_is_due (chain) || node_coins_needs_flush (chain->state.coins) || coins_are_due (&chain->state)
         || node_coins_flush_is_over (chain->state.coins) || index_is_due (chain);
}

/* The cache is full, and what is clean in it does not matter enough. */
static gboolean
make_room (NodeChain *chain, NodeChainstate *state, const NodeBlock *tip, GError **error)
{
  return finish_coins (chain, state, error)
         && (!node_coins_needs_flush (state->coins) || node_flush_state (chain, state, tip, FALSE, error))
         && (!node_coins_needs_flush (state->coins) || node_flush_state (chain, state, tip, TRUE, error));
}

gboolean
node_flush_state_if_needed (NodeChain *chain, NodeChainstate *state, const NodeBlock *tip, GError **error)
{
  if (node_health_is_broken (&chain->health))
    return node_health_refuse (error);
  flush_lend_spare (chain, state);
  if (!node_prune_if_needed (chain, error) || !finish_if_over (chain, state, error))
    return FALSE;
  if (node_coins_needs_flush (state->coins))
    return make_room (chain, state, tip, error);
  if (coins_are_due (state) && tip != state->flushed_tip)
    return begin_coins (chain, state, tip, error);
  return !index_is_due (chain) || node_block_tree_write (chain->tree, error);
}

gboolean
node_flush_if_needed (NodeChain *chain, GError **error)
{
  return node_flush_state_if_needed (chain, &chain->state, node_chain_tip (chain), error);
}

gboolean
node_chain_bound_coins (NodeChain *chain, GError **error)
{
  g_autoptr (GError) local = NULL;

  flush_lend_spare (chain, &chain->state);
  if (!node_coins_is_full (chain->state.coins) || node_flush_if_needed (chain, &local))
    return TRUE;
  node_report_fatal (chain, local);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
