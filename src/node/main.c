#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib-unix.h>

#include "bitcoin/address/network_names.h"
#include "common/bus_error.h"
#include "common/log.h"
#include "common/loop.h"
#include "node/app.h"
#include "node/options.h"
#include "node/service/service.h"

/* moneyrocket-node: the node alone, for servers, or as a worker of the application. */

#define USAGE "Usage: moneyrocket-node [options]\n\nRuns a full node of the Bitcoin network.\n"

typedef struct {
  GMainLoop *loop;
  NodeApp *app;
  int exit_code;
} Main;

static void
on_stopped (gpointer data, int exit_code)
{
  Main *self = data;
  self->exit_code = exit_code;
  g_main_loop_quit (self->loop);
}

static gboolean
on_stop_signal (gpointer data)
{
  node_app_stop (((Main *) data)->app, 0);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_hangup (gpointer data)
{
  common_log_reopen ();
  return G_SOURCE_CONTINUE;
}

/* Paths in a message are bytes: g_printerr() would turn them into the character set of the locale. */
static int
fail (const GError *error)
{
  common_error ("%s", error->message);
  fprintf (stderr, "Error: %s\n", error->message);
  return EXIT_FAILURE;
}

static int
run (CommonProgram *program)
{
  static const NodeAppListener listener = { .stopped = on_stopped };
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (NodeApp) app = node_app_new (program, &error);
  g_autoptr (NodeService) service = NULL; /* freed before the app */
  Main self = { loop, app, EXIT_SUCCESS };

  if (app == NULL)
    return fail (error);
  service = node_service_new (app, &error);
  if (service == NULL)
    return fail (error);
  node_app_add_listener (app, &listener, &self);
  g_unix_signal_add (SIGTERM, on_stop_signal, &self);
  g_unix_signal_add (SIGINT, on_stop_signal, &self);
  g_unix_signal_add (SIGHUP, on_hangup, NULL);
  if (!node_app_start (app, &error)) {
    self.exit_code = fail (error);
    node_app_stop (app, self.exit_code);
  }
  common_loop_watch ();
  g_main_loop_run (loop);
  if (self.exit_code != EXIT_SUCCESS) {
    g_auto (GStrv) warnings = node_app_dup_warnings (app);
    for (guint i = 0; warnings[i] != NULL; i++)
      fprintf (stderr, "Error: %s\n", warnings[i]);
  }
  return self.exit_code;
}

int
main (int argc, char **argv)
{
  CommonProgramInfo info = { .name = "moneyrocket-node", .usage = USAGE, .make_folders = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (CommonProgram) program = NULL;
  g_autofree char *text = NULL;

  umask (0077);
  info.networks = btc_network_names ();
  info.specs = node_option_specs (&info.n_specs);
  program = common_program_new (&info, argc, argv, &text, &error);
  if (program == NULL) {
    fprintf (stderr, "Error: %s\n", error->message); /* there is no log yet */
    return EXIT_FAILURE;
  }
  if (text != NULL) {
    g_print ("%s", text);
    return EXIT_SUCCESS;
  }
  if (program->rest != NULL && program->rest[0] != NULL) {
    fprintf (stderr,
             "Error: Command line contains unexpected token '%s', see moneyrocket-node -h for a list of options.\n",
             program->rest[0]);
    return EXIT_FAILURE;
  }
  if (common_options_get_bool (program->options, "daemon", FALSE) && daemon (1, 0) != 0) {
    fprintf (stderr, "Error: The program could not go to the background.\n");
    return EXIT_FAILURE;
  }
  if (!common_program_open_log (program, NULL, NULL, &error))
    return fail (error);
  common_catch_bus_errors ();
  return run (program);
}
