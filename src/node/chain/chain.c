#include "common/clock.h"
#include "common/log.h"
#include "node/chain/private.h"

/* The chain object: its parts, and its end. */

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
  chain->connector = node_connector_new (chain->tree, chain->params, &chain->health, options->script_threads);
  chain->jobs = node_jobs_new ();
  chain->pending = node_pending_run;
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
  return node_connector_get_sigcache (chain->connector);
}

static void
close_on_thread (NodeChain *chain, gpointer data)
{
  GError **error = data;

  node_import_stop_all (chain);
  if (chain->state.coins != NULL && !node_health_is_broken (&chain->health))
    node_flush_all (chain, error);
  if (node_block_tree_files (chain->tree) != NULL && !node_health_is_broken (&chain->health))
    node_block_tree_finish_files (chain->tree, error);
  node_tip_clear (chain);
  node_background_free (chain);
  node_chainstate_close (&chain->state);
  g_clear_pointer (&chain->retired, node_coins_close);
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
  node_connector_free (chain->connector);
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
