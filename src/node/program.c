#include "node/program.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <glib-unix.h>

#include "bitcoin/address/network_names.h"
#include "common/bus_error.h"
#include "common/log.h"
#include "common/loop.h"
#include "dbus/address.h"
#include "dbus/names.h"
#include "dbus/pair_ask.h"
#include "node/daemonise.h"
#include "node/options.h"
#include "rpc/settings.h"

/* -ipcpair: whether a node that is running has made a code, so that this one ends. Otherwise it shows one itself, for which
 * it must keep its terminal. */
static gboolean
program_ask_for_code (const CommonProgram *program, GError **error)
{
  const char *role = bus_pair_option_get_role (program, BUS_PAIR_NODE_ROLE);
  g_autoptr (GError) failure = NULL;

  if (role == NULL || common_options_is_set (program->options, BUS_OPTION_FD))
    return FALSE;
  if (bus_pair_ask (program, "node", BUS_ADDRESS_NODE_SOCKET, role, &failure))
    return TRUE;
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (common_options_switch (program->options, "daemon") || common_options_switch (program->options, "daemonwait"))
    common_options_fail (error,
                         "-ipcpair shows a code on the terminal, which -daemon leaves. Start the node first, with "
                         "-ipcbind=unix, and then use -ipcpair without -daemon.");
  return FALSE;
}

static gboolean
read_settings (CommonProgram *program, GError **error)
{
  if (!rpc_settings_load (program, TRUE, error) || !common_program_check_network (program, btc_network_names (), error))
    return FALSE;
  node_options_interact (program->options);
  return TRUE;
}

/* *DONE: the program ends, since it has done what it was started for. */
static gboolean
prepare_program (CommonProgram *program, gboolean *done, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (!read_settings (program, error))
    return FALSE;
  *done = program_ask_for_code (program, &failure);
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  if (*done)
    return TRUE;
  program->console = !common_options_switch (program->options, "daemon")
                     && !common_options_switch (program->options, "daemonwait")
                     && !common_options_is_set (program->options, BUS_OPTION_FD);
  return common_program_open_log (program, NULL, NULL, error) && node_options_check (program, error)
         && node_daemonise (program, error);
}

static CommonProgramInfo
program_info (const char *name, const char *usage)
{
  return (CommonProgramInfo){ .name = name,
                              .usage = usage,
                              .networks = btc_network_names (),
                              .programs = COMMON_OPTION_NODE | COMMON_OPTION_WALLET,
                              .accepted = COMMON_OPTION_GUI,
                              .no_words = TRUE,
                              .make_folders = TRUE };
}

CommonProgram *
node_program_new_inside (char **argv, GError **error)
{
  CommonProgramInfo info = program_info (argv[0], "");
  int exit_code;
  g_autoptr (CommonProgram) program = common_program_new (&info, (int) g_strv_length (argv), argv, &exit_code, error);

  if (program == NULL || !read_settings (program, error))
    return NULL;
  common_options_force (program->options, "server", "0", TRUE);
  if (!common_program_open_log (program, NULL, NULL, error) || !node_options_check (program, error))
    return NULL;
  if (common_options_switch (program->options, "daemon") | common_options_switch (program->options, "daemonwait"))
    common_info ("The node runs inside of another program, and does not move to the background.");
  return g_steal_pointer (&program);
}

CommonProgram *
node_program_new (const char *name, const char *usage, int argc, char **argv, int *exit_code)
{
  CommonProgramInfo info = program_info (name, usage);
  g_autoptr (GError) error = NULL;
  g_autoptr (CommonProgram) program = NULL;
  gboolean done = FALSE;

  umask (0077);
  signal (SIGPIPE, SIG_IGN); /* a pipe that shows the log may end first */
  program = common_program_new (&info, argc, argv, exit_code, NULL);
  if (program == NULL)
    return NULL;
  if (!prepare_program (program, &done, &error)) {
    *exit_code = common_program_fail (error);
    return NULL;
  }
  *exit_code = EXIT_SUCCESS;
  if (done)
    return NULL;
  common_catch_bus_errors ();
  return g_steal_pointer (&program);
}

typedef struct {
  GMainLoop *loop;
  NodeApp *app;
  int exit_code;
} Run;

static void
on_stopped (gpointer data, int exit_code)
{
  Run *run = data;

  run->exit_code = exit_code;
  if (node_monitor_get_status (node_app_context (run->app)->monitor).answering)
    node_daemon_report (TRUE);
  g_main_loop_quit (run->loop);
}

static void
on_status_changed (gpointer data, const NodeStatus *status)
{
  if (status->answering)
    node_daemon_report (TRUE);
}

static gboolean
on_stop_signal (gpointer data)
{
  node_app_stop (((Run *) data)->app, 0);
  return G_SOURCE_CONTINUE;
}

static gboolean
program_on_hangup (gpointer data)
{
  common_log_reopen ();
  return G_SOURCE_CONTINUE;
}

static void
report_warnings (NodeMonitor *monitor)
{
  g_auto (GStrv) warnings = node_monitor_dup_warnings (monitor);

  for (guint i = 0; warnings[i] != NULL; i++)
    fprintf (stderr, "Error: %s\n", warnings[i]);
}

int
node_program_run (NodeApp *app)
{
  static const NodeMonitorListener listener = { .status_changed = on_status_changed, .stopped = on_stopped };
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  NodeMonitor *monitor = node_app_context (app)->monitor;
  Run run = { loop, app, EXIT_SUCCESS };

  node_monitor_add_listener (monitor, &listener, &run);
  g_unix_signal_add (SIGTERM, on_stop_signal, &run);
  g_unix_signal_add (SIGINT, on_stop_signal, &run);
  g_unix_signal_add (SIGHUP, program_on_hangup, NULL);
  common_loop_watch ();
  if (!node_app_start (app, &error))
    node_app_stop (app, common_program_fail (error));
  g_main_loop_run (loop);
  if (run.exit_code != EXIT_SUCCESS)
    report_warnings (monitor);
  node_monitor_remove_listener (monitor, &run);
  return run.exit_code;
}
