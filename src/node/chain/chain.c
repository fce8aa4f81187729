#include "common/clock.h"
#include "common/log.h"
#include "node/chain/flush.h"
#include "node/chain/parts.h"

/* The chain object: creation of its parts, and shutdown. */

#define SIGCACHE_BYTES ((gsize) 16 << 20)

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
  chain->state.role.is_of_tip = TRUE;
  chain->report = node_report_new ();
  chain->tips = node_tips_new ();
  chain->candidates = node_candidates_new ();
  chain->background = node_background_new ();
  chain->snapshot_loads = node_snapshot_loads_new ();
  chain->imports = node_imports_new ();
  chain->active = node_active_new ();
  chain->busy = node_busy_new ();
  chain->download = node_download_new ();
  chain->flushing = node_flush_new ();
  chain->warnings = node_warnings_new ();
  chain->pruning = node_prune_new ();
  chain->precious = node_precious_new ();
  chain->tree = node_block_tree_new (&(NodeBlockTreeOptions){
      .datadir = chain->datadir,
      .blocksdir = chain->blocksdir,
      .params = chain->params,
      .health = &chain->health,
      .blocks_xor = options->blocks_xor,
      .fast_prune = options->fast_prune,
      .prune = options->prune_target > 0,
  });
  chain->sigcache = node_sigcache_new (options->sigcache_bytes > 0 ? options->sigcache_bytes : SIGCACHE_BYTES);
  chain->connector
      = node_connector_new (chain->tree, chain->params, &chain->health, chain->sigcache, options->script_threads);
  chain->submitters = node_submitters_new ();
  chain->jobs = node_jobs_new ();
  return chain;
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

gboolean
node_chain_coins_are_of_tip (NodeChain *chain)
{
  return !node_connector_is_ahead (chain->connector);
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

static void
close_on_thread (NodeChain *chain, gpointer data)
{
  GError **error = data;

  node_import_stop_all (chain);
  node_submitters_end (chain);
  if (chain->state.coins != NULL && !node_health_is_broken (&chain->health))
    node_flush_all (chain, error);
  if (node_block_tree_files (chain->tree) != NULL && !node_health_is_broken (&chain->health))
    node_block_tree_finish_files (chain->tree, error);
  node_tip_clear (chain);
  node_background_close (chain);
  node_chainstate_close (&chain->state);
  node_background_close_retired (chain);
}

gboolean
node_chain_end (NodeChain *chain, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *message = NULL;
  gint64 start_us;

  g_return_val_if_fail (chain != NULL, FALSE);
  node_chain_stop (chain);
  common_jobs_drain (node_jobs_intake (chain));
  common_jobs_drain (node_chain_readers (chain));
  common_jobs_drain (node_chain_jobs (chain));
  node_snapshot_wait_for_end (chain);
  start_us = common_clock_monotonic_us ();
  node_chain_run (chain, NODE_JOB_STOP, close_on_thread, &local, NULL, NULL);
  common_jobs_close (node_chain_jobs (chain), NODE_JOB_STOP);
  common_jobs_drain (node_chain_jobs (chain));
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
  node_jobs_free (chain->jobs);
  node_submitters_free (chain->submitters);
  node_connector_free (chain->connector);
  node_sigcache_free (chain->sigcache);
  node_imports_free (chain->imports);
  node_snapshot_loads_free (chain->snapshot_loads);
  node_background_free (chain->background);
  node_candidates_free (chain->candidates);
  node_precious_free (chain->precious);
  node_prune_free (chain->pruning);
  node_warnings_free (chain->warnings);
  node_flush_free (chain->flushing);
  node_download_free (chain->download);
  node_busy_free (chain->busy);
  node_active_free (chain->active);
  node_block_tree_free (chain->tree);
  node_tips_free (chain->tips);
  node_report_free (chain->report);
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
