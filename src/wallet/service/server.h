#pragma once

#include "common/program.h"
#include "rpc/method.h"

G_BEGIN_DECLS

/* The JSON-RPC server of a wallet program that was started by hand (-server): it answers the methods of the wallets, and
 * a few about itself, without the node in between. Main context. */
typedef struct _WalletServer WalletServer;

/* Starts to listen if PROGRAM says so and nobody else has started it (ALONE). WALLETS has the methods of the wallets, and
 * is borrowed; until wallet_server_end_warmup() they are refused. STOP is called when a client asks the program to stop. */
WalletServer *wallet_server_new (const CommonProgram *program,
                                 gboolean alone,
                                 RpcTable *wallets,
                                 void (*stop) (gpointer data),
                                 gpointer data,
                                 GError **error);

/* The wallets of the startup are loaded. */
void wallet_server_end_warmup (WalletServer *server);

/* Rejects new requests, cancels those that are in progress, and waits until each has its reply; iterates the main context
 * in the meantime. NULL is allowed. */
void wallet_server_free (WalletServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletServer, wallet_server_free)

G_END_DECLS
