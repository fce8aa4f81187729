#include "node/chain/activate.h"

#include "common/clock.h"
#include "common/log.h"
#include "node/chain/active.h"
#include "node/chain/busy.h"
#include "node/chain/maintain.h"
#include "node/chain/parts.h"
#include "node/chain/submitter.h"

#include <string.h>

/* Making the best valid chain the active one: blocks of a worse branch are disconnected, those of the better one
 * connected, until there is nothing better that is valid. */

/* Long activations are processed in slices of about this length, so that other jobs get a turn: a query, which comes behind
 * blocks, waits for no longer than the queues let it anyway. */
#define SLICE_US COMMON_JOBS_PATIENCE_US
/* And of this length when blocks or transactions wait. */
#define SHORT_SLICE_US (25 * 1000)

gboolean
node_activate_disconnect_tip (NodeChain *chain, GError **error)
{
  NodeBlock *tip = node_chain_tip (chain);
  g_autoptr (BtcBlock) block = NULL;

  if (!node_chainstate_disconnect_tip (&chain->state, &block, error))
    return FALSE;
  node_candidates_forget_way (chain);
  node_active_set (chain, chain->state.tip);
  node_tip_log (chain);
  node_report_disconnected (chain, tip, block);
  return node_maintain (chain, &chain->state, error);
}

/* Connects the next block on the way to TARGET. *REFUSED: it broke a rule. */
static gboolean
activate_connect_next (NodeChain *chain,
                       NodeBlock *target,
                       gboolean go_ahead,
                       BtcBlock *hint,
                       gboolean *refused,
                       GError **error)
{
  NodeConnected connected;

  if (!node_connector_step (chain->connector, &chain->state, target, go_ahead && !node_maintain_is_due (chain), hint,
                            &connected, error))
    return FALSE;
  *refused = connected.verdict.verdict != BTC_VERDICT_OK;
  if (*refused) {
    node_refuse_block (chain, connected.index, &connected.verdict);
    return TRUE;
  }
  node_active_set (chain, connected.index);
  node_tip_log (chain);
  node_report_connected (chain, connected.index, connected.block, connected.spent);
  node_submitters_connected (chain, connected.index);
  /* With a block ahead the coins stand for no block of the chain. */
  return node_connector_is_ahead (chain->connector) || node_maintain (chain, &chain->state, error);
}

/* Goes towards TARGET until the tip is better than it was, a block is refused, or the chain stops. GO_AHEAD: more steps will follow. */
static gboolean
step (NodeChain *chain, NodeBlock *target, BtcBlock *hint, gboolean go_ahead, gboolean *refused, GError **error)
{
  const NodeBlock *start = node_chain_tip (chain);
  const NodeBlock *fork = node_block_fork (start, target);

  *refused = FALSE;
  while (node_chain_tip (chain) != fork) {
    if (node_chain_is_stopping (chain))
      return TRUE;
    if (!node_activate_disconnect_tip (chain, error))
      return FALSE;
  }
  while (node_chain_tip (chain) != target && !node_chain_is_stopping (chain)) {
    if (!activate_connect_next (chain, target, go_ahead && fork == start, hint, refused, error))
      return FALSE;
    if (*refused)
      return TRUE;
    node_candidates_prune (chain);
    if (start == NULL || node_block_compare_work (node_chain_tip (chain), start) > 0)
      return TRUE;
  }
  return TRUE;
}

static gboolean
activate_is_slice_over (NodeChain *chain, gint64 start_us)
{
  gint64 passed_us = common_clock_monotonic_us () - start_us;

  return passed_us > SLICE_US
         || (passed_us > SHORT_SLICE_US && common_jobs_is_wanted (node_chain_jobs (chain), NODE_JOB_TRANSACTIONS));
}

static gboolean
activate (NodeChain *chain, BtcBlock *hint, gboolean slice, GError **error)
{
  gint64 start_us = common_clock_monotonic_us ();

  for (;;) {
    const NodeBlock *start = node_chain_tip (chain);
    gboolean time_is_up = slice && activate_is_slice_over (chain, start_us);
    NodeBlock *target;
    gboolean refused;

    /* Others see the chain only where it is at least as good as it was. Where one branch was refused, another may still be
     * better than the tip. */
    do {
      refused = FALSE;
      target = node_candidates_best (chain);
      if (target == NULL || target == node_chain_tip (chain))
        break;
      /* Once a block was left, listeners look at the coins when tip_changed is emitted: they must be those of the tip. */
      if (!step (chain, target, hint, !time_is_up && node_chain_tip (chain) == start, &refused, error))
        return FALSE;
    } while (!node_chain_is_stopping (chain)
             && (refused || (start != NULL && node_candidates_compare (node_chain_tip (chain), start) < 0)));

    if (node_chain_tip (chain) == start)
      return TRUE;
    /* Stopped in the middle of a reorganisation: the next start continues from here, and this tip is not published. */
    if (start != NULL && node_candidates_compare (node_chain_tip (chain), start) < 0)
      return TRUE;
    node_tip_publish (chain);
    if (node_chain_is_stopping (chain))
      return TRUE;
    if (slice && !node_connector_is_ahead (chain->connector) && activate_is_slice_over (chain, start_us)) {
      if (!node_busy_is (chain, NODE_BUSY_ACTIVATING))
        node_jobs_wake_pending (chain, NODE_JOB_BLOCKS);
      node_busy_set (chain, NODE_BUSY_ACTIVATING, TRUE);
      return TRUE;
    }
  }
}

gboolean
node_activate (NodeChain *chain, BtcBlock *hint, gboolean slice, GError **error)
{
  gboolean ok;

  if (node_health_is_broken (&chain->health) || node_report_is_fatal (chain))
    return node_health_refuse (error);
  ok = activate (chain, hint, slice, error);
  return node_connector_drop_ahead (chain->connector, ok ? error : NULL) && ok
         && (chain->below == NULL || node_background_advance (chain, hint, slice, error));
}
