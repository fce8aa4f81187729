#include "node/chain/activate.h"

#include "common/clock.h"
#include "common/log.h"
#include "node/chain/advance.h"
#include "node/chain/busy.h"
#include "node/chain/check.h"
#include "node/chain/parts.h"

#include <string.h>

/* Activates the best valid chain: disconnects blocks of the worse branch and connects those of the better one, until
 * there is no better valid one. */

/* Long activations are processed in slices of about this length, so that other jobs can run: queries, whose priority is
 * lower than that of blocks, wait no longer than their class allows. */
#define SLICE_US COMMON_JOBS_PATIENCE_US
/* The length of slices while blocks or transactions are queued. */
#define SHORT_SLICE_US (25 * 1000)

/* Proceeds towards TARGET until the tip is better than before, a block is invalid, or the chain stops. GO_AHEAD: more
 * steps will follow. */
static gboolean
activate_step (NodeChain *chain,
               NodeBlock *target,
               BtcBlock *hint,
               gboolean go_ahead,
               gboolean *rejected,
               GError **error)
{
  const NodeBlock *start = node_chain_tip (chain);
  const NodeBlock *fork = node_block_fork (start, target);

  *rejected = FALSE;
  while (node_chain_tip (chain) != fork) {
    if (node_chain_is_stopping (chain))
      return TRUE;
    if (!node_advance_disconnect (chain, &chain->state, error))
      return FALSE;
  }
  while (node_chain_tip (chain) != target && !node_chain_is_stopping (chain)) {
    if (!node_advance_connect (chain, &chain->state, target, go_ahead && fork == start, hint, rejected, error))
      return FALSE;
    if (*rejected)
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

static void activate_continue (NodeChain *chain, gpointer data);

static gboolean
activate_slice (NodeChain *chain, BtcBlock *hint, gboolean slice, GError **error)
{
  gint64 start_us = common_clock_monotonic_us ();

  for (;;) {
    const NodeBlock *start = node_chain_tip (chain);
    gboolean time_is_up = slice && activate_is_slice_over (chain, start_us);
    NodeBlock *target;
    gboolean rejected;

    /* Only a tip that is at least as good as the previous one is published. If one branch was invalid, another may
     * still be better than the tip. */
    do {
      rejected = FALSE;
      target = node_candidates_best (chain);
      if (target == NULL || target == node_chain_tip (chain))
        break;
      /* After disconnecting, the coins must be those of the tip when tip_changed is emitted, since listeners
       * use them. */
      if (!activate_step (chain, target, hint, !time_is_up && node_chain_tip (chain) == start, &rejected, error))
        return FALSE;
    } while (!node_chain_is_stopping (chain)
             && (rejected || (start != NULL && node_candidates_compare (node_chain_tip (chain), start) < 0)));

    if (node_chain_tip (chain) == start)
      return TRUE;
    /* Stopped in the middle of a reorganisation: the next start continues here, and this tip is not published. */
    if (start != NULL && node_candidates_compare (node_chain_tip (chain), start) < 0)
      return TRUE;
    node_tip_publish (chain);
    if (node_chain_is_stopping (chain))
      return TRUE;
    if (slice && !node_connector_is_ahead (chain->connector) && activate_is_slice_over (chain, start_us)) {
      if (!node_busy_is (chain, NODE_BUSY_ACTIVATING))
        node_chain_post_to (chain, NODE_JOB_BLOCKS, activate_continue, NULL, NULL);
      node_busy_set (chain, NODE_BUSY_ACTIVATING, TRUE);
      return TRUE;
    }
  }
}

/* ---- what continues later ---- */

static gboolean
activate_may_continue (NodeChain *chain)
{
  return !node_chain_is_stopping (chain) && !node_report_is_fatal (chain) && chain->state.coins != NULL;
}

/* The progress of the tip towards the best block: by transactions where their number is known, since early blocks were
 * small. */
static void
activate_report_way (NodeChain *chain)
{
  const NodeBlock *tip = node_chain_tip (chain), *best = node_candidates_best (chain);

  if (node_busy_is (chain, NODE_BUSY_ACTIVATING) && best != NULL)
    node_report_progress (chain, "connecting",
                          best->chain_tx > 0 ? (double) tip->chain_tx / (double) best->chain_tx
                                             : tip->height / MAX (best->height, 1.0),
                          tip->height);
  else
    node_busy_report_idle (chain);
}

/* The next slice. */
static void
activate_continue (NodeChain *chain, gpointer data)
{
  g_autoptr (GError) error = NULL;

  node_busy_set (chain, NODE_BUSY_ACTIVATING, FALSE);
  if (!activate_may_continue (chain))
    return;
  if (node_activate (chain, NULL, TRUE, &error))
    activate_report_way (chain);
  else
    node_report_fatal (chain, error);
}

/* All coins below a snapshot were read: if they are valid, branches without the snapshot's block may be activated
 * again. */
static void
activate_after_reading (NodeChain *chain, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (activate_may_continue (chain) && node_background_check_read (chain) && !node_report_is_fatal (chain)
      && !node_activate (chain, NULL, TRUE, &error))
    node_report_fatal (chain, error);
}

gboolean
node_activate (NodeChain *chain, BtcBlock *hint, gboolean slice, GError **error)
{
  gboolean ok;

  if (node_health_is_broken (&chain->health) || node_report_is_fatal (chain))
    return node_health_refuse (error);
  ok = activate_slice (chain, hint, slice, error);
  ok = node_connector_drop_ahead (chain->connector, ok ? error : NULL) && ok
       && (chain->below == NULL || node_background_advance (chain, hint, slice, error))
       && node_background_begin_reading (chain, activate_after_reading, error);
  if (ok)
    node_check (chain);
  return ok;
}
