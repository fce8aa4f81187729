#include <glib/gstdio.h>

#include "common/log.h"
#include "node/app_private.h"
#include "node/notify.h"

typedef struct {
  NodeApp *app;
  int exit_code;
} StopRequest;

static gboolean
stop_in_main (gpointer data)
{
  StopRequest *request = data;
  node_app_stop (request->app, request->exit_code);
  return G_SOURCE_REMOVE;
}

void
node_app_request_stop_with (NodeApp *app, int exit_code)
{
  StopRequest *request = g_new (StopRequest, 1);
  request->app = app;
  request->exit_code = exit_code;
  g_idle_add_full (G_PRIORITY_DEFAULT, stop_in_main, request, g_free);
}

void
node_app_request_stop (NodeApp *app)
{
  g_return_if_fail (app != NULL);
  node_app_request_stop_with (app, 0);
}

/* An index may write its place only as far as the chain is on disk. A failure is told by the chain. */
static void
flush_for_indexes (NodeChain *chain, gpointer data)
{
  if (((NodeApp *) data)->chain_loaded)
    node_chain_flush (chain, NULL);
}

void
node_app_close_parts (NodeApp *app)
{
  g_autoptr (GError) error = NULL;

  if (app->chain != NULL && app->keep != NULL) {
    node_mempool_keep_stop (app->keep);
    node_mempool_keep_save_last (app->keep);
  }
  if (app->chain != NULL && app->indexes != NULL) {
    node_chain_call (app->chain, flush_for_indexes, app);
    node_indexes_stop (app->indexes);
  }
  if (app->chain != NULL && !node_chain_close (app->chain, &error)) {
    common_error ("%s", error->message);
    node_app_set_warning (app, "close", error->message);
    app->exit_code = 1;
  }
  app->chain = NULL;
}

static gboolean
on_closed (gpointer data)
{
  NodeApp *app = data;

  g_clear_pointer (&app->closer, g_thread_join);
  if (app->pid_file != NULL)
    g_unlink (app->pid_file);
  node_app_events_status (app->events, NODE_APP_STOPPED, NULL);
  common_info ("Shutdown done");
  node_app_events_stopped (app->events, app->exit_code);
  return G_SOURCE_REMOVE;
}

/* The last flush may take long, so it has a thread of its own. */
static gpointer
close_thread (gpointer data)
{
  NodeApp *app = data;

  node_notify_stopping (app->program->options);
  node_app_close_parts (app);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_closed, app, NULL);
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
  node_app_events_status (app->events, NODE_APP_STOPPING, NULL);
  g_clear_pointer (&app->server, rpc_server_free);
  app->closer = g_thread_new ("close", close_thread, app);
}
