#pragma once

#include "common/worker.h"
#include "wallet/link/chain.h"

G_BEGIN_DECLS

/* What the followers of a process share: the node, its tip, and the thread that the wallets belong to. Reference
 * counted; any thread unless stated otherwise. */
typedef struct _WalletSource WalletSource;

/* CHANGED (DATA) is called on the wallet thread whenever the state of a follower may have changed. WORKER is borrowed
 * until wallet_source_close(). Main context. */
WalletSource *
wallet_source_new (WalletChain *chain, CommonWorker *worker, void (*changed) (gpointer data), gpointer data);
WalletSource *wallet_source_ref (WalletSource *source);
void wallet_source_unref (WalletSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletSource, wallet_source_unref)

/* Main context: from now on nothing is asked of the node, and nothing is posted to the wallet thread. */
void wallet_source_close (WalletSource *source);
gboolean wallet_source_is_closed (WalletSource *source);

WalletChain *wallet_source_get_chain (WalletSource *source);
GCancellable *wallet_source_get_cancellable (WalletSource *source); /* of calls of the node */

/* The tip as it was reported last; FALSE: this node has not reported one yet. */
gboolean wallet_source_get_tip (WalletSource *source, WalletChainTip *tip);
/* An older one than the last is ignored: an answer may be processed after a later signal. */
void wallet_source_set_tip (WalletSource *source, const WalletChainTip *tip);

/* Incremented with each new node process: answers of an earlier one do not hold for it. */
int wallet_source_get_epoch (WalletSource *source);
void wallet_source_renew (WalletSource *source);

/* Runs FUNC (DATA) on the wallet thread. FALSE when the source is closed: DATA is then still the caller's. Main
 * context. */
gboolean wallet_source_post (WalletSource *source, CommonWorkerFunc func, gpointer data, GDestroyNotify free_data);
void wallet_source_changed (WalletSource *source); /* wallet thread */

G_END_DECLS
