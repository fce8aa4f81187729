#pragma once

#include <gio/gio.h>

#include "rpc/json.h"

G_BEGIN_DECLS

/* Executes JSON-RPC methods: the node itself, or the wallet over a connection or in this process. The node accesses the
 * wallet only through this interface. Called on the main context unless stated otherwise; the result is returned there,
 * too. */

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

/* Whether a method may block the thread that runs it. */
typedef enum {
  RPC_RUN_POOL,     /* it may wait for the disk or another thread: it runs on a thread of a pool */
  RPC_RUN_INLINE,   /* it only reads published state, so it runs on the thread that parsed the request */
  RPC_RUN_DEFERRED, /* it waits for an event first, without occupying a thread: see RpcMethod.wait */
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
  /* May be NULL: no method can be run synchronously. */
  gboolean (*execute_now) (RpcHandler *handler,
                           const char *method,
                           RpcJson *params,
                           const char *wallet,
                           RpcRun up_to,
                           GCancellable *cancellable,
                           RpcJson **result,
                           GError **error);
  /* May be NULL: it only passes calls on. */
  RpcJson *(*dup_methods) (RpcHandler *handler);
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

/* Any thread: runs METHOD synchronously on the calling thread, if it is implemented in this process and its kind is at
 * most UP_TO (RPC_RUN_INLINE, or RPC_RUN_POOL for both). FALSE: nothing was done, and rpc_handler_execute_async() must
 * be used. TRUE: *RESULT is as from rpc_handler_execute_finish(). */
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

/* The methods of this program, without those that it passes on to another one: an array of { "name", "usage", "hidden" },
 * sorted by name, as in help. The caller owns it; it is empty for a handler that only passes calls on. */
RpcJson *rpc_handler_dup_methods (RpcHandler *handler);

/* The callback for a handler that passes a method on to another one: DATA is its GTask (a reference), which returns the
 * result. */
void rpc_handler_return_to_task (GObject *source, GAsyncResult *result, gpointer data);

G_END_DECLS
