#pragma once

#include "rpc/auth.h"
#include "rpc/http_connection.h"
#include "rpc/jsonrpc.h"
#include "rpc/server.h"
#include "rpc/whitelist.h"

G_BEGIN_DECLS

/* What the HTTP thread, the workers and the main context share. Private to server*.c. */

/* Without credentials: what getutxos can use takes 1 KiB. */
#define RPC_MAX_REST_BODY (64 * 1024)

/* Concurrent requests are limited by kind, so that no kind starves another. */
typedef enum {
  RPC_SERVER_CALLS,
  RPC_SERVER_REST, /* without credentials */
  RPC_SERVER_N_KINDS
} RpcServerKind;

struct _RpcServer {
  RpcHandler *handler;
  RpcHandler *rest;          /* NULL: none */
  GMainContext *context;     /* the main one */
  GThreadPool *workers;      /* run what may block */
  GThreadPool *rest_workers; /* the same for REST, which needs no credentials */
  RpcAuth *auth;
  RpcWhitelist *whitelist;
  GPtrArray *allowed; /* GInetAddressMask */
  GArray *sockets;    /* int: those that listen; owned by the HTTP thread once that runs */
  char *cookie_file;  /* NULL: none was written */
  char *cookie_password;
  gint64 timeout_us; /* of a connection on which nothing happens; 0: none */
  int wake_fd;       /* an event for the HTTP thread */
  int epoll_fd;      /* the HTTP thread waits with it */
  GThread *thread;
  guint max_in_flight[RPC_SERVER_N_KINDS];
  GMutex lock; /* guards what follows */
  GCond idle;
  GList *running;                      /* RpcServerRequest, owned by workers or the main context */
  GQueue finished;                     /* RpcServerRequest, for the HTTP thread */
  guint in_flight[RPC_SERVER_N_KINDS]; /* the number of running ones */
  gboolean stopping;
  gboolean ending; /* the HTTP thread sends what is left, and ends */
};

typedef struct {
  RpcServer *server;
  gpointer client; /* of the HTTP thread */
  RpcServerKind kind;
  char *authorization; /* a valid header; NULL: none */
  const char *user;    /* borrowed from server->auth */
  gboolean wrong_password;
  char *wallet;
  RpcJson *rest_params;      /* NULL: it is not REST */
  RpcExchange *exchange;     /* NULL: it is not JSON-RPC */
  GCancellable *cancellable; /* NULL: it has not been started */
  RpcHttpReply reply;        /* status 0: not known yet */
} RpcServerRequest;

/* ---- the HTTP thread ---- */

typedef enum {
  RPC_SERVER_REPLIES, /* request->reply is ready */
  RPC_SERVER_DELAYS,  /* the same, but it is to be sent later: a password was wrong */
  RPC_SERVER_RUNS,    /* another thread owns the request until it is in server->finished */
} RpcServerStart;

/* The head of a request was read: what it asks for. Begins its body in PARSER. CLIENT is for the caller. */
RpcServerRequest *rpc_server_request_new (RpcServer *server, RpcHttpParser *parser, gpointer client);
void rpc_server_request_free (RpcServerRequest *request);
/* Whether its credentials are valid. */
gboolean rpc_server_request_is_authorized (const RpcServerRequest *request);
/* The whole request was read. */
RpcServerStart rpc_server_request_start (RpcServerRequest *request, RpcHttpParser *parser);
/* Any thread: the client does not wait for the reply any more. */
void rpc_server_request_cancel (RpcServerRequest *request);

/* server_rest.c. Whether TARGET is below /rest/. */
gboolean rpc_server_is_rest (const char *target);
RpcJson *rpc_server_rest_params (const char *target, const GByteArray *body);
/* From the result of the method "rest". */
void rpc_server_rest_reply (const RpcJson *result, RpcHttpReply *reply);

/* ---- other threads ---- */

/* The function of the worker pools: DATA is a request that runs. */
void rpc_server_work (gpointer data, gpointer server);

/* Wakes the HTTP thread. */
void rpc_server_wake (RpcServer *server);

/* server_loop.c: the HTTP thread; DATA is the server. */
gpointer rpc_server_loop (gpointer data);

/* server_listen.c. Opens a socket on every address that can be bound. */
gboolean rpc_server_open_sockets (RpcServer *server, const RpcServerOptions *options, GError **error);
gboolean rpc_server_read_allowed (RpcServer *server, const char *const *allow_ip, GError **error);
/* Whether -rpcallowip permits ADDRESS. */
gboolean rpc_server_is_allowed (const RpcServer *server, GSocketAddress *address);

G_END_DECLS
