#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib-unix.h>

#include "bitcoin/address/network_names.h"
#include "common/bus_error.h"
#include "common/log.h"
#include "common/loop.h"
#include "common/secret.h"
#include "daemon/chain_direct.h"
#include "dbus/confinement.h"
#include "node/options.h"
#include "wallet/manager.h"

/* moneyrocketd: node and wallet in one process. Each sees the other through the interface that has a connection behind
 * it in the other programs. */

#define USAGE "Usage: moneyrocketd [options]\n\nRuns a full node of the Bitcoin network with wallets, in one process.\n"

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

static int
fail (const GError *error)
{
  common_error ("%s", error->message);
  g_printerr ("Error: %s\n", error->message);
  return EXIT_FAILURE;
}

static WalletManager *
new_manager (NodeApp *app, WalletChain *chain)
{
  const CommonProgram *program = node_app_program (app);
  gint64 keypool = common_options_get_int (program->options, "keypool", 0);

  return wallet_manager_new (program->network_dir, node_app_params (app)->network->network,
                             (guint) CLAMP (keypool, 0, 1000000), chain);
}

static void
run_loop (Main *self)
{
  g_autoptr (GError) error = NULL;

  g_unix_signal_add (SIGTERM, on_stop_signal, self);
  g_unix_signal_add (SIGINT, on_stop_signal, self);
  g_unix_signal_add (SIGHUP, on_hangup, NULL);
  common_loop_watch ();
  if (!node_app_start (self->app, &error)) {
    self->exit_code = fail (error);
    node_app_stop (self->app, self->exit_code);
  }
  g_main_loop_run (self->loop);
}

static int
run (CommonProgram *program)
{
  static const NodeAppListener listener = { .stopped = on_stopped };
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (NodeApp) app = node_app_new (program, &error);
  g_autoptr (DaemonChainDirect) chain = NULL;
  g_autoptr (WalletManager) manager = NULL;
  g_autoptr (RpcTable) rpc = NULL;
  Main self = { loop, app, EXIT_SUCCESS };

  if (app == NULL)
    return fail (error);
  node_app_add_listener (app, &listener, &self);
  if (!common_options_get_bool (program->options, "disablewallet", FALSE)) {
    chain = daemon_chain_direct_new (app);
    manager = new_manager (app, WALLET_CHAIN (chain));
    rpc = wallet_rpc_table_new (manager);
    node_app_set_wallet_handler (app, RPC_HANDLER (rpc));
    wallet_manager_start (manager);
  }
  run_loop (&self);
  node_app_set_wallet_handler (app, NULL);
  if (manager != NULL) {
    wallet_manager_close (manager);
    rpc_table_close (rpc);
    wallet_manager_stop (manager);
  }
  return self.exit_code;
}

int
main (int argc, char **argv)
{
  CommonProgramInfo info = { .name = "moneyrocketd", .usage = USAGE, .make_folders = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (CommonProgram) program = NULL;
  g_autofree char *text = NULL;

  umask (0077);
  bus_confinement_apply ();
  common_secret_harden_process ();
  info.networks = btc_network_names ();
  info.specs = node_option_specs (&info.n_specs);
  program = common_program_new (&info, argc, argv, &text, &error);
  if (program == NULL)
    return fail (error);
  if (text != NULL) {
    g_print ("%s", text);
    return EXIT_SUCCESS;
  }
  if (common_options_get_bool (program->options, "daemon", FALSE) && daemon (1, 0) != 0) {
    g_printerr ("Error: The program could not go to the background.\n");
    return EXIT_FAILURE;
  }
  if (!common_program_open_log (program, NULL, NULL, &error))
    return fail (error);
  common_catch_bus_errors ();
  return run (program);
}
