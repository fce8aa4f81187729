#pragma once

#include "rpc/handler.h"

G_BEGIN_DECLS

/* JSON-RPC 1.0, 1.1 and 2.0: what is in the body of a request and of its answer. Main context. */

/* Runs BODY: a request, or a batch, one after another. NULL stands for a text that was not JSON. */
void rpc_jsonrpc_execute_async (RpcHandler *handler,
                                RpcJson *body,
                                const char *wallet,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);

/* The HTTP status, and in *REPLY the body (the caller's; NULL for none). */
guint rpc_jsonrpc_execute_finish (GAsyncResult *result, RpcJson **reply);

/* Which wallet PATH (the path of a URL, as it was sent) names: FALSE when there is nothing at PATH; *WALLET (the caller's)
 * becomes NULL for "/", and the unescaped name for "/wallet/NAME". */
gboolean rpc_jsonrpc_parse_path (const char *path, char **wallet);

G_END_DECLS
