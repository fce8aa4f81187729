#pragma once

#include "rpc/handler.h"

G_BEGIN_DECLS

/* JSON-RPC 1.0, 1.1 and 2.0: the body of a request and of its reply: a call, or a batch of calls, which run one after
 * another. An exchange belongs to one thread at a time. */
typedef struct _RpcExchange RpcExchange;

/* BODY and WALLET (NULL: the URL names none) are taken over. CANCELLABLE may be NULL; once it is cancelled no further
 * call of a batch is begun. */
RpcExchange *rpc_exchange_new (RpcHandler *handler, GByteArray *body, char *wallet, GCancellable *cancellable);
void rpc_exchange_free (RpcExchange *exchange);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpcExchange, rpc_exchange_free)

void rpc_exchange_set_cancellable (RpcExchange *exchange, GCancellable *cancellable);

/* Any thread: runs the calls as far as methods of the kind UP_TO allow. TRUE: all are done. FALSE: with RPC_RUN_INLINE
 * the body is long, or a method may wait; with RPC_RUN_POOL rpc_exchange_run_next() is needed. */
gboolean rpc_exchange_run (RpcExchange *exchange, RpcRun up_to);

/* Main context: runs the one call at which rpc_exchange_run() stopped, then calls DONE there. Its answer is written by
 * the next rpc_exchange_run(), which must follow. */
void rpc_exchange_run_next (RpcExchange *exchange, void (*done) (gpointer data), gpointer data);

/* After the last call: the HTTP status, and the body with its last line break (the caller's; NULL for none). */
guint rpc_exchange_finish (RpcExchange *exchange, GString **reply);

/* Which wallet PATH (the path of a URL, as it was sent) names: FALSE when there is nothing at PATH; *WALLET (the
 * caller's) becomes NULL for "/", and the unescaped name for "/wallet/NAME". */
gboolean rpc_jsonrpc_parse_path (const char *path, char **wallet);

G_END_DECLS
