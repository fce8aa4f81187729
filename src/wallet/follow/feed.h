#pragma once

#include "wallet/follow/source.h"

G_BEGIN_DECLS

/* What has happened at the node, for all wallets of a process: one question at a time, and the next one only when the
 * answer was worked in, so that the node never sends more than is taken. Main context. */
typedef struct _WalletFeed WalletFeed;

/* TAKE (DATA, …) comes on the wallet thread with every batch, also an empty one and one that says that the thread is lost. */
WalletFeed *
wallet_feed_new (WalletSource *source, void (*take) (gpointer data, WalletChainEvents *events), gpointer data);
/* After wallet_source_close(), while the wallet thread is still there or has ended. */
void wallet_feed_free (WalletFeed *feed);

/* Asks where that is not being done: the node was heard of. */
void wallet_feed_wake (WalletFeed *feed);

G_END_DECLS
