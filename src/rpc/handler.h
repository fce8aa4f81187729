#pragma once

#include <gio/gio.h>

#include "rpc/json.h"

G_BEGIN_DECLS

/* Something that answers JSON-RPC methods: the node itself, or the wallet behind a connection or in this process. It is
 * the only way in which the node sees the wallet. Calls on the main context, where no other thread is named; the answer
 * comes there too. */

#define RPC_ERROR (rpc_error_quark ())
GQuark rpc_error_quark (void);

/* Codes of the JSON-RPC error object: the reference's. They are used as codes of RPC_ERROR. */
enum {
  RPC_INVALID_REQUEST = -32600,
  RPC_METHOD_NOT_FOUND = -32601,
  RPC_INVALID_PARAMS = -32602,
  RPC_INTERNAL_ERROR = -32603,
  RPC_PARSE_ERROR = -32700,
  RPC_MISC_ERROR = -1,
  RPC_TYPE_ERROR = -3,
  RPC_WALLET_ERROR = -4,
  RPC_INVALID_ADDRESS_OR_KEY = -5,
  RPC_WALLET_INSUFFICIENT_FUNDS = -6,
  RPC_OUT_OF_MEMORY = -7,
  RPC_INVALID_PARAMETER = -8,
  RPC_CLIENT_NOT_CONNECTED = -9,
  RPC_CLIENT_IN_INITIAL_DOWNLOAD = -10,
  RPC_WALLET_INVALID_LABEL_NAME = -11,
  RPC_WALLET_KEYPOOL_RAN_OUT = -12,
  RPC_WALLET_UNLOCK_NEEDED = -13,
  RPC_WALLET_NOT_FOUND = -18,
  RPC_WALLET_NOT_SPECIFIED = -19,
  RPC_DATABASE_ERROR = -20,
  RPC_DESERIALIZATION_ERROR = -22,
  RPC_VERIFY_ERROR = -25,
  RPC_VERIFY_REJECTED = -26,
  RPC_VERIFY_ALREADY_IN_UTXO_SET = -27,
  RPC_IN_WARMUP = -28,
  RPC_METHOD_DEPRECATED = -32,
  RPC_WALLET_ALREADY_LOADED = -35,
  RPC_WALLET_ALREADY_EXISTS = -36,
};

/* What a method may do to the thread that runs it. */
typedef enum {
  RPC_RUN_POOL,     /* wait for a disk or another thread: it has a thread of a pool */
  RPC_RUN_INLINE,   /* nothing: it only reads published state, so it is answered where it was parsed */
  RPC_RUN_DEFERRED, /* it waits for an event first, and holds no thread meanwhile: see RpcMethod.wait */
} RpcRun;

#define RPC_TYPE_HANDLER (rpc_handler_get_type ())
G_DECLARE_INTERFACE (RpcHandler, rpc_handler, RPC, HANDLER, GObject)

struct _RpcHandlerInterface {
  GTypeInterface parent;
  gboolean (*has_method) (RpcHandler *handler, const char *method);
  void (*execute_async) (RpcHandler *handler,
                         const char *method,
                         RpcJson *params,
                         const char *wallet,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data);
  RpcJson *(*execute_finish) (RpcHandler *handler, GAsyncResult *result, GError **error);
  /* May be NULL: nothing can be run at once. */
  gboolean (*execute_now) (RpcHandler *handler,
                           const char *method,
                           RpcJson *params,
                           const char *wallet,
                           RpcRun up_to,
                           GCancellable *cancellable,
                           RpcJson **result,
                           GError **error);
};

gboolean rpc_handler_has_method (RpcHandler *handler, const char *method);

/* PARAMS is an array or an object (named arguments), or NULL for none. WALLET names the wallet of a `/wallet/NAME` URL,
 * NULL when the request names none. */
void rpc_handler_execute_async (RpcHandler *handler,
                                const char *method,
                                RpcJson *params,
                                const char *wallet,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);

/* Any thread: runs METHOD at once, on the thread that asks, when it is one of UP_TO (RPC_RUN_INLINE, or with RPC_RUN_POOL
 * either) and here. FALSE: nothing was done, and rpc_handler_execute_async() is the way. TRUE: *RESULT is as from
 * rpc_handler_execute_finish(). */
gboolean rpc_handler_execute_now (RpcHandler *handler,
                                  const char *method,
                                  RpcJson *params,
                                  const char *wallet,
                                  RpcRun up_to,
                                  GCancellable *cancellable,
                                  RpcJson **result,
                                  GError **error);

/* The result (the caller's; JSON null is a value, not NULL), or NULL with an RPC_ERROR. */
RpcJson *rpc_handler_execute_finish (RpcHandler *handler, GAsyncResult *result, GError **error);

G_END_DECLS
