#include "rpc/server_request.h"

#include <netinet/in.h>
#include <string.h>

#include "common/log.h"
#include "rpc/caller.h"

/* A request is received on a thread of libmicrohttpd. Calls that only read published state are answered there at once;
 * all others are run by a worker while the connection is suspended, and the reply is sent on the first thread again.
 * Only calls that depend on another process or on an event use the main context. */

#define WRONG_PASSWORD_DELAY_MS 250

static void
server_request_free (RpcServerRequest *request)
{
  g_clear_pointer (&request->body, g_byte_array_unref);
  g_clear_pointer (&request->rest_params, rpc_json_unref);
  g_clear_pointer (&request->rest_reply, rpc_json_unref);
  g_clear_pointer (&request->exchange, rpc_exchange_free);
  if (request->reply != NULL)
    g_string_free (request->reply, TRUE);
  g_clear_object (&request->cancellable);
  g_free (request->wallet);
  g_free (request->rest_path);
  g_free (request);
}

/* Returns the connection to its thread, which then calls rpc_server_handle() again. */
static void
request_resume (RpcServerRequest *request)
{
  if (!request->suspended)
    return;
  request->suspended = FALSE;
  MHD_resume_connection (request->connection);
}

static void
request_suspend (RpcServerRequest *request)
{
  rpc_server_connections_set_running (request->server->connections, request->watched, request->cancellable);
  g_mutex_lock (&request->server->lock);
  request->suspended = TRUE;
  MHD_suspend_connection (request->connection);
  g_mutex_unlock (&request->server->lock);
}

/* Any thread: the reply is ready. */
static void
request_complete (RpcServerRequest *request)
{
  RpcServer *server = request->server;

  rpc_server_connections_set_done (server->connections, request->watched);
  g_mutex_lock (&server->lock);
  server->in_flight[request->kind]--;
  g_cond_signal (&server->idle);
  request_resume (request);
  g_mutex_unlock (&server->lock);
}

/* ---- main context ---- */

static void
request_attach (RpcServerRequest *request, GSource *source, GSourceFunc func)
{
  g_source_set_callback (source, func, request, NULL);
  g_source_attach (source, request->server->context);
  g_source_unref (source);
}

static void
push_work (gpointer data)
{
  RpcServerRequest *request = data;
  RpcServer *server = request->server;
  g_thread_pool_push (request->rest_path != NULL ? server->rest_workers : server->workers, request, NULL);
}

/* The next call is for another process, or waits without a thread. The workers run the calls after it. */
static gboolean
run_next (gpointer data)
{
  RpcServerRequest *request = data;
  rpc_exchange_run_next (request->exchange, push_work, request);
  return G_SOURCE_REMOVE;
}

static gboolean
on_delay_over (gpointer data)
{
  RpcServerRequest *request = data;
  request->status = MHD_HTTP_UNAUTHORIZED;
  request_complete (request);
  return G_SOURCE_REMOVE;
}

/* ---- workers ---- */

static void
work_rest (RpcServerRequest *request)
{
  g_autoptr (GError) error = NULL;

  if (!rpc_handler_execute_now (request->server->rest, "rest", request->rest_params, NULL, RPC_RUN_POOL,
                                request->cancellable, &request->rest_reply, &error))
    g_warn_if_reached ();
  request->status = request->rest_reply != NULL ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE;
  request_complete (request);
}

void
rpc_server_work (gpointer data, gpointer server)
{
  RpcServerRequest *request = data;

  if (request->rest_path != NULL) {
    work_rest (request);
  } else if (rpc_exchange_run (request->exchange, RPC_RUN_POOL)) {
    request->status = rpc_exchange_finish (request->exchange, &request->reply);
    request_complete (request);
  } else {
    GSource *source = g_idle_source_new ();
    g_source_set_priority (source, G_PRIORITY_DEFAULT);
    request_attach (request, source, run_next);
  }
}

/* ---- thread of libmicrohttpd ---- */

