#include "common/clock.h"
#include "common/log.h"
#include "node/app_private.h"

static NodeProgress
update_pace (CommonPace *pace, double fraction, guint64 n_blocks)
{
  common_pace_report (pace, common_clock_monotonic_us (), fraction, n_blocks);
  return (NodeProgress){ fraction, common_pace_get_rate (pace), common_pace_get_eta_s (pace) };
}

/* Once the node is stopping, no other state is reported. */
void
node_app_report (NodeApp *app, NodeState state, double fraction, guint64 n_blocks)
{
  NodeProgress progress;

  if (state != app->paced) {
    common_pace_reset (&app->pace);
    app->paced = state;
  }
  progress = update_pace (&app->pace, fraction, n_blocks);
  if (!g_atomic_int_get (&app->stopping))
    node_monitor_set_status (app->context.monitor, state, &progress);
}

void
node_app_report_validation (NodeApp *app, double fraction, guint64 n_blocks)
{
  NodeProgress progress = update_pace (&app->validation_pace, fraction, n_blocks);

  node_monitor_set_validation (app->context.monitor, fraction < 1, &progress);
}

/* Whether the chain is up to date decides between the two states of a running node. A regtest chain is always up to
 * date. */
void
node_app_report_running (NodeApp *app)
{
  gboolean alone = app->context.params->network->network == BTC_NETWORK_REGTEST;
  gboolean behind = !alone && node_chain_is_initial_download (app->context.chain);

  node_app_report (app, behind ? NODE_STATE_SYNCING : NODE_STATE_READY, 1, 0);
}

void
node_app_report_fatal (gpointer data, const char *message)
{
  NodeMonitor *monitor = ((NodeApp *) data)->context.monitor;

  common_error ("%s", message);
  node_monitor_set_warning (monitor, "fatal", message);
  node_monitor_request_stop (monitor, 1);
}
