#pragma once

#include "wallet/follow/source.h"

G_BEGIN_DECLS

/* Reads the events of the node for all wallets of a process: one request at a time, and the next one when the reply has
 * been processed. This is the flow control. Main context. */
typedef struct _WalletFeed WalletFeed;

/* TAKE (DATA, …) is called on the wallet thread with every batch, also an empty one and one that asks for a resync. */
WalletFeed *
wallet_feed_new (WalletSource *source, void (*take) (gpointer data, WalletChainEvents *events), gpointer data);
/* After wallet_source_close(), while the wallet thread is still there or has ended. */
void wallet_feed_free (WalletFeed *feed);

/* Sends a request unless one is pending: the node is available. */
void wallet_feed_wake (WalletFeed *feed);

G_END_DECLS
