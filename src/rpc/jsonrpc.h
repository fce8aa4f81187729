#pragma once

#include "rpc/handler.h"
#include "rpc/whitelist.h"

G_BEGIN_DECLS

/* JSON-RPC 1.0, 1.1 and 2.0: a request, which is a call or a batch of calls that run one after another, and its reply.
 * Used by one thread at a time. */
typedef struct _RpcExchange RpcExchange;

/* BODY and WALLET (NULL: the URL names none) are taken over. CANCELLABLE may be NULL; once it is cancelled no further
 * call of a batch is started. */
RpcExchange *rpc_exchange_new (RpcHandler *handler, GByteArray *body, char *wallet, GCancellable *cancellable);
void rpc_exchange_free (RpcExchange *exchange);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpcExchange, rpc_exchange_free)

void rpc_exchange_set_cancellable (RpcExchange *exchange, GCancellable *cancellable);

/* Who calls, and what they may call. Both are borrowed; without them everything is allowed. */
void rpc_exchange_set_user (RpcExchange *exchange, const char *user, const RpcWhitelist *whitelist);

/* Any thread: runs the calls up to the first whose method is of a kind beyond UP_TO. TRUE: all are done. FALSE: with
 * RPC_RUN_INLINE the body is long, or a method may block; with RPC_RUN_POOL rpc_exchange_run_next() is needed. */
gboolean rpc_exchange_run (RpcExchange *exchange, RpcRun up_to);

/* Main context: runs the call at which rpc_exchange_run() stopped, then calls DONE there. Its reply is written by the
 * next rpc_exchange_run(), which must follow. */
void rpc_exchange_run_next (RpcExchange *exchange, void (*done) (gpointer data), gpointer data);

/* After the last call: the HTTP status, and the body with its final line break (owned by the caller; NULL for none). */
guint rpc_exchange_finish (RpcExchange *exchange, GString **reply);

/* The wallet in PATH (the path of a URL, not unescaped). FALSE when PATH does not exist; *WALLET (owned by the caller)
 * becomes NULL for "/", and the unescaped name for "/wallet/NAME". */
gboolean rpc_jsonrpc_parse_path (const char *path, char **wallet);

G_END_DECLS
