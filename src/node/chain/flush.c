#include "node/chain/flush.h"

#include "common/clock.h"
#include "node/chain/parts.h"

#define READ_AHEAD_THREADS 1

/* Decides when everything in memory is flushed, and notifies the listeners. How, and in which order, is in
 * chainstate/flush.c. */

#define INDEX_INTERVAL_US ((gint64) 30 * G_USEC_PER_SEC)
/* Once the chain is up to date, blocks are rare, and users have seen them confirmed. */
#define NEW_BLOCK_INTERVAL_US ((gint64) 1 * G_USEC_PER_SEC)

struct _NodeFlushing {
  gsize spare_bytes; /* memory for the coins of the tip beyond -dbcache */
};

NodeFlushing *
node_flush_new (void)
{
  return g_new0 (NodeFlushing, 1);
}

void
node_flush_free (NodeFlushing *flushing)
{
  g_free (flushing);
}

const NodeBlock *
node_chain_flushed_tip (NodeChain *chain)
{
  return chain->below != NULL ? chain->below->flushed_tip : chain->state.flushed_tip;
}

void
node_flush_notify (NodeChain *chain)
{
  node_report_flushed (chain, node_chain_flushed_tip (chain));
}

void
node_chain_set_spare_bytes (NodeChain *chain, gsize bytes)
{
  chain->flushing->spare_bytes = bytes;
}

void
node_flush_lend_spare (NodeChain *chain, NodeChainstate *state)
{
  node_coins_set_spare_bytes (state->coins, state->role.is_of_tip ? chain->flushing->spare_bytes : 0);
}

/* STATE had N_BEFORE flushes: notifies when one has ended since. Returns GOOD. */
static gboolean
flush_notify_since (NodeChain *chain, const NodeChainstate *state, guint n_before, gboolean good)
{
  if (state->n_flushes != n_before)
    node_flush_notify (chain);
  return good;
}

static gboolean
flush_finish_if_over (NodeChain *chain, NodeChainstate *state, GError **error)
{
  guint n_before = state->n_flushes;

  return flush_notify_since (chain, state, n_before, node_chainstate_finish_flush_if_over (state, error));
}

/* Finishes the flush in case no block is connected soon, after which that would be done. */
static void
flush_on_written (NodeChain *chain, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (node_chain_is_stopping (chain) || node_health_is_broken (&chain->health))
    return;
  if (!flush_finish_if_over (chain, &chain->state, &error)
      || (chain->below != NULL && !flush_finish_if_over (chain, chain->below, &error)))
    node_report_fatal (chain, error);
}

static void
flush_written (gpointer data)
{
  node_chain_post_to (data, NODE_JOB_BLOCKS, flush_on_written, NULL, NULL);
}

void
node_flush_init_state (NodeChain *chain, NodeChainstate *state)
{
  state->tree = chain->tree;
  if (chain->options.read_ahead_threads >= 0)
    state->read_ahead_threads = (guint) MAX (chain->options.read_ahead_threads, READ_AHEAD_THREADS);
  state->params = chain->params;
  state->health = &chain->health;
  state->datadir = chain->datadir;
  state->written = flush_written;
  state->written_data = chain;
}

gboolean
node_flush_state (NodeChain *chain, NodeChainstate *state, gboolean empty, GError **error)
{
  guint n_before = state->n_flushes;

  return flush_notify_since (chain, state, n_before, node_chainstate_flush (state, empty, error));
}

gboolean
node_flush_all (NodeChain *chain, GError **error)
{
  return node_flush_state (chain, &chain->state, FALSE, error)
         && (chain->below == NULL || node_flush_state (chain, chain->below, FALSE, error));
}

gboolean
node_chain_flush (NodeChain *chain, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (node_flush_all (chain, &local))
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

/* ---- coins on disk, for callers that wait for them on another thread ---- */

#define LOOK_AGAIN_MS 5

typedef struct {
  NodeChainJob func;
  gpointer data;
  gboolean begun;  /* a flush has begun since the request */
  guint n_flushes; /* the number of flushes that had ended by then */
  gboolean done;
  GError *error;
} FlushedRun;

/* Coins on disk are those of a block only while nothing is being written. If another flush is in progress when the
 * awaited one has ended, this waits for that one here, so that it terminates. */
static void
flushed_run_step (NodeChain *chain, gpointer data)
{
  NodeChainstate *state = &chain->state;
  FlushedRun *run = data;

  if (!flush_finish_if_over (chain, state, &run->error))
    return;
  if (run->begun && state->flushing_tip != NULL && state->n_flushes > run->n_flushes
      && !node_flush_state (chain, state, FALSE, &run->error))
    return;
  if (!run->begun && state->flushing_tip == NULL) {
    run->begun = TRUE;
    run->n_flushes = state->n_flushes;
    if (!flush_notify_since (chain, state, run->n_flushes, node_chainstate_begin_flush (state, &run->error)))
      return;
  }
  if (state->flushing_tip != NULL)
    return;
  run->func (chain, run->data);
  run->done = TRUE;
}

static void
flushed_run_now (NodeChain *chain, gpointer data)
{
  FlushedRun *run = data;

  if (!node_flush_all (chain, &run->error))
    return;
  run->func (chain, run->data);
  run->done = TRUE;
}

static void
flushed_run_wait (GCancellable *cancellable)
{
  GPollFD fd;
  gboolean watched = g_cancellable_make_pollfd (cancellable, &fd);

  g_poll (&fd, watched ? 1 : 0, LOOK_AGAIN_MS);
  if (watched)
    g_cancellable_release_fd (cancellable);
}

static void
flushed_run_fail (NodeChain *chain, gpointer error)
{
  node_report_fatal (chain, error);
}

gboolean
node_chain_run_flushed (NodeChain *chain, NodeChainJob func, gpointer data, GCancellable *cancellable, GError **error)
{
  FlushedRun run = { .func = func, .data = data };

  g_return_val_if_fail (chain != NULL && func != NULL, FALSE);
  if (common_jobs_is_current (node_chain_jobs (chain)))
    flushed_run_now (chain, &run);
  while (!run.done && run.error == NULL) {
    if (!node_chain_run (chain, NODE_JOB_BACKGROUND, flushed_run_step, &run, cancellable, error))
      return FALSE;
    if (!run.done && run.error == NULL)
      flushed_run_wait (cancellable);
  }
  if (run.done)
    return TRUE;
  node_chain_run (chain, NODE_JOB_BACKGROUND, flushed_run_fail, run.error, NULL, NULL);
  g_propagate_error (error, run.error);
  return FALSE;
}

const NodeBlock *
node_chain_coins_tip (NodeChain *chain)
{
  return chain->state.flushed_tip;
}

gboolean
node_flush_index_is_due (NodeChain *chain)
{
  gint64 interval = node_chain_is_initial_download (chain) ? INDEX_INTERVAL_US : NEW_BLOCK_INTERVAL_US;

  return common_clock_monotonic_us () - node_block_tree_get_last_write_us (chain->tree) > interval;
}

gboolean
node_flush_state_if_needed (NodeChain *chain, NodeChainstate *state, GError **error)
{
  guint n_before = state->n_flushes;
  gboolean good;

  node_flush_lend_spare (chain, state);
  good = node_chainstate_flush_if_needed (state, node_flush_index_is_due (chain), error);
  return flush_notify_since (chain, state, n_before, good);
}
