#pragma once

#include "rpc/handler.h"

G_BEGIN_DECLS

/* JSON-RPC 1.0, 1.1 and 2.0 over HTTP, with cookie and `-rpcauth` credentials. */

typedef struct {
  const char *const *bind; /* "host" or "host:port"; NULL or empty: 127.0.0.1 and ::1 */
  guint16 port;
  const char *const *allow_ip; /* -rpcallowip: addresses or CIDR; loopback is always allowed */
  const char *cookie_file;     /* written at start, removed at stop; NULL: no cookie */
  guint cookie_mode;           /* of that file */
  const char *user;            /* -rpcuser/-rpcpassword; NULL: none */
  const char *password;
  const char *const *auth; /* -rpcauth=user:salt$hash; NULL: none */
  guint work_queue;        /* -rpcworkqueue: requests that may be queued while `threads` others are processed */
  guint threads;
  guint timeout_s;              /* -rpcservertimeout; 0: none */
  const char *const *whitelist; /* -rpcwhitelist=user:method,method; NULL: none */
  gboolean whitelist_default;   /* -rpcwhitelistdefault: users that are not in it may call no method */
  /* -rest: answers requests below /rest/, without credentials; NULL: disabled. Its method "rest" is called with the
   * rest of the target, as it was sent, and the body in hex. It returns an object: "status", "type" (of the content;
   * without it there is none), "immutable" (it may be cached), and the content as "text" or "hex", or any "json". */
  RpcHandler *rest;
} RpcServerOptions;

typedef struct _RpcServer RpcServer;

/* Starts to listen; requests are answered by HANDLER on the main context. Fails when no address can be bound. */
RpcServer *rpc_server_new (const RpcServerOptions *options, RpcHandler *handler, GError **error);

/* Any thread: from now on requests are rejected, and pending calls are cancelled. */
void rpc_server_stop (RpcServer *server);

/* Waits for pending replies, stops, removes the cookie. Some replies need the main context, so this must be called on
 * another thread while the main loop is running, or when there are no requests. NULL is allowed. */
void rpc_server_free (RpcServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpcServer, rpc_server_free)

G_END_DECLS
