#pragma once

#include "rpc/wallet_policy.h"
#include "wallet/track/tracker.h"

G_BEGIN_DECLS

/* -walletnotify: runs a command for each change of a transaction. A few run at a time, the others wait. */
typedef struct _WalletNotify WalletNotify;

WalletNotify *wallet_notify_new (const char *command);
void wallet_notify_free (WalletNotify *notify); /* does not wait for running commands */

/* TX of the wallet NAME has changed. Any thread. */
void wallet_notify_tx (WalletNotify *notify, const char *name, const WalletTx *tx);

G_END_DECLS
