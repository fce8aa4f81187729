#include <stdlib.h>
#include <sys/stat.h>

#include <glib-unix.h>

#include "bitcoin/address/network_names.h"
#include "common/confinement.h"
#include "common/ending.h"
#include "common/log.h"
#include "common/loop.h"
#include "common/secret.h"
#include "dbus/names.h"
#include "dbus/pair_ask.h"
#include "dbus/pair_enter.h"
#include "rpc/bus/access.h"
#include "rpc/settings.h"
#include "wallet/rpc/table.h"
#include "wallet/service/access.h"
#include "wallet/service/service.h"
#include "wallet/wallets/options.h"

/* moneyrocket-wallet: all wallets, in a process without network access that is started by the application or the
 * node. */

#define USAGE                                                                                                          \
  "Usage: moneyrocket-wallet [options]\n\nRuns wallets in a process of their own. The application and the node start " \
  "it; started by hand it uses a node\nthat runs with -ipcbind, and answers JSON-RPC itself with -server.\n"

typedef struct {
  GMainLoop *loop;
  int exit_code;
  gboolean alone; /* no other program has started this one */
} Run;

static void
worker_on_shutdown (gpointer data)
{
  g_main_loop_quit (data);
}

static gboolean
on_signal (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

/* Ctrl+C in a terminal is sent to all processes; a worker exits when its parent requests it. */
static gboolean
on_interrupt (gpointer data)
{
  const Run *run = data;

  if (run->alone)
    g_main_loop_quit (run->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
worker_on_hangup (gpointer data)
{
  common_log_reopen ();
  return G_SOURCE_CONTINUE;
}

static void
worker_on_startup_failed (WalletManager *manager, const char *message, gpointer data)
{
  Run *run = data;

  g_printerr ("Error: %s\n", message);
  run->exit_code = COMMON_ENDING_CODE_STARTUP;
  g_main_loop_quit (run->loop);
}

static WalletManager *
worker_new_manager (CommonProgram *program, BtcNetwork network, WalletChain *chain, GError **error)
{
  return wallet_manager_new_for_options (program->options, program->network_dir, network, chain, error);
}

/* NULL with ERROR, or because only the program that has started this one uses it. */
static BusAccess *
worker_new_access (CommonProgram *program, int fd, GError **error)
{
  return fd < 0 && *error == NULL ? bus_access_new (program->network_dir, "wallet", BUS_ROLES_OWNER, error) : NULL;
}

/* -ipcpair: whether there is nothing else to do. */
static gboolean
worker_pair (CommonProgram *program, int fd, GError **error)
{
  const char *role = fd < 0 ? bus_pair_option_get_role (program, BUS_PAIR_WALLET_ROLE) : NULL;
  const char *text = common_options_get (program->options, BUS_OPTION_CONNECT, "unix");
  g_autoptr (BusAddress) address = NULL;

  if (role == NULL)
    return FALSE;
  if (!g_str_equal (role, BUS_PAIR_ENTER))
    return bus_pair_ask (program, "wallet", BUS_ADDRESS_WALLET_SOCKET, role, error);
  address = bus_address_parse (text, program->network_dir, BUS_ADDRESS_NODE_SOCKET, BUS_ROLES_NODE, error);
  return address != NULL && bus_pair_enter (program, "wallet", "node", address, error);
}

static int
worker_run (CommonProgram *program, int fd)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  BtcNetwork network = btc_network_by_name (program->network->name)->network;
  g_autoptr (WalletChainBus) chain = wallet_chain_bus_new (network);
  g_autoptr (WalletManager) manager = worker_new_manager (program, network, WALLET_CHAIN (chain), &error);
  g_autoptr (BusAccess) access = worker_new_access (program, fd, &error);
  g_autoptr (RpcTable) rpc = error == NULL ? wallet_rpc_table_new (manager) : NULL;
  const WalletServiceParts parts = { program, chain, manager, rpc, access };
  g_autoptr (WalletService) service = NULL;
  Run run = { loop, EXIT_SUCCESS, fd < 0 };

  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_unix_signal_add (SIGINT, on_interrupt, &run);
  g_unix_signal_add (SIGHUP, worker_on_hangup, NULL);
  common_loop_watch ();
  if (rpc != NULL && common_options_get_bool (program->options, WALLET_OPTION_STRICT, FALSE))
    g_signal_connect (manager, "startup-failed", G_CALLBACK (worker_on_startup_failed), &run);
  if (rpc != NULL)
    rpc_table_set_check_results (rpc, common_options_switch (program->options, "rpcdoccheck"));
  if (access != NULL)
    rpc_bus_add_access (rpc, access);
  if (rpc != NULL)
    service = wallet_service_new (fd, &parts, worker_on_shutdown, loop, &error);
  if (service == NULL)
    return common_program_fail (error);
  common_program_log_without_effect (program);
  common_program_log_unread (program);
  g_main_loop_run (loop);
  g_clear_pointer (&service, wallet_service_free);
  common_info ("Shutdown done");
  return run.exit_code;
}

int
main (int argc, char **argv)
{
  const CommonProgramInfo info = { .name = "moneyrocket-wallet",
                                   .usage = USAGE,
                                   .networks = btc_network_names (),
                                   .programs = COMMON_OPTION_WALLET | COMMON_OPTION_WALLET_ALONE,
                                   .accepted = COMMON_OPTION_NODE | COMMON_OPTION_GUI,
                                   .quiet = TRUE,
                                   .make_folders = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (CommonProgram) program = NULL;
  int exit_code, fd;

  common_confinement_apply ();
  umask (0077);
  common_secret_harden_process ();
  program = common_program_new (&info, argc, argv, &exit_code, NULL);
  if (program == NULL)
    return exit_code;
  fd = (int) common_options_get_int (program->options, BUS_OPTION_FD, -1);
  if (!rpc_settings_load (program, FALSE, &error) || !common_options_check (program->options, &error))
    return common_program_fail (error);
  if (worker_pair (program, fd, &error))
    return EXIT_SUCCESS;
  if (error != NULL || !common_program_open_log (program, "wallet.log", "wallet", &error))
    return common_program_fail (error);
  return worker_run (program, fd);
}
