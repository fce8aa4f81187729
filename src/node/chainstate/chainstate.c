#include "node/chainstate/chainstate.h"

#include "common/clock.h"
#include "node/chainstate/disconnect.h"

void
node_chainstate_begin (NodeChainstate *state, NodeBlock *tip)
{
  state->tip = tip;
  state->flushed_tip = tip;
  state->last_flush_us = common_clock_monotonic_us ();
  state->read_ahead = node_read_ahead_new (state->tree, state->params, state->coins, state->read_ahead_threads);
}

void
node_chainstate_close (NodeChainstate *state)
{
  g_clear_pointer (&state->read_ahead, node_read_ahead_free);
  g_clear_pointer (&state->coins, node_coins_close);
}

gboolean
node_chainstate_disconnect_tip (NodeChainstate *state, BtcBlock **block, GError **error)
{
  const NodeBlock *index = state->tip;
  g_autoptr (BtcBlock) data = node_block_tree_read_block (state->tree, index, error);
  g_autoptr (GError) local = NULL;
  gboolean clean;

  if (data == NULL)
    return FALSE;
  if (!node_disconnect_block (state->tree, state->coins, data, index, &clean, &local)) {
    /* Missing undo data is detected before any coin is changed. */
    if (!g_error_matches (local, NODE_STORE_ERROR, NODE_STORE_ERROR_NOT_STORED))
      node_health_break (state->health);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (!clean) {
    node_health_break (state->health);
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                 "The coins do not match block %u. " NODE_CHAINSTATE_ADVICE, index->height);
    return FALSE;
  }
  state->tip = index->prev;
  *block = g_steal_pointer (&data);
  return TRUE;
}
