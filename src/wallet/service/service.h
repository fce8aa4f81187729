#pragma once

#include "common/program.h"
#include "wallet/manager.h"

G_BEGIN_DECLS

/* The wallet as a worker: the connection with the program that started it, the one with the node, and all wallets.
 * Main context. */
typedef struct _WalletService WalletService;

/* FD is the connection with the parent. SHUTDOWN comes when the program is to end. PROGRAM is borrowed and outlives the
 * service. */
WalletService *
wallet_service_new (int fd, CommonProgram *program, void (*shutdown) (gpointer data), gpointer data, GError **error);

/* Closes all wallets. NULL is allowed. */
void wallet_service_free (WalletService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletService, wallet_service_free)

G_END_DECLS
