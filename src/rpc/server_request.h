#pragma once

#include <microhttpd.h>

#include "rpc/auth.h"
#include "rpc/jsonrpc.h"
#include "rpc/server.h"
#include "rpc/server_connections.h"

G_BEGIN_DECLS

/* What the HTTP threads, the workers and the main context share. Private to server*.c. */

#define RPC_MAX_BODY (32 * 1024 * 1024)
/* Without credentials: what getutxos can use takes 1 KiB. */
#define RPC_MAX_REST_BODY (64 * 1024)
#define RPC_MAX_HEADERS 8192

/* Concurrent requests are limited by kind, so that no kind starves another. */
typedef enum {
  RPC_SERVER_CALLS,
  RPC_SERVER_REST,     /* without credentials */
  RPC_SERVER_REFUSALS, /* for wrong credentials; these are delayed */
  RPC_SERVER_N_KINDS
} RpcServerKind;

struct _RpcServer {
  RpcHandler *handler;
  RpcHandler *rest;          /* NULL: none */
  GMainContext *context;     /* the main one */
  GThreadPool *workers;      /* run what may block */
  GThreadPool *rest_workers; /* the same for REST, which needs no credentials */
  RpcAuth *auth;
  GPtrArray *daemons; /* struct MHD_Daemon *, one for each address */
  GPtrArray *allowed; /* GInetAddressMask */
  char *cookie_file;  /* NULL: none was written */
  char *cookie_password;
  RpcServerConnections *connections;
  guint max_in_flight[RPC_SERVER_N_KINDS];
  GMutex lock; /* guards what follows */
  GCond idle;
  GList *requests;                     /* RpcServerRequest, from its first byte to the last byte of the reply */
  guint in_flight[RPC_SERVER_N_KINDS]; /* those whose connection is suspended */
  gboolean stopping;
};

typedef struct {
  RpcServer *server;
  struct MHD_Connection *connection;
  RpcServerConnection *watched; /* the same connection */
  RpcServerKind kind;
  GByteArray *body; /* NULL: not wanted */
  gsize max_body;   /* how long it may be */
  gboolean authorized;
  gboolean unreadable; /* malformed or too long: the connection is closed after the reply */
  gboolean chunked;
  guint64 received; /* on the connection before the chunks, approximately */
  char *rest_path;  /* NULL: it is JSON-RPC */
  char *wallet;
  RpcJson *rest_params;
  RpcExchange *exchange;     /* NULL: it is not JSON-RPC, or was rejected */
  GCancellable *cancellable; /* guarded by server->lock until the request is suspended; NULL: nothing is running */
  gboolean suspended;        /* guarded by server->lock */
  /* The reply. */
  guint status; /* 0: not known yet */
  RpcJson *rest_reply;
  GString *reply;   /* JSON */
  const char *text; /* static; instead of either */
  gboolean ask_for_credentials;
} RpcServerRequest;

/* server_framing.c. Checks a request whose headers have been read: 0, or the status with which it is rejected. The
 * strings are those of rpc_server_handle(). */
guint rpc_server_check_head (RpcServerRequest *request, const char *url, const char *method, const char *version);
/* For a request that has been read completely. */
gboolean rpc_server_check_trailers (RpcServerRequest *request);
/* Whether the chunks of the body, including their framing, are too long. */
gboolean rpc_server_is_endless (RpcServerRequest *request);

/* server_rest.c. PATH is that of a request below /rest/, or NULL. */
const char *rpc_server_rest_path (const char *url);
RpcJson *rpc_server_rest_params (RpcServerRequest *request);
/* The whole reply; its status is stored in REQUEST. */
struct MHD_Response *rpc_server_rest_response (RpcServerRequest *request);

/* The function of the worker pools: DATA is a request whose connection is suspended. */
void rpc_server_work (gpointer data, gpointer server);

/* MHD's callbacks; CLS is the server. */
void rpc_server_connected (void *cls,
                           struct MHD_Connection *connection,
                           void **context,
                           enum MHD_ConnectionNotificationCode how);
enum MHD_Result rpc_server_handle (void *cls,
                                   struct MHD_Connection *connection,
                                   const char *url,
                                   const char *method,
                                   const char *version,
                                   const char *data,
                                   size_t *len,
                                   void **con_cls);
void rpc_server_completed (void *cls,
                           struct MHD_Connection *connection,
                           void **con_cls,
                           enum MHD_RequestTerminationCode how);

G_END_DECLS
