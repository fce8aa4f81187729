#pragma once

#include "common/program.h"
#include "dbus/access.h"
#include "rpc/method.h"
#include "wallet/link/chain_bus.h"
#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

/* All wallets, and the connections of the program: with its parent, with the node, and with its clients. Main context. */
typedef struct _WalletService WalletService;

/* The wallets that it exports, and their node. */
typedef struct {
  CommonProgram *program; /* borrowed; outlives the service */
  WalletChainBus *chain;
  WalletManager *manager; /* of CHAIN; not started yet */
  RpcTable *rpc;          /* over MANAGER */
  BusAccess *access;      /* who may use this program; NULL: only the program that has started it */
} WalletServiceParts;

/* Takes references to PARTS, and starts the manager. FD is the connection with the parent; -1: there is none, and the
 * options name a node, and sockets at which others use the wallets. SHUTDOWN is called when the program is to exit. */
WalletService *wallet_service_new (int fd,
                                   const WalletServiceParts *parts,
                                   void (*shutdown) (gpointer data),
                                   gpointer data,
                                   GError **error);

/* Closes the connections, ends all running methods, then closes all wallets. NULL is allowed. */
void wallet_service_free (WalletService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletService, wallet_service_free)

G_END_DECLS
