#include <unistd.h>

#include "bitcoin/address/network_names.h"
#include "common/log.h"
#include "daemon/part.h"
#include "rpc/settings.h"
#include "wallet/rpc/table.h"
#include "wallet/service/service.h"
#include "wallet/wallets/options.h"

/* The wallets as a part of the application. */

typedef struct {
  DaemonPartOwner owner;
  char **argv;
  CommonProgram *program;
  WalletService *service;
  guint stopped_source;
} PartWallet;

static void
part_wallet_free (gpointer part)
{
  PartWallet *self = part;

  g_clear_handle_id (&self->stopped_source, g_source_remove);
  g_clear_pointer (&self->service, wallet_service_free);
  g_clear_pointer (&self->program, common_program_free);
  g_strfreev (self->argv);
  g_free (self);
}

static gboolean
part_wallet_stopped_cb (gpointer data)
{
  PartWallet *self = data;
  DaemonPartOwner owner = self->owner;

  self->stopped_source = 0;
  owner.stopped (owner.data, NULL);
  return G_SOURCE_REMOVE;
}

static void
part_wallet_stop (gpointer part)
{
  PartWallet *self = part;

  if (self->stopped_source == 0)
    self->stopped_source = g_idle_add (part_wallet_stopped_cb, self);
}

static CommonProgram *
part_wallet_new_program (char **argv, GError **error)
{
  const CommonProgramInfo info = { .name = argv[0],
                                   .usage = "",
                                   .networks = btc_network_names (),
                                   .programs = COMMON_OPTION_WALLET | COMMON_OPTION_WALLET_ALONE,
                                   .accepted = COMMON_OPTION_NODE | COMMON_OPTION_GUI,
                                   .quiet = TRUE,
                                   .make_folders = TRUE };
  int exit_code;
  g_autoptr (CommonProgram) program = common_program_new (&info, (int) g_strv_length (argv), argv, &exit_code, error);

  if (program == NULL || !rpc_settings_load (program, FALSE, error) || !common_options_check (program->options, error))
    return NULL;
  /* With a node that runs by itself nobody else has opened it. */
  if (!common_log_is_open () && !common_program_open_log (program, NULL, NULL, error))
    return NULL;
  return g_steal_pointer (&program);
}

static gboolean
part_wallet_make (PartWallet *self, int fd, GError **error)
{
  BtcNetwork network = btc_network_by_name (self->program->network->name)->network;
  g_autoptr (WalletChainBus) chain = wallet_chain_bus_new (network);
  g_autoptr (WalletManager) manager = wallet_manager_new_for_options (
      self->program->options, self->program->network_dir, network, WALLET_CHAIN (chain), error);
  g_autoptr (RpcTable) rpc = NULL;
  WalletServiceParts parts = { self->program, chain, manager };

  if (manager == NULL) {
    close (fd);
    return FALSE;
  }
  rpc = wallet_rpc_table_new (manager);
  rpc_table_set_check_results (rpc, common_options_switch (self->program->options, "rpcdoccheck"));
  parts.rpc = rpc;
  self->service = wallet_service_new (fd, &parts, part_wallet_stop, self, error);
  return self->service != NULL;
}

static gpointer
part_wallet_start (const char *const *args, int fd, const DaemonPartOwner *owner, GError **error)
{
  PartWallet *self = g_new0 (PartWallet, 1);

  self->owner = *owner;
  self->argv = daemon_part_dup_argv ("moneyrocket-wallet", args);
  self->program = part_wallet_new_program (self->argv, error);
  if (self->program == NULL) {
    close (fd);
  } else if (part_wallet_make (self, fd, error)) {
    common_program_log_without_effect (self->program);
    return self;
  }
  part_wallet_free (self);
  return NULL;
}

const DaemonPart daemon_part_wallet = { part_wallet_start, part_wallet_stop, part_wallet_free };
