#include "rpc/server_request.h"

#include <string.h>

#include "common/log.h"
#include "rpc/jsonrpc.h"

/* A request: read on a thread of libmicrohttpd, executed on the main context while its connection is suspended, written
 * on the thread again. */

#define WRONG_PASSWORD_DELAY_MS 250

static void
request_free (RpcServerRequest *request)
{
  g_clear_pointer (&request->body, g_byte_array_unref);
  g_clear_pointer (&request->json, rpc_json_unref);
  g_clear_pointer (&request->reply, rpc_json_unref);
  g_clear_object (&request->cancellable);
  g_free (request->wallet);
  g_free (request->rest_path);
  g_free (request);
}

/* Gives the connection back to its thread, which then calls rpc_server_handle() again. */
static void
resume (RpcServerRequest *request)
{
  if (!request->suspended)
    return;
  request->suspended = FALSE;
  MHD_resume_connection (request->connection);
}

static void
suspend (RpcServerRequest *request)
{
  g_mutex_lock (&request->server->lock);
  request->suspended = TRUE;
  MHD_suspend_connection (request->connection);
  g_mutex_unlock (&request->server->lock);
}

/* ---- main context ---- */

static void
on_executed (GObject *source, GAsyncResult *result, gpointer data)
{
  RpcServerRequest *request = data;
  RpcServer *server = request->server;

  g_mutex_lock (&server->lock);
  request->status = rpc_jsonrpc_execute_finish (result, &request->reply);
  request->executing = FALSE;
  server->in_flight--;
  g_cond_signal (&server->idle);
  resume (request);
  g_mutex_unlock (&server->lock);
}

static void
on_rest_executed (GObject *source, GAsyncResult *result, gpointer data)
{
  RpcServerRequest *request = data;
  RpcServer *server = request->server;

  g_mutex_lock (&server->lock);
  request->reply = rpc_handler_execute_finish (server->rest, result, NULL);
  request->status = request->reply != NULL ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE;
  request->executing = FALSE;
  server->in_flight--;
  g_cond_signal (&server->idle);
  resume (request);
  g_mutex_unlock (&server->lock);
}

static gboolean
execute (gpointer data)
{
  RpcServerRequest *request = data;

  if (request->rest_path != NULL) {
    rpc_handler_execute_async (request->server->rest, "rest", request->json, NULL, request->cancellable,
                               on_rest_executed, request);
    return G_SOURCE_REMOVE;
  }
  rpc_jsonrpc_execute_async (request->server->handler, request->json, request->wallet, request->cancellable,
                             on_executed, request);
  return G_SOURCE_REMOVE;
}

static gboolean
on_delay_over (gpointer data)
{
  RpcServerRequest *request = data;
  RpcServer *server = request->server;

  g_mutex_lock (&server->lock);
  request->executing = FALSE;
  request->status = MHD_HTTP_UNAUTHORIZED;
  server->in_flight--;
  g_cond_signal (&server->idle);
  resume (request);
  g_mutex_unlock (&server->lock);
  return G_SOURCE_REMOVE;
}

/* ---- thread of libmicrohttpd ---- */

static void
attach (RpcServerRequest *request, GSource *source, GSourceFunc func)
{
  g_source_set_callback (source, func, request, NULL);
  g_source_attach (source, request->server->context);
  g_source_unref (source);
}

/* Counts REQUEST in, unless there are too many or the server stops. */
static gboolean
enter (RpcServerRequest *request)
{
  RpcServer *server = request->server;
  gboolean ok;

  g_mutex_lock (&server->lock);
  ok = !server->stopping && server->in_flight < server->max_in_flight;
  if (ok) {
    server->in_flight++;
    request->executing = TRUE;
  } else {
    request->status = MHD_HTTP_SERVICE_UNAVAILABLE;
    request->text = server->stopping ? "Request rejected during server shutdown" : "Work queue depth exceeded";
  }
  g_mutex_unlock (&server->lock);
  if (!ok && !server->stopping)
    common_warn ("Request rejected because http work queue depth exceeded, it can be increased with the "
                 "-rpcworkqueue= setting");
  return ok;
}

static enum MHD_Result
add_header_size (void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
  gsize *total = cls;
  *total += strlen (key) + (value != NULL ? strlen (value) : 0) + strlen (": \r\n");
  return MHD_YES;
}

static const char *
get_header (RpcServerRequest *request, const char *name)
{
  return MHD_lookup_connection_value (request->connection, MHD_HEADER_KIND, name);
}