/* Registers REQUEST, unless there are too many of its kind or the server is stopping. */
static gboolean
request_enter (RpcServerRequest *request, RpcServerKind kind)
{
  RpcServer *server = request->server;
  gboolean ok, stopping;

  request->kind = kind;
  g_mutex_lock (&server->lock);
  stopping = server->stopping;
  ok = !stopping && server->in_flight[kind] < server->max_in_flight[kind];
  if (ok) {
    server->in_flight[kind]++;
    request->cancellable = g_cancellable_new ();
  } else {
    request->status = MHD_HTTP_SERVICE_UNAVAILABLE;
    request->text = stopping ? "Request rejected during server shutdown" : "Work queue depth exceeded";
  }
  g_mutex_unlock (&server->lock);
  if (!ok && !stopping)
    common_warn ("Request rejected because http work queue depth exceeded, it can be increased with the "
                 "-rpcworkqueue= setting");
  return ok;
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

static const char *
get_header (RpcServerRequest *request, const char *name)
{
  return MHD_lookup_connection_value (request->connection, MHD_HEADER_KIND, name);
}

static char *
dup_address (RpcServerRequest *request)
{
  const union MHD_ConnectionInfo *info
      = MHD_get_connection_info (request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  gsize size = info->client_addr->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in);
  g_autoptr (GSocketAddress) address = g_socket_address_new_from_native ((gpointer) info->client_addr, size);

  return g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
}

/* Checks the headers. If the request is rejected here, its body is discarded. */
static void
request_begin (RpcServerRequest *request, const char *url, const char *method, const char *version)
{
  const char *authorization = get_header (request, MHD_HTTP_HEADER_AUTHORIZATION);

  request->status = rpc_server_check_head (request, url, method, version);
  request->unreadable = request->status != 0;
  if (request->unreadable)
    return;
  if (request->server->rest != NULL && rpc_server_rest_path (url) != NULL) {
    request->rest_path = g_strdup (rpc_server_rest_path (url));
    request->authorized = TRUE; /* REST needs no credentials */
    request->body = g_byte_array_new ();
  } else if (!rpc_jsonrpc_parse_path (url, &request->wallet)) {
    request->status = MHD_HTTP_NOT_FOUND;
  } else if (!g_str_equal (method, MHD_HTTP_METHOD_POST)) {
    request->status = MHD_HTTP_METHOD_NOT_ALLOWED;
    request->text = "JSONRPC server handles only POST requests";
  } else if (authorization == NULL) {
    request->status = MHD_HTTP_UNAUTHORIZED;
    request->ask_for_credentials = TRUE;
  } else {
    request->authorized = rpc_auth_check (request->server->auth, authorization);
    request->ask_for_credentials = !request->authorized;
    if (request->authorized)
      request->body = g_byte_array_new ();
  }
}

/* FALSE: the body is too long. No reply is possible before its end, so the connection is closed. */
static gboolean
take_body (RpcServerRequest *request, const char *data, gsize len)
{
  if (rpc_server_is_endless (request))
    return FALSE;
  if (request->body == NULL)
    return TRUE;
  if (request->body->len + len > request->max_body)
    return FALSE;
  g_byte_array_append (request->body, (const guint8 *) data, (guint) len);
  return TRUE;
}

/* A method that does not block is run at once. */
static gboolean
run_inline (RpcServerRequest *request)
{
  if (request->rest_path != NULL || request_is_stopping (request->server))
    return FALSE;
  if (!rpc_exchange_run (request->exchange, RPC_RUN_INLINE))
    return FALSE;
  request->status = rpc_exchange_finish (request->exchange, &request->reply);
  return TRUE;
}

/* The delay after a wrong password is outside of the queue of calls, and occupies no thread. */
static gboolean
start_refusal (RpcServerRequest *request)
{
  g_autofree char *address = dup_address (request);

  if (!request_enter (request, RPC_SERVER_REFUSALS))
    return FALSE;
  common_warn ("RPC: wrong user or password in a request from %s", address);
  request_suspend (request);
  request_attach (request, g_timeout_source_new (WRONG_PASSWORD_DELAY_MS), on_delay_over);
  return TRUE;
}

/* The body is complete and the request was not rejected. TRUE: the reply follows later, and until then another thread
 * owns REQUEST. */
static gboolean
request_start (RpcServerRequest *request)
{
  if (!request->authorized)
    return start_refusal (request);
  if (request->rest_path != NULL)
    request->rest_params = rpc_server_rest_params (request);
  else
    request->exchange = rpc_exchange_new (request->server->handler, g_steal_pointer (&request->body),
                                          g_steal_pointer (&request->wallet), NULL);
  if (run_inline (request) || !request_enter (request, request->rest_path != NULL ? RPC_SERVER_REST : RPC_SERVER_CALLS))
    return FALSE;
  if (request->rest_path == NULL)
    rpc_caller_set_authorization (request->cancellable, get_header (request, MHD_HTTP_HEADER_AUTHORIZATION));
  if (request->exchange != NULL)
    rpc_exchange_set_cancellable (request->exchange, request->cancellable);
  request_suspend (request);
  push_work (request);
  return TRUE;
}

static struct MHD_Response *
make_response (RpcServerRequest *request)
{
  struct MHD_Response *response;

  if (request->reply != NULL) {
    gsize len = request->reply->len;
    response = MHD_create_response_from_buffer (len, g_string_free (g_steal_pointer (&request->reply), FALSE),
                                                MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
    return response;
  }
  response = MHD_create_response_from_buffer (request->text != NULL ? strlen (request->text) : 0,
                                              request->text != NULL ? (char *) request->text : (char *) "",
                                              MHD_RESPMEM_PERSISTENT);
  if (request->text != NULL)
    MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain");
  if (request->status >= 400)
    MHD_add_response_header (response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  if (request->ask_for_credentials)
    MHD_add_response_header (response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Basic realm=\"jsonrpc\"");
  if (request->unreadable)
    MHD_add_response_header (response, MHD_HTTP_HEADER_CONNECTION, "close");
  return response;
}

static enum MHD_Result
request_answer (RpcServerRequest *request)
{
  struct MHD_Response *response
      = request->rest_reply != NULL ? rpc_server_rest_response (request) : make_response (request);
  enum MHD_Result result = MHD_queue_response (request->connection, request->status, response);

  MHD_destroy_response (response);
  return result;
}

enum MHD_Result
rpc_server_handle (void *cls,
                   struct MHD_Connection *connection,
                   const char *url,
                   const char *method,
                   const char *version,
                   const char *data,
                   size_t *len,
                   void **con_cls)
{
  RpcServer *server = cls;
  RpcServerRequest *request = *con_cls;

  if (request == NULL) {
    request = g_new0 (RpcServerRequest, 1);
    request->server = server;
    request->connection = connection;
    request->watched = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    *con_cls = request;
    g_mutex_lock (&server->lock);
    server->requests = g_list_prepend (server->requests, request);
    g_mutex_unlock (&server->lock);
    request_begin (request, url, method, version);
    rpc_server_connections_set_authenticated (server->connections, request->watched,
                                              request->authorized && request->rest_path == NULL);
    return request->unreadable ? request_answer (request) : MHD_YES;
  }
  if (*len > 0) {
    if (!take_body (request, data, *len))
      return MHD_NO;
    *len = 0;
    return MHD_YES;
  }
  if (!rpc_server_check_trailers (request)) {
    request->status = MHD_HTTP_BAD_REQUEST;
    request->unreadable = TRUE;
  }
  if (request->status == 0 && request_start (request))
    return MHD_YES;
  return request_answer (request);
}

void
rpc_server_completed (void *cls, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode how)
{
  RpcServer *server = cls;
  RpcServerRequest *request = *con_cls;

  if (request == NULL)
    return;
  *con_cls = NULL;
  rpc_server_connections_set_waiting (server->connections, request->watched);
  g_mutex_lock (&server->lock);
  server->requests = g_list_remove (server->requests, request);
  g_cond_signal (&server->idle);
  g_mutex_unlock (&server->lock);
  server_request_free (request);
}

void
rpc_server_connected (void *cls,
                      struct MHD_Connection *connection,
                      void **context,
                      enum MHD_ConnectionNotificationCode how)
{
  RpcServer *server = cls;

  if (how == MHD_CONNECTION_NOTIFY_STARTED)
    *context = rpc_server_connections_add (
        server->connections, MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd);
  else
    rpc_server_connections_remove (server->connections, *context);
}
