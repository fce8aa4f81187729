#include "rpc/jsonrpc.h"

#include <string.h>

#define WALLET_PREFIX "/wallet/"

enum {
  HTTP_OK = 200,
  HTTP_NO_CONTENT = 204,
  HTTP_BAD_REQUEST = 400,
  HTTP_NOT_FOUND = 404,
  HTTP_INTERNAL_ERROR = 500,
};

/* One call of a request or a batch. */
typedef struct {
  RpcJson *id; /* NULL: none was given */
  gboolean version2;
  const char *method; /* borrowed from the body */
  RpcJson *params;    /* borrowed; NULL: none */
} Call;

/* The state of a whole request: the data of its GTask. */
typedef struct {
  RpcJson *body;
  char *wallet;
  gsize next; /* place in a batch */
  Call call;  /* the one that runs */
  RpcJson *reply;
  guint status;
} Exchange;

static void
call_clear (Call *call)
{
  g_clear_pointer (&call->id, rpc_json_unref);
  memset (call, 0, sizeof *call);
}

static void
exchange_free (gpointer data)
{
  Exchange *exchange = data;
  call_clear (&exchange->call);
  g_clear_pointer (&exchange->body, rpc_json_unref);
  g_clear_pointer (&exchange->reply, rpc_json_unref);
  g_free (exchange->wallet);
  g_free (exchange);
}

static gboolean
refuse (GError **error, int code, const char *message)
{
  g_set_error_literal (error, RPC_ERROR, code, message);
  return FALSE;
}

static gboolean
parse_version (const RpcJson *version, Call *call, GError **error)
{
  const char *text = rpc_json_string (version);

  if (rpc_json_type (version) == RPC_JSON_NULL)
    return TRUE;
  if (text == NULL)
    return refuse (error, RPC_INVALID_REQUEST, "jsonrpc field must be a string");
  if (g_str_equal (text, "1.0"))
    return TRUE;
  if (!g_str_equal (text, "2.0"))
    return refuse (error, RPC_INVALID_REQUEST, "JSON-RPC version not supported");
  call->version2 = TRUE;
  return TRUE;
}

/* The id comes first, so that an error can already carry it. */
static gboolean
parse_call (const RpcJson *json, Call *call, GError **error)
{
  RpcJson *id, *method, *params;

  if (rpc_json_type (json) != RPC_JSON_OBJECT) {
    call->id = rpc_json_new_null ();
    return refuse (error, RPC_INVALID_REQUEST, "Invalid Request object");
  }
  id = rpc_json_get (json, "id");
  call->id = id != NULL ? rpc_json_ref (id) : NULL;
  if (!parse_version (rpc_json_get (json, "jsonrpc"), call, error))
    return FALSE;
  method = rpc_json_get (json, "method");
  if (rpc_json_type (method) == RPC_JSON_NULL)
    return refuse (error, RPC_INVALID_REQUEST, "Missing method");
  call->method = rpc_json_string (method);
  if (call->method == NULL)
    return refuse (error, RPC_INVALID_REQUEST, "Method must be a string");
  params = rpc_json_get (json, "params");
  if (rpc_json_type (params) == RPC_JSON_ARRAY || rpc_json_type (params) == RPC_JSON_OBJECT)
    call->params = params;
  else if (rpc_json_type (params) != RPC_JSON_NULL)
    return refuse (error, RPC_INVALID_REQUEST, "Params must be an array or object");
  return TRUE;
}

static RpcJson *
make_error (const GError *error)
{
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "code", rpc_json_new_int (error->domain == RPC_ERROR ? error->code : RPC_MISC_ERROR));
  rpc_json_set (json, "message", rpc_json_new_string (error->message));
  return json;
}

/* Takes over RESULT; ERROR NULL: it went well. */
static RpcJson *
make_reply (const Call *call, RpcJson *result, const GError *error)
{
  RpcJson *reply = rpc_json_new_object ();

  if (call->version2)
    rpc_json_set (reply, "jsonrpc", rpc_json_new_string ("2.0"));
  if (error == NULL) {
    rpc_json_set (reply, "result", result);
    if (!call->version2)
      rpc_json_set (reply, "error", rpc_json_new_null ());
  } else {
    if (!call->version2)
      rpc_json_set (reply, "result", rpc_json_new_null ());
    rpc_json_set (reply, "error", make_error (error));
  }
  if (call->id != NULL)
    rpc_json_set (reply, "id", rpc_json_ref (call->id));
  return reply;
}

static gboolean
is_notification (const Call *call)
{
  return call->version2 && call->id == NULL;
}