static gboolean
announces_too_much (RpcServerRequest *request)
{
  const char *length = get_header (request, MHD_HTTP_HEADER_CONTENT_LENGTH);
  return length != NULL && g_ascii_strtoull (length, NULL, 10) > RPC_MAX_BODY;
}

/* The first look, before the body: what can be refused already is, and then the body is not kept. */
static void
begin (RpcServerRequest *request, const char *url, const char *method)
{
  const char *authorization = get_header (request, MHD_HTTP_HEADER_AUTHORIZATION);
  gsize headers = 0;

  MHD_get_connection_values (request->connection, MHD_HEADER_KIND, add_header_size, &headers);
  if (headers > RPC_MAX_HEADERS || strlen (url) > RPC_MAX_HEADERS) {
    request->status = MHD_HTTP_BAD_REQUEST;
  } else if (announces_too_much (request)) {
    request->status = MHD_HTTP_CONTENT_TOO_LARGE;
  } else if (request->server->rest != NULL && rpc_server_rest_path (url) != NULL) {
    request->rest_path = g_strdup (rpc_server_rest_path (url));
    request->authorized = TRUE; /* nobody is asked who he is */
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
    request->authorized = rpc_auth_check (request->server->auth, authorization, NULL);
    request->ask_for_credentials = !request->authorized;
    if (request->authorized)
      request->body = g_byte_array_new ();
  }
}

static void
take_body (RpcServerRequest *request, const char *data, gsize len)
{
  if (request->body == NULL)
    return;
  if (request->body->len + len > RPC_MAX_BODY) {
    request->status = MHD_HTTP_CONTENT_TOO_LARGE;
    g_clear_pointer (&request->body, g_byte_array_unref);
    return;
  }
  g_byte_array_append (request->body, (const guint8 *) data, (guint) len);
}

/* The body is complete and nothing was refused yet. TRUE: the answer comes later, and until then REQUEST belongs to the
 * main context. */
static gboolean
start (RpcServerRequest *request)
{
  if (!enter (request))
    return FALSE;
  if (!request->authorized) {
    common_warn ("RPC: wrong user or password in a request");
    suspend (request);
    attach (request, g_timeout_source_new (WRONG_PASSWORD_DELAY_MS), on_delay_over);
    return TRUE;
  }
  if (request->rest_path != NULL)
    request->json = rpc_server_rest_params (request);
  else
    request->json
        = rpc_json_parse (request->body->len > 0 ? (const char *) request->body->data : "", request->body->len);
  g_clear_pointer (&request->body, g_byte_array_unref);
  request->cancellable = g_cancellable_new ();
  suspend (request);
  attach (request, g_idle_source_new (), execute);
  return TRUE;
}

static struct MHD_Response *
make_response (RpcServerRequest *request)
{
  struct MHD_Response *response;
  char *text = NULL;

  if (request->reply != NULL) {
    g_autofree char *json = rpc_json_write (request->reply, 0);
    text = g_strconcat (json, "\n", NULL);
  } else if (request->text != NULL) {
    text = g_strdup (request->text);
  }
  response = MHD_create_response_from_buffer (text != NULL ? strlen (text) : 0, text != NULL ? text : (char *) "",
                                              text != NULL ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
  if (request->reply != NULL)
    MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
  else if (request->text != NULL)
    MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain");
  if (request->status >= 400 && request->reply == NULL)
    MHD_add_response_header (response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  if (request->ask_for_credentials)
    MHD_add_response_header (response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Basic realm=\"jsonrpc\"");
  return response;
}

static enum MHD_Result
answer (RpcServerRequest *request)
{
  struct MHD_Response *response = request->rest_path != NULL && request->reply != NULL
                                      ? rpc_server_rest_response (request)
                                      : make_response (request);
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
    *con_cls = request;
    g_mutex_lock (&server->lock);
    server->requests = g_list_prepend (server->requests, request);
    g_mutex_unlock (&server->lock);
    begin (request, url, method);
    /* An answer now also ends a body that is too large to be read. */
    return request->status == MHD_HTTP_CONTENT_TOO_LARGE ? answer (request) : MHD_YES;
  }
  if (*len > 0) {
    take_body (request, data, *len);
    *len = 0;
    return MHD_YES;
  }
  if (request->status == 0 && start (request))
    return MHD_YES;
  return answer (request);
}

void
rpc_server_completed (void *cls, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode how)
{
  RpcServer *server = cls;
  RpcServerRequest *request = *con_cls;

  if (request == NULL)
    return;
  *con_cls = NULL;
  g_mutex_lock (&server->lock);
  server->requests = g_list_remove (server->requests, request);
  g_cond_signal (&server->idle);
  g_mutex_unlock (&server->lock);
  request_free (request);
}
