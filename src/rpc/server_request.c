#include "rpc/server_request.h"

#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "rpc/caller.h"

/* A request is read on the HTTP thread. Calls that only read published state are answered there at once; all others are
 * run by a worker, and the reply is sent on the first thread again. Only calls that depend on another process or on an
 * event use the main context. */

#define NO_STORE "no-store"

enum {
  OK = 200,
  UNAUTHORIZED = 401,
  FORBIDDEN = 403,
  NOT_FOUND = 404,
  METHOD_NOT_ALLOWED = 405,
  UNAVAILABLE = 503,
};

void
rpc_server_request_free (RpcServerRequest *request)
{
  if (request == NULL)
    return;
  g_clear_pointer (&request->rest_params, rpc_json_unref);
  g_clear_pointer (&request->exchange, rpc_exchange_free);
  g_clear_pointer (&request->reply.body, g_bytes_unref);
  g_clear_object (&request->cancellable);
  g_free (request->authorization);
  g_free (request->wallet);
  g_free (request);
}

void
rpc_server_wake (RpcServer *server)
{
  const guint64 one = 1;

  if (write (server->wake_fd, &one, sizeof one) < 0)
    g_warn_if_reached ();
}

/* ---- any thread ---- */

/* The reply is ready. */
static void
request_complete (RpcServerRequest *request)
{
  RpcServer *server = request->server;
  gboolean first;

  g_mutex_lock (&server->lock);
  server->running = g_list_remove (server->running, request);
  server->in_flight[request->kind]--;
  first = g_queue_is_empty (&server->finished);
  g_queue_push_tail (&server->finished, request);
  if (first)
    rpc_server_wake (server);
  g_cond_signal (&server->idle);
  g_mutex_unlock (&server->lock);
}

void
rpc_server_request_cancel (RpcServerRequest *request)
{
  if (request->cancellable != NULL)
    g_cancellable_cancel (request->cancellable);
}

/* ---- main context ---- */

static void
push_work (gpointer data)
{
  RpcServerRequest *request = data;
  RpcServer *server = request->server;
  g_thread_pool_push (request->kind == RPC_SERVER_REST ? server->rest_workers : server->workers, request, NULL);
}

/* The next call is for another process, or waits without a thread. The workers run the calls after it. */
static gboolean
run_next (gpointer data)
{
  RpcServerRequest *request = data;
  rpc_exchange_run_next (request->exchange, push_work, request);
  return G_SOURCE_REMOVE;
}

static void
request_attach (RpcServerRequest *request, GSourceFunc func)
{
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, request, NULL);
  g_source_attach (source, request->server->context);
  g_source_unref (source);
}

/* ---- workers ---- */

static void
set_plain_reply (RpcServerRequest *request, guint status, const char *text)
{
  request->reply = (RpcHttpReply){ .status = status,
                                   .cache_control = NO_STORE,
                                   .body = text != NULL ? g_bytes_new_static (text, strlen (text)) : NULL };
}

static void
set_exchange_reply (RpcServerRequest *request)
{
  GString *text = NULL;

  request->reply.status = rpc_exchange_finish (request->exchange, &text);
  if (text == NULL)
    return;
  request->reply.type = "application/json";
  request->reply.body = g_string_free_to_bytes (text);
}

static void
work_rest (RpcServerRequest *request)
{
  g_autoptr (RpcJson) result = NULL;

  if (rpc_handler_execute_now (request->server->rest, "rest", request->rest_params, NULL, RPC_RUN_POOL,
                               request->cancellable, &result, NULL)
      && result != NULL)
    rpc_server_rest_reply (result, &request->reply);
  else
    set_plain_reply (request, UNAVAILABLE, NULL);
  request_complete (request);
}

void
rpc_server_work (gpointer data, gpointer server)
{
  RpcServerRequest *request = data;

  if (request->kind == RPC_SERVER_REST) {
    work_rest (request);
  } else if (rpc_exchange_run (request->exchange, RPC_RUN_POOL)) {
    set_exchange_reply (request);
    request_complete (request);
  } else {
    request_attach (request, run_next);
  }
}

/* ---- the HTTP thread ---- */

