#pragma once

#include "node/app.h"

G_BEGIN_DECLS

/* What org.moneyrocket.Chain1 does, without the bus: its methods, for the wallet behind a connection (chain1.c) and for
 * the one in the same process. Arguments come from a wallet that may be hostile and are checked here. */

/* METHOD is a method of Chain1 and ARGS its arguments without `options` (consumed when floating). Main context. The work
 * is done on the chain thread; the answer comes on the main context. */
void node_chain_calls_async (NodeApp *app,
                             const char *method,
                             GVariant *args,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data);

/* The results in order, with the handle 0 where *BULK takes its place; *BULK is NULL for the other methods. The caller
 * owns both. Errors: BUS_ERROR. */
GVariant *node_chain_calls_finish (GAsyncResult *result, GBytes **bulk, GError **error);

/* Tells of each new tip, and of changes of the mempool, at most ten times a second. CHANGED comes on the main context
 * with the arguments of the signal TipChanged (floating). */
typedef struct _NodeChainTeller NodeChainTeller;
typedef void (*NodeChainTipFunc) (gpointer data, GVariant *tip);
NodeChainTeller *node_chain_teller_new (NodeApp *app, NodeChainTipFunc changed, gpointer data);
void node_chain_teller_free (NodeChainTeller *teller);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeChainTeller, node_chain_teller_free)

/* sequence, height, hash, mempool sequence, or NULL with BUS_ERROR_NOT_READY before the chain is loaded. Floating. */
GVariant *node_chain_calls_tip (NodeApp *app, GError **error);

G_END_DECLS
