#pragma once

#include "common/worker.h"
#include "wallet/link/chain.h"

G_BEGIN_DECLS

/* Shared by the followers of a process: the node, its tip, and the wallet thread. Reference counted; any thread unless
 * stated otherwise. */
typedef struct _WalletSource WalletSource;

/* CHANGED (DATA) is called on the wallet thread whenever the state of a follower may have changed. WORKER is borrowed
 * until wallet_source_close(). Main context. */
WalletSource *
wallet_source_new (WalletChain *chain, CommonWorker *worker, void (*changed) (gpointer data), gpointer data);
WalletSource *wallet_source_ref (WalletSource *source);
void wallet_source_unref (WalletSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletSource, wallet_source_unref)

/* Main context: from now on no requests are sent to the node, and nothing is posted to the wallet thread. */
void wallet_source_close (WalletSource *source);
gboolean wallet_source_is_closed (WalletSource *source);

WalletChain *wallet_source_get_chain (WalletSource *source);
GCancellable *wallet_source_get_cancellable (WalletSource *source); /* for calls to the node */

/* The last reported tip; FALSE: this node has not reported one yet. */
gboolean wallet_source_get_tip (WalletSource *source, WalletChainTip *tip);
/* A tip that is older than the last one is ignored: a reply may be processed after a later signal. */
void wallet_source_set_tip (WalletSource *source, const WalletChainTip *tip);

/* Incremented with each new node process: replies of an earlier one are not valid for it. */
int wallet_source_get_epoch (WalletSource *source);
void wallet_source_renew (WalletSource *source);

/* Runs FUNC (DATA) on the wallet thread. FALSE if the source is closed: the caller then still owns DATA. Main
 * context. */
gboolean wallet_source_post (WalletSource *source, CommonWorkerFunc func, gpointer data, GDestroyNotify free_data);
void wallet_source_changed (WalletSource *source); /* wallet thread */

G_END_DECLS
