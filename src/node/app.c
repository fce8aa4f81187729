#include "common/clock.h"
#include "node/app_private.h"
#include "node/options.h"
#include "node/rpc/rest.h"
#include "node/rpc/rpc.h"
#include "node/user_agent.h"
#include "rpc/bus/access.h"

#define REST_THREADS 4

static NodeMempoolKeep *
new_keep (NodeApp *app)
{
  const CommonOptions *options = app->context.program->options;
  g_autofree char *path = g_build_filename (app->context.program->network_dir, "mempool.dat", NULL);

  return node_mempool_keep_new (app->context.chain, app->context.mempool, path,
                                common_options_switch (options, "persistmempool"),
                                common_options_switch (options, "persistmempoolv1"));
}

static RpcTable *
new_methods (NodeApp *app)
{
  CommonOptions *options = app->context.program->options;
  RpcTable *table = rpc_table_new (&app->context, (guint) common_options_number (options, "rpcthreads"));
  g_autofree const char **deprecated = common_options_dup_list (options, "deprecatedrpc");

  rpc_table_set_deprecated (table, deprecated);
  rpc_table_set_check_results (table, common_options_switch (options, "rpcdoccheck"));
  node_rpc_add_methods (table);
  rpc_bus_add_access (table, app->context.access);
  return table;
}

static gboolean
make_parts (NodeApp *app, GError **error)
{
  CommonOptions *options = app->context.program->options;
  NodeChainOptions chain_options;
  NodeIndexesOptions index_options;
  NodeMempoolOptions mempool_options;
  NodeMiningOptions mining_options;

  app->context.params = node_options_new_params (app->context.program, error);
  if (app->context.params == NULL || !node_options_fill_mempool (app->context.program, &mempool_options, error)
      || !node_options_fill_mining (app->context.program, &mining_options, error)
      || !node_options_fill_indexes (app->context.program, &index_options, error))
    return FALSE;
  if (!node_options_fill_chain (app->context.program, app->context.params, &chain_options, &app->blocksdir, error)
      || !node_app_make_folders (app, error) || !node_app_lock_blocks (app, error))
    return FALSE;
  app->context.chain = node_chain_new (&chain_options);
  app->prune_target = chain_options.prune_target;
  app->is_rebuilding = chain_options.reindex || chain_options.reindex_chainstate;
  index_options.owner = node_app_index_owner (app);
  app->context.indexes = node_indexes_new (app->context.chain, &index_options);
  app->context.mempool = node_mempool_new (app->context.chain, &mempool_options);
  app->context.keep = new_keep (app);
  app->context.mining = node_mining_new (app->context.chain, app->context.mempool, &mining_options);
  node_app_listen (app);
  app->context.access = bus_access_new (app->context.program->network_dir, "node", BUS_ROLES_NODE, error);
  if (app->context.access == NULL)
    return FALSE;
  app->context.methods = new_methods (app);
  app->context.warmup = node_warmup_new (app->context.methods, app->context.monitor);
  if (common_options_switch (options, "rest"))
    app->rest = node_rest_new (&app->context, REST_THREADS);
  app->context.router = rpc_router_new (app->context.methods);
  return TRUE;
}

NodeApp *
node_app_new (CommonProgram *program, GError **error)
{
  g_autoptr (NodeApp) app = NULL;

  g_return_val_if_fail (program != NULL, NULL);
  app = g_new0 (NodeApp, 1);
  app->context.program = program;
  app->context.start_us = common_clock_monotonic_us ();
  app->context.monitor = node_monitor_new ();
  app->imports = common_options_dup_list (program->options, "loadblock");
  app->stop_at_height = common_options_number (program->options, "stopatheight");
  common_program_log_without_effect (program);
  app->context.user_agent = node_user_agent_new (program->options, error);
  if (app->context.user_agent == NULL || !node_app_take_lock (app, error) || !make_parts (app, error))
    return NULL;
  node_options_warn (program, app->context.monitor);
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
  g_clear_pointer (&app->context.mining, node_mining_free);
  g_clear_pointer (&app->context.keep, node_mempool_keep_free);
  g_clear_pointer (&app->context.mempool, node_mempool_free);
  g_clear_pointer (&app->context.warmup, node_warmup_free);
  g_clear_pointer (&app->context.monitor, node_monitor_free);
  g_clear_object (&app->context.router);
  g_clear_object (&app->rest);
  g_clear_object (&app->context.methods);
  g_clear_object (&app->context.access);
  g_clear_pointer (&app->context.indexes, node_indexes_free);
  g_clear_pointer (&app->context.chain, node_chain_free);
  g_clear_pointer (&app->context.params, btc_params_free);
  common_file_lock_free (app->blocks_lock);
  common_file_lock_free (app->lock);
  g_free (app->imports);
  g_free (app->blocksdir);
  g_free (app->context.user_agent);
  g_free (app->pid_file);
  g_free (app);
}

gboolean
node_app_start (NodeApp *app, GError **error)
{
  g_return_val_if_fail (app != NULL, FALSE);
  if (!node_app_write_pid (app, error) || !node_app_start_server (app, error))
    return FALSE;
  node_monitor_set_status (app->context.monitor, NODE_STATE_LOADING, NULL);
  node_chain_post (app->context.chain, node_app_load, app, NULL);
  return TRUE;
}

const NodeContext *
node_app_context (NodeApp *app)
{
  g_return_val_if_fail (app != NULL, NULL);
  return &app->context;
}
