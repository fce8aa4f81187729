#include <stdio.h>
#include <stdlib.h>

#include "common/confinement.h"
#include "common/log.h"
#include "common/secret.h"
#include "daemon/chain_direct.h"
#include "daemon/wallet_rpc.h"
#include "dbus/inspector.h"
#include "node/program.h"
#include "node/service/clients.h"
#include "wallet/rpc/table.h"
#include "wallet/service/clients.h"
#include "wallet/wallets/options.h"

/* moneyrocketd: node and wallet in one process. Each uses the other through the interface that is implemented over a
 * connection in the other programs. */

#define USAGE "Usage: moneyrocketd [options]\n\nRuns a full node of the Bitcoin network with wallets, in one process.\n"

static WalletManager *
new_manager (const NodeContext *context, WalletChain *chain, GError **error)
{
  const CommonProgram *program = context->program;

  return wallet_manager_new_for_options (program->options, program->network_dir, context->params->network->network,
                                         chain, error);
}

static void
on_startup_failed (WalletManager *manager, const char *message, gpointer data)
{
  NodeApp *app = data;

  common_error ("%s", message);
  fprintf (stderr, "Error: %s\n", message);
  node_app_stop (app, EXIT_FAILURE);
}

/* The wallets of this process, and the number of its program among all wallet programs of the node. */
typedef struct {
  RpcWallets *wallets;
  guint own;
} OwnWallets;

static void
daemon_on_wallets_changed (WalletManager *manager, gpointer data)
{
  const OwnWallets *own = data;
  g_auto (GStrv) names = wallet_manager_dup_loaded (manager);
  const char *taken;

  if (!rpc_wallets_set_names (own->wallets, own->own, (const char *const *) names, &taken))
    common_error ("A wallet program that is connected has a wallet \"%s\", too", taken);
}

static void
on_startup_done (WalletManager *manager, gboolean failed, gpointer warmup)
{
  if (!failed)
    node_warmup_end_wallets (warmup);
}

static int
run_with_wallets (NodeApp *app, NodeChainCalls *calls, RpcWallets *wallets)
{
  const NodeContext *context = node_app_context (app);
  g_autofree char *inspected = bus_inspector_dup_path (context->program, "wallet");
  g_autoptr (DaemonChainDirect) chain = daemon_chain_direct_new (calls);
  g_autoptr (GError) error = NULL;
  g_autoptr (WalletManager) manager = new_manager (context, WALLET_CHAIN (chain), &error);
  g_autoptr (RpcTable) rpc = NULL;
  g_autoptr (WalletAccess) access = NULL;
  g_autoptr (DaemonWalletRpc) handler = NULL;
  g_autoptr (WalletClients) clients = NULL;
  OwnWallets own = { wallets, 0 };
  int exit_code;

  if (manager == NULL)
    return common_program_fail (error);
  rpc = wallet_rpc_table_new (manager);
  rpc_table_set_check_results (rpc, common_options_switch (context->program->options, "rpcdoccheck"));
  access = wallet_access_new (context->program, TRUE);
  handler = daemon_wallet_rpc_new (rpc, access);
  own.own = rpc_wallets_add (wallets, RPC_HANDLER (handler));
  g_signal_connect (manager, "wallets-changed", G_CALLBACK (daemon_on_wallets_changed), &own);
  g_signal_connect (manager, "startup-failed", G_CALLBACK (on_startup_failed), app);
  clients = wallet_clients_new (manager, rpc, NULL, context->params->network->name);
  if (inspected != NULL && !wallet_clients_listen_inspect (clients, inspected, &error))
    return common_program_fail (error);
  g_signal_connect (manager, "startup-done", G_CALLBACK (on_startup_done), context->warmup);
  node_warmup_expect_wallets (context->warmup);
  wallet_manager_start (manager);
  exit_code = node_program_run (app);
  g_clear_pointer (&clients, wallet_clients_free);
  g_signal_handlers_disconnect_by_data (manager, &own);
  rpc_wallets_remove (wallets, own.own);
  wallet_manager_close (manager);
  rpc_table_close (rpc);
  wallet_manager_stop (manager);
  return exit_code;
}

static int
run_daemon (CommonProgram *program)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NodeApp) app = node_app_new (program, &error);
  g_autoptr (NodeChainCalls) calls = NULL; /* freed before the app */
  g_autoptr (RpcWallets) wallets = NULL;
  g_autoptr (NodeClients) clients = NULL;

  if (app == NULL)
    return common_program_fail (error);
  calls = node_chain_calls_new (node_app_context (app));
  wallets = rpc_wallets_new ();
  rpc_router_set_wallet (node_app_context (app)->router, RPC_HANDLER (wallets));
  clients = node_clients_new (calls, wallets);
  if (!node_clients_listen (clients, &error) || !node_clients_listen_for_tools (clients, NULL, &error))
    return common_program_fail (error);
  if (common_options_switch (program->options, "disablewallet"))
    return node_program_run (app);
  return run_with_wallets (app, calls, wallets);
}

int
main (int argc, char **argv)
{
  g_autoptr (CommonProgram) program = NULL;
  int exit_code;

  common_confinement_apply ();
  common_secret_harden_process ();
  program = node_program_new ("moneyrocketd", USAGE, argc, argv, &exit_code);
  return program != NULL ? run_daemon (program) : exit_code;
}
