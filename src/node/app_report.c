#include "common/clock.h"
#include "common/log.h"
#include "node/app_private.h"
#include "node/notify.h"

static NodeAppProgress
take_pace (CommonPace *pace, double fraction, guint64 n_blocks)
{
  common_pace_report (pace, common_clock_monotonic_us (), fraction, n_blocks);
  return (NodeAppProgress){ fraction, common_pace_get_rate (pace), common_pace_get_eta_s (pace) };
}

/* Chain thread. Nothing is told any more once the node is stopping. */
void
node_app_report (NodeApp *app, NodeAppState state, double fraction, guint64 n_blocks)
{
  NodeAppProgress progress;

  if (state != app->paced) {
    common_pace_reset (&app->pace);
    app->paced = state;
  }
  progress = take_pace (&app->pace, fraction, n_blocks);
  if (!g_atomic_int_get (&app->stopping))
    node_app_events_status (app->events, state, &progress);
}

static void
report_validation (NodeApp *app, double fraction, guint64 n_blocks)
{
  NodeAppProgress progress = take_pace (&app->validation_pace, fraction, n_blocks);

  node_app_events_validation (app->events, fraction < 1, &progress);
}

static void
on_progress (gpointer data, const char *stage, double fraction, guint64 n_blocks)
{
  NodeApp *app = data;
  static const struct {
    const char *stage;
    NodeAppState state;
  } stages[] = { { "loading", NODE_APP_LOADING },       { "verifying", NODE_APP_VERIFYING },
                 { "reindexing", NODE_APP_REINDEXING }, { "importing", NODE_APP_IMPORTING },
                 { "connecting", NODE_APP_CONNECTING }, { "snapshot", NODE_APP_SNAPSHOT } };

  if (g_str_equal (stage, "background")) {
    report_validation (app, fraction, n_blocks);
    return;
  }
  app->chain_idle = g_str_equal (stage, "ready");
  if (app->chain_idle)
    node_app_finish_start (app);
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++) {
    if (!g_str_equal (stages[i].stage, stage))
      continue;
    if (stages[i].state == NODE_APP_VERIFYING)
      rpc_table_set_warmup (app->table, "Verifying blocks…");
    node_app_report (app, stages[i].state, fraction, n_blocks);
  }
}

/* Whether the chain is up to date decides between the two states of a running node. A regtest chain has nobody to be
 * behind: it is whatever was mined here. */
void
node_app_report_running (NodeApp *app)
{
  gboolean alone = app->params->network->network == BTC_NETWORK_REGTEST;
  gboolean behind = !alone && node_chain_is_initial_download (app->chain);

  node_app_report (app, behind ? NODE_APP_SYNCING : NODE_APP_READY, 1, 0);
}

/* Nobody wants to hear of the many blocks while the chain is still being built. */
static void
notify_block (NodeApp *app, const NodeTip *tip)
{
  if (app->start_finished && !tip->initial_download && tip->block != app->told_tip)
    node_notify_block (app->program->options, tip->block->hash32);
  app->told_tip = tip->block;
}

static void
on_tip_changed (gpointer data, NodeTip *tip)
{
  NodeApp *app = data;
  NodeAppState state = node_app_events_get_status (app->events).state;

  node_app_end_warmup (app);
  node_app_events_tip (app->events, tip);
  notify_block (app, tip);
  if (state == NODE_APP_SYNCING && !tip->initial_download)
    node_app_report (app, NODE_APP_READY, 1, 0);
  if (app->stop_at_height > 0 && tip->block->height >= app->stop_at_height) {
    common_info ("The chain has the height of -stopatheight: stopping");
    node_app_request_stop_with (app, 0);
  }
}

static void
on_warning (gpointer data, const char *id, const char *text)
{
  NodeApp *app = data;

  node_app_set_warning (app, id, text);
  if (text != NULL)
    node_notify_alert (app->program->options, text);
}

void
node_app_report_fatal (gpointer app, const char *message)
{
  common_error ("%s", message);
  node_app_set_warning (app, "fatal", message);
  node_app_request_stop_with (app, 1);
}

static void
on_index_changed (gpointer data)
{
  node_app_events_indexes (((NodeApp *) data)->events);
}

static void
on_mempool_changed (gpointer data, const NodeMempoolEntry *entry, guint64 sequence)
{
  node_app_events_mempool (((NodeApp *) data)->events, sequence);
}

static void
on_mempool_removed (gpointer data, const NodeMempoolEntry *entry, NodeMempoolRemoval why, guint64 sequence)
{
  node_app_events_mempool (((NodeApp *) data)->events, sequence);
}

void
node_app_listen (NodeApp *app)
{
  static const NodeChainListener chain_listener = {
    .tip_changed = on_tip_changed, .progress = on_progress, .warning = on_warning, .fatal = node_app_report_fatal
  };
  static const NodeMempoolListener mempool_listener = { on_mempool_changed, on_mempool_removed };

  node_chain_add_listener (app->chain, &chain_listener, app);
  node_mempool_add_listener (app->mempool, &mempool_listener, app);
}

NodeIndexOwner
node_app_index_owner (NodeApp *app)
{
  return (NodeIndexOwner){ .fatal = node_app_report_fatal, .changed = on_index_changed, .data = app };
}
