#include "common/log.h"
#include "node/app_private.h"
#include "node/notify.h"

static void
on_progress (gpointer data, const char *stage, double fraction, guint64 n_blocks)
{
  NodeApp *app = data;
  static const struct {
    const char *stage;
    NodeState state;
  } stages[] = { { "loading", NODE_STATE_LOADING },       { "verifying", NODE_STATE_VERIFYING },
                 { "reindexing", NODE_STATE_REINDEXING }, { "importing", NODE_STATE_IMPORTING },
                 { "connecting", NODE_STATE_CONNECTING }, { "snapshot", NODE_STATE_SNAPSHOT } };

  if (g_str_equal (stage, "background")) {
    node_app_report_validation (app, fraction, n_blocks);
    return;
  }
  app->chain_idle = g_str_equal (stage, "ready");
  if (app->chain_idle)
    node_app_finish_start (app);
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++) {
    if (!g_str_equal (stages[i].stage, stage))
      continue;
    if (stages[i].state == NODE_STATE_VERIFYING)
      node_warmup_set_status (app->context.warmup, "Verifying blocks…");
    node_app_report (app, stages[i].state, fraction, n_blocks);
  }
}

/* No notifications of single blocks during the initial download. */
static void
notify_block (NodeApp *app, const NodeTip *tip)
{
  if (app->start_finished && !tip->initial_download && tip->block != app->notified_tip)
    node_notify_block (app->context.program->options, tip->block->hash32);
  app->notified_tip = tip->block;
}

static void
app_on_tip_changed (gpointer data, NodeTip *tip)
{
  NodeApp *app = data;
  NodeState state = node_monitor_get_status (app->context.monitor).state;

  node_app_end_warmup (app);
  node_monitor_notify_tip (app->context.monitor, tip);
  notify_block (app, tip);
  if (state == NODE_STATE_SYNCING && !tip->initial_download)
    node_app_report (app, NODE_STATE_READY, 1, 0);
  if (app->stop_at_height != 0 && tip->block->height >= app->stop_at_height) {
    common_info ("The chain has reached the height of -stopatheight: stopping");
    node_monitor_request_stop (app->context.monitor, 0);
  }
}

static void
on_warning (gpointer data, const char *id, const char *text)
{
  NodeApp *app = data;

  node_monitor_set_warning (app->context.monitor, id, text);
  if (text != NULL)
    node_notify_alert (app->context.program->options, text);
}

static void
on_index_changed (gpointer data)
{
  node_monitor_notify_indexes (((NodeApp *) data)->context.monitor);
}

static void
app_on_mempool_changed (gpointer data, const NodeMempoolEntry *entry, guint64 sequence)
{
  node_monitor_notify_mempool (((NodeApp *) data)->context.monitor, sequence);
}

static void
on_mempool_removed (gpointer data, const NodeMempoolEntry *entry, NodeMempoolRemoval why, guint64 sequence)
{
  node_monitor_notify_mempool (((NodeApp *) data)->context.monitor, sequence);
}

static void
on_stop_requested (gpointer data, int exit_code)
{
  node_app_stop (data, exit_code);
}

void
node_app_listen (NodeApp *app)
{
  static const NodeChainListener chain_listener = {
    .tip_changed = app_on_tip_changed, .progress = on_progress, .warning = on_warning, .fatal = node_app_report_fatal
  };
  static const NodeMempoolListener mempool_listener = { app_on_mempool_changed, on_mempool_removed };
  static const NodeMonitorListener monitor_listener = { .stop_requested = on_stop_requested };

  node_chain_add_listener (app->context.chain, &chain_listener, app);
  node_mempool_add_listener (app->context.mempool, &mempool_listener, app);
  node_monitor_add_listener (app->context.monitor, &monitor_listener, app);
}

NodeIndexOwner
node_app_index_owner (NodeApp *app)
{
  return (NodeIndexOwner){ .fatal = node_app_report_fatal, .changed = on_index_changed, .data = app };
}
