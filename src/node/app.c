#include "common/clock.h"
#include "node/app_private.h"
#include "node/options.h"
#include "node/rpc/rest.h"
#include "node/rpc/rpc.h"

#define REST_THREADS 4

const char *
node_app_state_name (NodeAppState state)
{
  switch (state) {
  case NODE_APP_STARTING:
    return "starting";
  case NODE_APP_LOADING:
    return "loading";
  case NODE_APP_VERIFYING:
    return "verifying";
  case NODE_APP_REINDEXING:
    return "reindexing";
  case NODE_APP_IMPORTING:
    return "importing";
  case NODE_APP_CONNECTING:
    return "connecting";
  case NODE_APP_SNAPSHOT:
    return "snapshot";
  case NODE_APP_SYNCING:
    return "syncing";
  case NODE_APP_READY:
    return "ready";
  case NODE_APP_STOPPING:
    return "stopping";
  case NODE_APP_STOPPED:
    return "stopped";
  }
  return "starting";
}

static guint32
lowest_needed (gpointer data)
{
  NodeApp *app = data;

  /* Until they are loaded nobody knows where they are. */
  return app->indexes_loaded ? node_indexes_lowest_needed (app->indexes) : 0;
}

static NodeMempoolKeep *
new_keep (NodeApp *app)
{
  const CommonOptions *options = app->program->options;
  g_autofree char *path = g_build_filename (app->program->network_dir, "mempool.dat", NULL);

  return node_mempool_keep_new (app->chain, app->mempool, path,
                                common_options_get_bool (options, "persistmempool", TRUE),
                                common_options_get_bool (options, "persistmempoolv1", FALSE));
}

static gboolean
make_parts (NodeApp *app, GError **error)
{
  CommonOptions *options = app->program->options;
  NodeChainOptions chain_options;
  NodeIndexesOptions index_options;
  NodeMempoolOptions mempool_options;
  NodeMiningOptions mining_options;

  app->params = node_options_new_params (app->program, error);
  if (app->params == NULL || !node_options_fill_mempool (app->program, &mempool_options, error)
      || !node_options_fill_mining (app->program, &mining_options, error)
      || !node_options_fill_indexes (app->program, &index_options, error))
    return FALSE;
  if (!node_options_fill_chain (app->program, app->params, &chain_options, &app->blocksdir, error)
      || !node_app_make_folders (app, error) || !node_app_lock_blocks (app, error))
    return FALSE;
  app->chain = node_chain_new (&chain_options);
  index_options.owner = node_app_index_owner (app);
  app->indexes = node_indexes_new (app->chain, &index_options);
  node_chain_set_prune_lock (app->chain, lowest_needed, app);
  app->mempool = node_mempool_new (app->chain, &mempool_options);
  app->keep = new_keep (app);
  app->mining = node_mining_new (app->chain, app->mempool, &mining_options);
  node_app_listen (app);
  app->table = rpc_table_new (app, (guint) CLAMP (common_options_get_int (options, "rpcthreads", 16), 1, 256));
  rpc_table_set_warmup (app->table, "Loading block index…");
  node_rpc_add_methods (app->table);
  if (common_options_get_bool (options, "rest", FALSE))
    app->rest = node_rest_new (app->table, REST_THREADS);
  app->router = node_rpc_router_new (app->table);
  return TRUE;
}

NodeApp *
node_app_new (CommonProgram *program, GError **error)
{
  g_autoptr (NodeApp) app = NULL;

  g_return_val_if_fail (program != NULL, NULL);
  app = g_new0 (NodeApp, 1);
  app->program = program;
  app->start_us = common_clock_monotonic_us ();
  app->events = node_app_events_new ();
  app->imports = common_options_dup_list (program->options, "loadblock");
  app->stop_at_height = common_options_get_int (program->options, "stopatheight", 0);
  if (!node_options_check (program, error) || !node_app_take_lock (app, error) || !make_parts (app, error))
    return NULL;
  return g_steal_pointer (&app);
}

void
node_app_free (NodeApp *app)
{
  if (app == NULL)
    return;
  if (app->closer != NULL)
    g_thread_join (app->closer);
  node_app_close_parts (app);
  g_clear_pointer (&app->mining, node_mining_free);
  g_clear_pointer (&app->keep, node_mempool_keep_free);
  g_clear_pointer (&app->mempool, node_mempool_free);
  g_clear_pointer (&app->events, node_app_events_free);
  g_clear_object (&app->router);
  g_clear_object (&app->rest);
  g_clear_object (&app->table);
  g_clear_pointer (&app->indexes, node_indexes_free);
  g_clear_pointer (&app->chain, node_chain_free);
  g_clear_pointer (&app->params, btc_params_free);
  common_file_lock_free (app->blocks_lock);
  common_file_lock_free (app->lock);
  g_free (app->imports);
  g_free (app->blocksdir);
  g_free (app->pid_file);
  g_free (app);
}

void
node_app_add_listener (NodeApp *app, const NodeAppListener *listener, gpointer data)
{
  g_return_if_fail (app != NULL && listener != NULL);
  node_app_events_add (app->events, listener, data);
}

void
node_app_remove_listener (NodeApp *app, gpointer data)
{
  g_return_if_fail (app != NULL);
  node_app_events_remove (app->events, data);
}

void
node_app_set_wallet_handler (NodeApp *app, RpcHandler *handler)
{
  g_return_if_fail (app != NULL);
  node_rpc_router_set_wallet (app->router, handler);
}

gboolean
node_app_start (NodeApp *app, GError **error)
{
  g_return_val_if_fail (app != NULL, FALSE);
  if (!node_app_write_pid (app, error) || !node_app_start_server (app, error))
    return FALSE;
  node_app_events_status (app->events, NODE_APP_LOADING, NULL);
  node_chain_post (app->chain, node_app_load, app, NULL);
  return TRUE;
}

NodeAppStatus
node_app_get_status (NodeApp *app)
{
  return node_app_events_get_status (app->events);
}

char **
node_app_dup_warnings (NodeApp *app)
{
  return node_app_events_dup_warnings (app->events);
}

void
node_app_set_warning (NodeApp *app, const char *id, const char *text)
{
  g_return_if_fail (app != NULL && id != NULL);
  node_app_events_set_warning (app->events, id, text);
}

NodeTip *
node_app_ref_tip (NodeApp *app)
{
  return node_chain_ref_tip (app->chain);
}

guint64
node_app_mempool_sequence (NodeApp *app)
{
  return node_mempool_sequence (app->mempool);
}

CommonProgram *
node_app_program (NodeApp *app)
{
  return app->program;
}

NodeChain *
node_app_chain (NodeApp *app)
{
  return app->chain;
}

NodeMempoolKeep *
node_app_mempool_keep (NodeApp *app)
{
  return app->keep;
}

NodeMempool *
node_app_mempool (NodeApp *app)
{
  return app->mempool;
}

NodeMining *
node_app_mining (NodeApp *app)
{
  return app->mining;
}

NodeIndexes *
node_app_indexes (NodeApp *app)
{
  return app->indexes;
}

const BtcParams *
node_app_params (NodeApp *app)
{
  return app->params;
}

RpcHandler *
node_app_rpc (NodeApp *app)
{
  return RPC_HANDLER (app->router);
}

gint64
node_app_uptime_s (NodeApp *app)
{
  return (common_clock_monotonic_us () - app->start_us) / G_USEC_PER_SEC;
}

RpcJson *
node_app_dup_active_calls (NodeApp *app)
{
  return rpc_table_dup_active (app->table);
}
