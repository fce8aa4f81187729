#pragma once

#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

/* Waits until a wallet has processed the current state of the node, so that a client sees the same blocks and
 * transactions in both: CALLBACK is called on the main context once the loaded wallet NAME (NULL: all) has caught up
 * with the node, and the node has the wallet's payments. It is called after 10 seconds at the latest, and earlier if
 * there is no node or CANCELLABLE is cancelled; there is no result. Main context. */
void wallet_catch_up_async (WalletManager *manager,
                            const char *name,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);

/* Asks the node for its tip, unless that is known: a wallet that is created next starts there, and no payment to it is
 * missed. Completes as above, after 5 seconds at the latest. */
void wallet_catch_up_tip_async (WalletManager *manager,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);

G_END_DECLS
