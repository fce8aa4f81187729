#include "common/log.h"
#include "node/app_private.h"
#include "node/notify.h"
#include "node/options.h"

static void import_next (NodeChain *chain, NodeApp *app);

static void
on_imported (NodeChain *chain, gpointer data, const GError *error)
{
  NodeApp *app = data;

  if (error != NULL)
    common_warn ("Could not import %s: %s", app->imports[app->next_import - 1], error->message);
  import_next (chain, app);
}

/* Notifies listeners that the mempool is complete. */
static void
on_mempool_loaded (gpointer data)
{
  NodeApp *app = data;

  node_monitor_notify_mempool (app->context.monitor, node_mempool_sequence (app->context.mempool));
}

/* Ends the start-up when all imports, and a reindex, are done. */
void
node_app_finish_start (NodeApp *app)
{
  if (!app->imports_done || !app->chain_idle)
    return;
  node_app_report_running (app);
  if (app->start_finished)
    return;
  app->start_finished = TRUE;
  node_notify_started (app->context.program->options);
  if (common_options_switch (app->context.program->options, "stopafterblockimport")) {
    common_info ("Stopping after block import");
    node_monitor_request_stop (app->context.monitor, 0);
    return;
  }
  common_program_log_unread (app->context.program);
  node_mempool_keep_start (app->context.keep, on_mempool_loaded, app);
}

static void
import_next (NodeChain *chain, NodeApp *app)
{
  const char *path = app->imports[app->next_import];

  if (g_atomic_int_get (&app->stopping))
    return;
  if (path == NULL) {
    app->imports_done = TRUE;
    node_app_finish_start (app);
    return;
  }
  app->next_import++;
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
    common_warn ("Could not open blocks file %s", path);
    import_next (chain, app);
    return;
  }
  common_info ("Importing blocks file %s...", path);
  node_app_report (app, NODE_STATE_IMPORTING, 0, 0);
  node_chain_import (chain, path, on_imported, app);
}

void
node_app_end_warmup (NodeApp *app)
{
  if (app->indexes_loaded && node_chain_tip (app->context.chain) != NULL)
    node_warmup_end_chain (app->context.warmup);
}

/* A new chain may be too long for the disk. */
static void
warn_of_disk (NodeApp *app)
{
  const NodeBlock *tip = node_chain_tip (app->context.chain);

  if (!app->is_rebuilding && (tip == NULL || tip->height <= 1))
    node_options_warn_of_disk (app->context.program, app->blocksdir, app->prune_target, app->context.monitor);
}

void
node_app_load (NodeChain *chain, gpointer data)
{
  NodeApp *app = data;
  g_autoptr (GError) error = NULL;

  if (g_atomic_int_get (&app->stopping))
    return;
  common_info ("initload thread start");
  if (!node_chain_load (chain, &error)) {
    if (!g_atomic_int_get (&app->stopping))
      node_app_report_fatal (app, error != NULL ? error->message : "The chain could not be loaded");
    return;
  }
  app->chain_loaded = TRUE;
  warn_of_disk (app);
  if (!node_indexes_load (app->context.indexes, &error)) {
    g_autofree char *message = node_store_dup_message (error);
    node_app_report_fatal (app, message);
    return;
  }
  app->indexes_loaded = TRUE;
  node_monitor_notify_indexes (app->context.monitor);
  node_app_end_warmup (app);
  import_next (chain, app);
}
