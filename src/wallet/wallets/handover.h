#pragma once

#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

/* Hands a stored payment to the node, and records the node's answer. The payment exists already, whatever the answer
 * is. The wallet thread never waits. */

/* PAYMENT of the loaded wallet NAME is copied. CALLBACK comes on the main context with the node's answer, or after some
 * seconds without one; an answer that comes later is still noted. Main context. */
void wallet_hand_over_async (WalletManager *manager,
                             const char *name,
                             const WalletStored *payment,
                             GAsyncReadyCallback callback,
                             gpointer data);

/* *REASON (the caller's; may be NULL) becomes the node's reason for a refusal, else NULL. */
WalletOutcome wallet_hand_over_finish (GAsyncResult *result, char **reason);

G_END_DECLS
