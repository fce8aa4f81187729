#include <glib/gstdio.h>

#include "common/log.h"
#include "node/app_private.h"
#include "node/notify.h"

/* Rejects new work and cancels work in progress. Any thread. */
static void
reject_work (NodeApp *app)
{
  node_chain_stop (app->context.chain);
  if (app->server != NULL)
    rpc_server_stop (app->server);
  rpc_table_stop (app->context.methods);
  if (app->rest != NULL)
    rpc_table_stop (app->rest);
}

/* An index can store its position only up to the last flushed block. A failure is reported by the chain. */
static void
flush_for_indexes (NodeChain *chain, gpointer data)
{
  if (((NodeApp *) data)->chain_loaded)
    node_chain_flush (chain, NULL);
}

/* When the chain's files are closed nothing uses them any more: jobs are rejected and the pools are drained. Parts that
 * are freed later report that the node is stopping. */
void
node_app_close_parts (NodeApp *app)
{
  g_autoptr (GError) error = NULL;

  if (app->context.chain == NULL || app->closed)
    return;
  app->closed = TRUE;
  reject_work (app);
  rpc_table_drain (app->context.methods);
  if (app->rest != NULL)
    rpc_table_drain (app->rest);
  node_mempool_keep_stop (app->context.keep);
  node_mempool_keep_save_last (app->context.keep);
  node_chain_run (app->context.chain, NODE_JOB_STOP, flush_for_indexes, app, NULL, NULL);
  node_indexes_stop (app->context.indexes);
  if (!node_chain_end (app->context.chain, &error)) {
    common_error ("%s", error->message);
    node_monitor_set_warning (app->context.monitor, "close", error->message);
    app->exit_code = 1;
  }
}

static gboolean
app_on_closed (gpointer data)
{
  NodeApp *app = data;

  g_clear_pointer (&app->closer, g_thread_join);
  if (app->pid_file != NULL)
    g_unlink (app->pid_file);
  node_monitor_set_status (app->context.monitor, NODE_STATE_STOPPED, NULL);
  common_info ("Shutdown done");
  node_monitor_notify_stopped (app->context.monitor, app->exit_code);
  return G_SOURCE_REMOVE;
}

/* Closing runs on a separate thread, since it waits for pending replies, some of which need the main context, and since
 * the last flush may take long. */
static gpointer
close_thread (gpointer data)
{
  NodeApp *app = data;

  g_clear_pointer (&app->server, rpc_server_free);
  node_notify_stopping (app->context.program->options);
  node_app_close_parts (app);
  g_idle_add_full (G_PRIORITY_DEFAULT, app_on_closed, app, NULL);
  return NULL;
}

void
node_app_stop (NodeApp *app, int exit_code)
{
  g_return_if_fail (app != NULL);
  if (app->exit_code == 0)
    app->exit_code = exit_code;
  if (!g_atomic_int_compare_and_exchange (&app->stopping, 0, 1))
    return;
  common_info ("Shutdown in progress...");
  node_monitor_set_status (app->context.monitor, NODE_STATE_STOPPING, NULL);
  reject_work (app);
  app->closer = g_thread_new ("close", close_thread, app);
}
