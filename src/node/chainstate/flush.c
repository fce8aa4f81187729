#include "common/clock.h"
#include "common/log.h"
#include "node/chainstate/chainstate.h"
#include "node/store/crash.h"
#include "node/store/space.h"

/* Writing to disk, always in this order: block and undo files, then the block index that points into them, then the
 * coins as of a block of the index. A crash between two of them leaves data that nothing points to yet. Writing the
 * coins takes by far the longest, so a separate thread does it while the chain continues; the chain waits for it only
 * when the cache is full, or the coins are needed on disk. */

#define COINS_INTERVAL_US ((gint64) 600 * G_USEC_PER_SEC)
/* A conservative estimate: a coin takes some 50 bytes, is written to the log and to a table, and often replaces
 * another. */
#define BYTES_PER_COIN (48 * 2 * 2)

static gboolean
flush_failed (NodeChainstate *state)
{
  node_health_break (state->health);
  return FALSE;
}

/* Waits for the flush in progress, if any. */
static gboolean
finish_coins (NodeChainstate *state, GError **error)
{
  const NodeBlock *tip = g_steal_pointer (&state->flushing_tip);

  if (tip == NULL)
    return TRUE;
  if (!node_coins_flush_finish (state->coins, error))
    return flush_failed (state);
  common_debug (COMMON_LOG_COINDB, "Writing chainstate to disk: height %u, %.0f ms", tip->height,
                (common_clock_monotonic_us () - state->last_flush_us) / 1000.0);
  state->flushed_tip = tip;
  state->n_flushes++;
  return TRUE;
}

gboolean
node_chainstate_finish_flush_if_over (NodeChainstate *state, GError **error)
{
  return !node_coins_flush_is_over (state->coins) || finish_coins (state, error);
}

/* Writes block files and the index, and begins to write the coins, which takes place while the chain continues. */
static gboolean
begin_coins (NodeChainstate *state, GError **error)
{
  if (!node_block_tree_write (state->tree, error))
    return FALSE;
  state->last_flush_us = common_clock_monotonic_us ();
  if (!node_store_check_space (state->datadir, node_coins_dirty (state->coins) * BYTES_PER_COIN, error)
      || !node_coins_flush_begin (state->coins, state->tip->hash32, state->written, state->written_data, error))
    return flush_failed (state);
  state->flushing_tip = state->tip;
  /* With simulated crashes the flush must end within the request that caused it. */
  return !node_store_crash_ratio_is_set () || finish_coins (state, error);
}

gboolean
node_chainstate_flush (NodeChainstate *state, gboolean empty, GError **error)
{
  if (node_health_is_broken (state->health))
    return node_health_refuse (error);
  if (!finish_coins (state, error))
    return FALSE;
  if (state->tip == NULL || (state->tip == state->flushed_tip && !empty)) {
    state->last_flush_us = common_clock_monotonic_us ();
    return node_block_tree_write (state->tree, error);
  }
  if (!begin_coins (state, error) || !finish_coins (state, error))
    return FALSE;
  if (empty)
    node_coins_forget_clean (state->coins);
  return TRUE;
}

gboolean
node_chainstate_begin_flush (NodeChainstate *state, GError **error)
{
  if (node_health_is_broken (state->health))
    return node_health_refuse (error);
  return state->flushing_tip != NULL || state->tip == state->flushed_tip || begin_coins (state, error);
}

static gboolean
coins_are_due (const NodeChainstate *state)
{
  return state->flushing_tip == NULL
         && (node_coins_wants_flush (state->coins)
             || common_clock_monotonic_us () - state->last_flush_us > COINS_INTERVAL_US);
}

gboolean
node_chainstate_flush_is_due (NodeChainstate *state)
{
  return node_coins_needs_flush (state->coins) || coins_are_due (state) || node_coins_flush_is_over (state->coins);
}

/* The cache is full, and evicting clean entries is not enough. */
static gboolean
make_coins_room (NodeChainstate *state, GError **error)
{
  return finish_coins (state, error)
         && (!node_coins_needs_flush (state->coins) || node_chainstate_flush (state, FALSE, error))
         && (!node_coins_needs_flush (state->coins) || node_chainstate_flush (state, TRUE, error));
}

gboolean
node_chainstate_flush_if_needed (NodeChainstate *state, gboolean index_is_due, GError **error)
{
  if (node_health_is_broken (state->health))
    return node_health_refuse (error);
  if (!node_chainstate_finish_flush_if_over (state, error))
    return FALSE;
  if (node_coins_needs_flush (state->coins))
    return make_coins_room (state, error);
  if (coins_are_due (state) && state->tip != state->flushed_tip)
    return begin_coins (state, error);
  return !index_is_due || node_block_tree_write (state->tree, error);
}