static void
authorize (RpcServerRequest *request, RpcHttpParser *parser)
{
  if (parser->authorization != NULL)
    request->user = rpc_auth_find_user (request->server->auth, parser->authorization);
  if (request->user != NULL) {
    request->authorization = g_steal_pointer (&parser->authorization);
    return;
  }
  request->wrong_password = parser->authorization != NULL;
  request->reply.status = UNAUTHORIZED;
  request->reply.asks_for_credentials = TRUE;
}

RpcServerRequest *
rpc_server_request_new (RpcServer *server, RpcHttpParser *parser, gpointer client)
{
  static const char only_post[] = "JSONRPC server handles only POST requests";
  RpcServerRequest *request = g_new0 (RpcServerRequest, 1);
  gboolean rest = server->rest != NULL && rpc_server_is_rest (parser->target);

  request->server = server;
  request->client = client;
  request->kind = rest ? RPC_SERVER_REST : RPC_SERVER_CALLS;
  if (parser->method == RPC_HTTP_OTHER)
    set_plain_reply (request, METHOD_NOT_ALLOWED, NULL);
  else if (!rest && !rpc_jsonrpc_parse_path (parser->target, &request->wallet))
    set_plain_reply (request, NOT_FOUND, NULL);
  else if (!rest && parser->method != RPC_HTTP_POST)
    request->reply
        = (RpcHttpReply){ .status = METHOD_NOT_ALLOWED, .body = g_bytes_new_static (only_post, strlen (only_post)) };
  else if (!rest)
    authorize (request, parser);
  /* The body is read, but not stored, if the reply does not depend on it. */
  rpc_http_parser_begin_body (parser, rest ? RPC_MAX_REST_BODY : RPC_HTTP_MAX_BODY, request->reply.status == 0);
  return request;
}

gboolean
rpc_server_request_is_authorized (const RpcServerRequest *request)
{
  return request->user != NULL;
}

/* Registers REQUEST, unless there are too many of its kind or the server is stopping. */
static gboolean
request_enter (RpcServerRequest *request)
{
  RpcServer *server = request->server;
  gboolean ok, stopping;

  g_mutex_lock (&server->lock);
  stopping = server->stopping;
  ok = !stopping && server->in_flight[request->kind] < server->max_in_flight[request->kind];
  if (ok) {
    server->in_flight[request->kind]++;
    server->running = g_list_prepend (server->running, request);
    request->cancellable = g_cancellable_new ();
  }
  g_mutex_unlock (&server->lock);
  if (ok)
    return TRUE;
  set_plain_reply (request, UNAVAILABLE,
                   stopping ? "Request rejected during server shutdown" : "Work queue depth exceeded");
  if (!stopping)
    common_warn ("Request rejected because http work queue depth exceeded, it can be increased with the "
                 "-rpcworkqueue= setting");
  return FALSE;
}

static gboolean
request_is_stopping (RpcServer *server)
{
  gboolean stopping;

  g_mutex_lock (&server->lock);
  stopping = server->stopping;
  g_mutex_unlock (&server->lock);
  return stopping;
}

/* A method that does not block is run at once. */
static gboolean
run_inline (RpcServerRequest *request)
{
  if (request->exchange == NULL || request_is_stopping (request->server)
      || !rpc_exchange_run (request->exchange, RPC_RUN_INLINE))
    return FALSE;
  set_exchange_reply (request);
  return TRUE;
}

static void
make_exchange (RpcServerRequest *request, GByteArray *body)
{
  RpcServer *server = request->server;

  request->exchange = rpc_exchange_new (server->handler, body, g_steal_pointer (&request->wallet), NULL);
  rpc_exchange_set_user (request->exchange, request->user, server->whitelist);
}

RpcServerStart
rpc_server_request_start (RpcServerRequest *request, RpcHttpParser *parser)
{
  if (request->reply.status != 0)
    return request->wrong_password ? RPC_SERVER_DELAYS : RPC_SERVER_REPLIES;
  if (request->kind == RPC_SERVER_REST)
    request->rest_params = rpc_server_rest_params (parser->target, parser->body);
  else
    make_exchange (request, g_steal_pointer (&parser->body));
  if (run_inline (request) || !request_enter (request))
    return RPC_SERVER_REPLIES;
  if (request->exchange != NULL) {
    rpc_caller_set_authorization (request->cancellable, request->authorization);
    rpc_exchange_set_cancellable (request->exchange, request->cancellable);
  }
  push_work (request);
  return RPC_SERVER_RUNS;
}
