#pragma once

#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

/* Whoever has learned of a block or a transaction from the node is to find it in the wallet, too: CALLBACK comes on the main
 * context once the loaded wallet NAME (NULL: all) has taken in what the node has now, and the node what the wallet has sent.
 * It comes after 10 seconds at the latest, and soon when the node is away or CANCELLABLE is cancelled, so its result says
 * nothing. Main context. */
void wallet_catch_up_async (WalletManager *manager,
                            const char *name,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);

G_END_DECLS
