#pragma once

#include "rpc/handler.h"

G_BEGIN_DECLS

/* The wallet programs of a node as one handler (RpcHandler): a call goes to the program that has the wallet, and the names
 * of wallets are unique over all programs. Main context. */
#define RPC_TYPE_WALLETS (rpc_wallets_get_type ())
G_DECLARE_FINAL_TYPE (RpcWallets, rpc_wallets, RPC, WALLETS, GObject)

RpcWallets *rpc_wallets_new (void);

/* Adds a wallet program, called through HANDLER (a reference), and returns its number. Calls that concern no wallet go to
 * the first program that was added. */
guint rpc_wallets_add (RpcWallets *self, RpcHandler *handler);
void rpc_wallets_remove (RpcWallets *self, guint number);

/* The wallets that the program NUMBER has loaded, which replace those of the last call. FALSE, and nothing has changed, if
 * another program has one of them: *TAKEN becomes its name, borrowed from NAMES. */
gboolean rpc_wallets_set_names (RpcWallets *self, guint number, const char *const *names, const char **taken);

G_END_DECLS