static guint
status_of (const Call *call, const GError *error)
{
  if (is_notification (call))
    return HTTP_NO_CONTENT;
  if (error == NULL || call->version2)
    return HTTP_OK;
  if (g_error_matches (error, RPC_ERROR, RPC_INVALID_REQUEST))
    return HTTP_BAD_REQUEST;
  if (g_error_matches (error, RPC_ERROR, RPC_METHOD_NOT_FOUND))
    return HTTP_NOT_FOUND;
  return HTTP_INTERNAL_ERROR;
}

static gboolean
is_batch (const Exchange *exchange)
{
  return rpc_json_type (exchange->body) == RPC_JSON_ARRAY;
}

/* Files the outcome of the call that ran. Takes over RESULT. */
static void
finish_call (Exchange *exchange, RpcJson *result, const GError *error)
{
  Call *call = &exchange->call;

  if (!is_batch (exchange))
    exchange->status = status_of (call, error);
  if (is_notification (call))
    rpc_json_unref (result);
  else if (is_batch (exchange))
    rpc_json_append (exchange->reply, make_reply (call, result, error));
  else
    exchange->reply = make_reply (call, result, error);
  call_clear (call);
}

static void run_next (GTask *task);

static void
on_executed (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  g_autoptr (GError) error = NULL;
  RpcJson *value = rpc_handler_execute_finish (RPC_HANDLER (source), result, &error);

  finish_call (g_task_get_task_data (task), value, error);
  run_next (task);
}

static void
finish (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);

  if (is_batch (exchange) && rpc_json_len (exchange->body) > 0 && rpc_json_len (exchange->reply) == 0) {
    exchange->status = HTTP_NO_CONTENT;
    g_clear_pointer (&exchange->reply, rpc_json_unref);
  }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* Starts the next call; those that are refused at once are answered in the loop. */
static void
run_next (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);
  gsize n = is_batch (exchange) ? rpc_json_len (exchange->body) : 1;

  while (exchange->next < n) {
    gsize at = exchange->next++;
    const RpcJson *json = is_batch (exchange) ? rpc_json_at (exchange->body, at) : exchange->body;
    g_autoptr (GError) error = NULL;

    if (parse_call (json, &exchange->call, &error)) {
      rpc_handler_execute_async (RPC_HANDLER (g_task_get_source_object (task)), exchange->call.method,
                                 exchange->call.params, exchange->wallet, g_task_get_cancellable (task), on_executed,
                                 task);
      return;
    }
    finish_call (exchange, NULL, error);
  }
  finish (task);
}

void
rpc_jsonrpc_execute_async (RpcHandler *handler,
                           RpcJson *body,
                           const char *wallet,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  GTask *task = g_task_new (handler, cancellable, callback, data);
  Exchange *exchange = g_new0 (Exchange, 1);
  g_autoptr (GError) error = NULL;

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, exchange, exchange_free);
  exchange->body = body != NULL ? rpc_json_ref (body) : NULL;
  exchange->wallet = g_strdup (wallet);
  exchange->status = HTTP_OK;
  if (is_batch (exchange))
    exchange->reply = rpc_json_new_array ();
  if (is_batch (exchange) || rpc_json_type (body) == RPC_JSON_OBJECT) {
    run_next (task);
    return;
  }
  g_set_error_literal (&error, RPC_ERROR, RPC_PARSE_ERROR,
                       body == NULL ? "Parse error" : "Top-level object parse error");
  exchange->call.id = rpc_json_new_null ();
  finish_call (exchange, NULL, error);
  finish (task);
}

guint
rpc_jsonrpc_execute_finish (GAsyncResult *result, RpcJson **reply)
{
  Exchange *exchange;

  g_return_val_if_fail (G_IS_TASK (result) && reply != NULL, HTTP_INTERNAL_ERROR);
  exchange = g_task_get_task_data (G_TASK (result));
  *reply = g_steal_pointer (&exchange->reply);
  return exchange->status;
}

gboolean
rpc_jsonrpc_parse_path (const char *path, char **wallet)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (path != NULL && wallet != NULL, FALSE);
  *wallet = NULL;
  if (g_str_equal (path, "/"))
    return TRUE;
  if (!g_str_has_prefix (path, WALLET_PREFIX))
    return FALSE;
  name = g_uri_unescape_string (path + strlen (WALLET_PREFIX), NULL);
  if (name == NULL || !g_utf8_validate (name, -1, NULL))
    return FALSE;
  *wallet = g_steal_pointer (&name);
  return TRUE;
}
