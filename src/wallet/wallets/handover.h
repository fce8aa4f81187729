#pragma once

#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

/* Submits a stored payment to the node, and records the reply. The payment exists already, and is kept whatever the
 * reply is: the node may be wrong or lie. The wallet thread never waits. */

/* PAYMENT of the loaded wallet NAME is copied. CALLBACK is called on the main context with the node's reply, or after
 * some seconds without one; a later reply is still recorded. Main context. */
void wallet_hand_over_async (WalletManager *manager,
                             const char *name,
                             const WalletStored *payment,
                             GAsyncReadyCallback callback,
                             gpointer data);

/* *REASON (owned by the caller; may be NULL) becomes the reject reason of the node, otherwise NULL. */
WalletOutcome wallet_hand_over_finish (GAsyncResult *result, char **reason);

G_END_DECLS
