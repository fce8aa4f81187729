#pragma once

#include "wallet/follow/source.h"

G_BEGIN_DECLS

/* Reads the events of the node for all wallets of a process. For flow control, there is one request at a time, and the
 * next one is sent when the reply has been processed. Main context. */
typedef struct _WalletFeed WalletFeed;

/* TAKE (DATA, …) is called on the wallet thread with every batch, including empty ones and those that request a
 * resync. */
WalletFeed *
wallet_feed_new (WalletSource *source, void (*take) (gpointer data, WalletChainEvents *events), gpointer data);
/* To be called after wallet_source_close(); the wallet thread may still be running. */
void wallet_feed_free (WalletFeed *feed);

/* The node is available: sends a request unless one is pending. */
void wallet_feed_wake (WalletFeed *feed);

G_END_DECLS
