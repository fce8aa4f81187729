#pragma once

#include "common/program.h"
#include "dbus/access.h"
#include "rpc/method.h"
#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

/* The programs and tools that connect to the wallet by themselves: what is exported to each follows from its roles. Main
 * context. */
typedef struct _WalletClients WalletClients;

/* RPC is over MANAGER; both are borrowed, as is ACCESS (NULL: no programs connect, only tools). NETWORK is copied. */
WalletClients *wallet_clients_new (WalletManager *manager, RpcTable *rpc, BusAccess *access, const char *network);
void wallet_clients_free (WalletClients *clients);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletClients, wallet_clients_free)

/* Listens as -ipcbind and -ipcinspect say. */
gboolean wallet_clients_listen (WalletClients *clients, const CommonProgram *program, GError **error);

/* As wallet_export_set_refusal(), for all clients, also those that connect later. */
void wallet_clients_set_refusal (WalletClients *clients, const char *refusal);

/* Tools can inspect the wallet at the socket PATH. */
gboolean wallet_clients_listen_inspect (WalletClients *clients, const char *path, GError **error);

/* A tool that was accepted by the parent process inspects the wallet over FD. Takes ownership. */
void wallet_clients_add_inspector (WalletClients *clients, int fd);

G_END_DECLS
