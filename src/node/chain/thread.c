#include "common/clock.h"
#include "common/log.h"
#include "node/chain/private.h"

/* The chain object and its thread: a queue of jobs, run one after another. */

#define SIGCACHE_BYTES ((gsize) 16 << 20)

static const CommonJobClass job_classes[NODE_JOB_N_CLASSES] = {
  [NODE_JOB_STOP] = { "stop", 0, 0, 0 },
  [NODE_JOB_BLOCKS] = { "blocks", 0, (gsize) 32 << 20, 0 },
  [NODE_JOB_TRANSACTIONS] = { "transactions", 4096, (gsize) 8 << 20, 0 },
  [NODE_JOB_QUERIES] = { "queries", 1024, 0, 5000 },
  [NODE_JOB_BACKGROUND] = { "background", 0, 0, 0 },
};

NodeChain *
node_chain_new (const NodeChainOptions *options)
{
  NodeChain *chain;

  g_return_val_if_fail (options != NULL && options->params != NULL && options->datadir != NULL, NULL);
  chain = g_new0 (NodeChain, 1);
  chain->datadir = g_strdup (options->datadir);
  chain->blocksdir = g_strdup (options->blocksdir != NULL ? options->blocksdir : options->datadir);
  chain->options = *options;
  chain->options.datadir = chain->datadir;
  chain->options.blocksdir = chain->blocksdir;
  chain->params = options->params;
  chain->initial_download = TRUE;
  chain->listeners = g_array_new (FALSE, FALSE, sizeof (ChainListener));
  g_mutex_init (&chain->tip_lock);
  g_mutex_init (&chain->load_lock);
  g_cond_init (&chain->load_ended);
  g_queue_init (&chain->imports);
  chain->active = g_ptr_array_new ();
  chain->tree = node_block_tree_new (&(NodeBlockTreeOptions){
      .datadir = chain->datadir,
      .blocksdir = chain->blocksdir,
      .params = chain->params,
      .health = &chain->health,
      .blocks_xor = options->blocks_xor,
      .fast_prune = options->fast_prune,
      .prune = options->prune_target > 0,
  });
  node_candidates_init (chain);
  chain->sigcache = node_sigcache_new (SIGCACHE_BYTES);
  chain->checks = node_checks_new (options->script_threads);
  for (guint i = 0; i < G_N_ELEMENTS (chain->connects); i++)
    chain->connects[i] = node_connect_new (chain);
  chain->jobs = common_jobs_new ("chain", job_classes, G_N_ELEMENTS (job_classes));
  return chain;
}

void
node_chain_add_listener (NodeChain *chain, const NodeChainListener *listener, gpointer data)
{
  ChainListener l = { *listener, data };

  g_return_if_fail (chain != NULL && listener != NULL);
  g_array_append_val (chain->listeners, l);
}

const BtcParams *
node_chain_params (NodeChain *chain)
{
  return chain->params;
}

NodeCoins *
node_chain_coins (NodeChain *chain)
{
  return chain->state.coins;
}

NodeBlockFiles *
node_chain_files (NodeChain *chain)
{
  return node_block_tree_files (chain->tree);
}

NodeSigcache *
node_chain_sigcache (NodeChain *chain)
{
  return chain->sigcache;
}

CommonJobs *
node_chain_jobs (NodeChain *chain)
{
  return chain->jobs;
}

typedef struct {
  NodeChain *chain;
  NodeChainJob func;
  gpointer data;
  GDestroyNotify free_data;
} Job;

static CommonJobState
job_run (gpointer data, GCancellable *cancellable)
{
  Job *job = data;

  job->func (job->chain, job->data);
  return COMMON_JOB_DONE;
}

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->free_data != NULL)
    job->free_data (job->data);
  g_free (job);
}

