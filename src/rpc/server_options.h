#pragma once

#include "common/options.h"
#include "rpc/server.h"

G_BEGIN_DECLS

/* A server as the options of a program say: -rpcauth, -rpcallowip, -rpcthreads and the like mean the same for every
 * program that has one. What differs between programs: */
typedef struct {
  gboolean enabled;         /* FALSE: the options count as read, and no server is started */
  guint16 port;             /* for addresses of -rpcbind that name none */
  const char *cookie_file;  /* NULL: no cookie */
  gboolean trusts_loopback; /* -rpcbind needs no -rpcallowip while it names this machine only */
  RpcHandler *rest;         /* NULL: disabled */
} RpcServerPlace;

/* Starts *SERVER, whose requests HANDLER answers; *SERVER becomes NULL if it is not enabled. FALSE with ERROR. Main
 * context. */
gboolean rpc_server_start (const CommonOptions *options,
                           const RpcServerPlace *place,
                           RpcHandler *handler,
                           RpcServer **server,
                           GError **error);

G_END_DECLS