void
node_chain_post_to (NodeChain *chain,
                    NodeJobClass job_class,
                    NodeChainJob func,
                    gpointer data,
                    GDestroyNotify free_data)
{
  CommonJob spec = { .job_class = job_class, .func = job_run, .free_data = job_free };
  Job *job;

  g_return_if_fail (chain != NULL && func != NULL);
  job = g_new (Job, 1);
  *job = (Job){ chain, func, data, free_data };
  spec.data = job;
  if (!common_jobs_post (chain->jobs, &spec, NULL))
    job_free (job);
}

gboolean
node_chain_run (NodeChain *chain,
                NodeJobClass job_class,
                NodeChainJob func,
                gpointer data,
                GCancellable *cancellable,
                GError **error)
{
  Job job = { chain, func, data, NULL };
  CommonJob spec = { .job_class = job_class, .func = job_run, .data = &job, .cancellable = cancellable };

  g_return_val_if_fail (chain != NULL && func != NULL, FALSE);
  return common_jobs_call (chain->jobs, &spec, error);
}

void
node_chain_post (NodeChain *chain, NodeChainJob func, gpointer data, GDestroyNotify free_data)
{
  node_chain_post_to (chain, NODE_JOB_BACKGROUND, func, data, free_data);
}

static void
close_on_thread (NodeChain *chain, gpointer data)
{
  GError **error = data;

  node_import_stop_all (chain);
  g_clear_pointer (&chain->state.read_ahead, node_read_ahead_free);
  if (chain->state.coins != NULL && !node_health_is_broken (&chain->health))
    node_flush_all (chain, error);
  if (node_block_tree_files (chain->tree) != NULL && !node_health_is_broken (&chain->health))
    node_block_tree_finish_files (chain->tree, error);
  node_tip_clear (chain);
  node_background_free (chain);
  g_clear_pointer (&chain->state.coins, node_coins_close);
  g_clear_pointer (&chain->retired, node_coins_close);
}

void
node_chain_stop (NodeChain *chain)
{
  g_return_if_fail (chain != NULL);
  g_atomic_int_set (&chain->stopping, 1);
  common_jobs_close (chain->jobs, NODE_JOB_BLOCKS);
}

gboolean
node_chain_is_stopping (NodeChain *chain)
{
  return g_atomic_int_get (&chain->stopping) != 0;
}

gboolean
node_chain_end (NodeChain *chain, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *message = NULL;
  gint64 start_us;

  g_return_val_if_fail (chain != NULL, FALSE);
  node_chain_stop (chain);
  common_jobs_drain (chain->jobs);
  node_snapshot_wait_for_end (chain);
  start_us = common_clock_monotonic_us ();
  node_chain_run (chain, NODE_JOB_STOP, close_on_thread, &local, NULL, NULL);
  common_jobs_close (chain->jobs, NODE_JOB_STOP);
  common_jobs_drain (chain->jobs);
  common_info ("The last flush took %" G_GINT64_FORMAT " ms", (common_clock_monotonic_us () - start_us) / 1000);
  if (local == NULL)
    return TRUE;
  message = node_store_dup_message (local);
  g_set_error_literal (error, local->domain, local->code, message);
  return FALSE;
}

void
node_chain_free (NodeChain *chain)
{
  if (chain == NULL)
    return;
  common_jobs_free (chain->jobs);
  node_checks_free (chain->checks);
  node_sigcache_free (chain->sigcache);
  for (guint i = 0; i < G_N_ELEMENTS (chain->connects); i++)
    node_connect_free (chain->connects[i]);
  node_candidates_clear (chain);
  g_ptr_array_unref (chain->active);
  node_block_tree_free (chain->tree);
  g_array_unref (chain->listeners);
  g_mutex_clear (&chain->tip_lock);
  g_mutex_clear (&chain->load_lock);
  g_cond_clear (&chain->load_ended);
  g_free (chain->datadir);
  g_free (chain->blocksdir);
  g_free (chain);
}

gboolean
node_chain_close (NodeChain *chain, GError **error)
{
  gboolean ok = node_chain_end (chain, error);

  node_chain_free (chain);
  return ok;
}
