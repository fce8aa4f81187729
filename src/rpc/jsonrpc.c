#include "rpc/jsonrpc.h"

#include <string.h>

#include "common/log.h"
#include "rpc/url.h"

#define WALLET_PREFIX "/wallet/"

/* A longer body, or a batch, is not parsed on the network thread. */
#define MAX_INLINE_BODY (16 * 1024)
/* The limit for the values of one call, and for those in the replies to a batch: values take many times the memory of
 * their text. */
#define MAX_VALUES 1000000
#define MAX_BATCH_REPLY (256 * 1024 * 1024)

enum {
  HTTP_OK = 200,
  HTTP_NO_CONTENT = 204,
  HTTP_BAD_REQUEST = 400,
  HTTP_FORBIDDEN = 403,
  HTTP_NOT_FOUND = 404,
  HTTP_INTERNAL_ERROR = 500,
};

/* One call of a request or a batch. */
typedef struct {
  RpcJson *json; /* all of it */
  RpcJson *id;   /* NULL: none was given */
  gboolean version2;
  gboolean invalid;   /* it is not a call: nothing is run */
  const char *method; /* borrowed from JSON */
  RpcJson *params;    /* borrowed; NULL: none */
} Call;

struct _RpcExchange {
  RpcHandler *handler;
  GByteArray *body;
  char *wallet;
  GCancellable *cancellable;
  const char *user;              /* NULL: not known */
  const RpcWhitelist *whitelist; /* NULL: everything is allowed */
  gboolean begun, done;
  gboolean batch;
  const char *at;    /* position of the next call in the body of a batch */
  gboolean has_call; /* CALL is pending or running */
  Call call;
  guint n_calls;
  GString *reply; /* NULL: none */
  guint status;
  /* of rpc_exchange_run_next() */
  void (*on_done) (gpointer data);
  gpointer on_done_data;
  gboolean executed; /* RESULT or ERROR is to be written by the next rpc_exchange_run() */
  RpcJson *result;
  GError *error;
};

static void
call_clear (Call *call)
{
  g_clear_pointer (&call->id, rpc_json_unref);
  g_clear_pointer (&call->json, rpc_json_unref);
  memset (call, 0, sizeof *call);
}

RpcExchange *
rpc_exchange_new (RpcHandler *handler, GByteArray *body, char *wallet, GCancellable *cancellable)
{
  RpcExchange *exchange;

  g_return_val_if_fail (RPC_IS_HANDLER (handler) && body != NULL, NULL);
  exchange = g_new0 (RpcExchange, 1);
  exchange->handler = g_object_ref (handler);
  exchange->body = body;
  exchange->wallet = wallet;
  exchange->status = HTTP_OK;
  rpc_exchange_set_cancellable (exchange, cancellable);
  return exchange;
}

void
rpc_exchange_free (RpcExchange *exchange)
{
  if (exchange == NULL)
    return;
  call_clear (&exchange->call);
  g_clear_pointer (&exchange->result, rpc_json_unref);
  g_clear_error (&exchange->error);
  if (exchange->reply != NULL)
    g_string_free (exchange->reply, TRUE);
  g_byte_array_unref (exchange->body);
  g_clear_object (&exchange->cancellable);
  g_object_unref (exchange->handler);
  g_free (exchange->wallet);
  g_free (exchange);
}

void
rpc_exchange_set_cancellable (RpcExchange *exchange, GCancellable *cancellable)
{
  g_return_if_fail (exchange != NULL);
  g_set_object (&exchange->cancellable, cancellable);
}

void
rpc_exchange_set_user (RpcExchange *exchange, const char *user, const RpcWhitelist *whitelist)
{
  g_return_if_fail (exchange != NULL && (user != NULL || whitelist == NULL));
  exchange->user = user;
  exchange->whitelist = whitelist != NULL && rpc_whitelist_restricts (whitelist, user) ? whitelist : NULL;
}

static gboolean
refuse_call (GError **error, int code, const char *message)
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
    return refuse_call (error, RPC_INVALID_REQUEST, "jsonrpc field must be a string");
  if (g_str_equal (text, "1.0"))
    return TRUE;
  if (!g_str_equal (text, "2.0"))
    return refuse_call (error, RPC_INVALID_REQUEST, "JSON-RPC version not supported");
  call->version2 = TRUE;
  return TRUE;
}

/* The id is parsed first, so that an error reply can include it. FALSE with ERROR, and CALL is marked as invalid. */
static gboolean
parse_call (const RpcJson *json, Call *call, GError **error)
{
  RpcJson *id, *method, *params;

  call->invalid = TRUE;
  if (rpc_json_type (json) != RPC_JSON_OBJECT) {
    call->id = rpc_json_new_null ();
    return refuse_call (error, RPC_INVALID_REQUEST, "Invalid Request object");
  }
  id = rpc_json_get (json, "id");
  call->id = id != NULL ? rpc_json_ref (id) : NULL;
  if (!parse_version (rpc_json_get (json, "jsonrpc"), call, error))
    return FALSE;
  method = rpc_json_get (json, "method");
  if (rpc_json_type (method) == RPC_JSON_NULL)
    return refuse_call (error, RPC_INVALID_REQUEST, "Missing method");
  call->method = rpc_json_string (method);
  if (call->method == NULL)
    return refuse_call (error, RPC_INVALID_REQUEST, "Method must be a string");
  params = rpc_json_get (json, "params");
  if (rpc_json_type (params) == RPC_JSON_ARRAY || rpc_json_type (params) == RPC_JSON_OBJECT)
    call->params = params;
  else if (rpc_json_type (params) != RPC_JSON_NULL)
    return refuse_call (error, RPC_INVALID_REQUEST, "Params must be an array or object");
  call->invalid = FALSE;
  return TRUE;
}

static gboolean
is_notification (const Call *call)
{
  return call->version2 && call->id == NULL;
}

static guint
status_of (const Call *call, const GError *error)
{
  if (!call->invalid && is_notification (call))
    return HTTP_NO_CONTENT;
  if (error == NULL || (!call->invalid && call->version2))
    return HTTP_OK;
  if (g_error_matches (error, RPC_ERROR, RPC_INVALID_REQUEST))
    return HTTP_BAD_REQUEST;
  if (g_error_matches (error, RPC_ERROR, RPC_METHOD_NOT_FOUND))
    return HTTP_NOT_FOUND;
  return HTTP_INTERNAL_ERROR;
}

static void
write_error (GString *out, const GError *error)
{
  g_autoptr (RpcJson) json = rpc_json_new_object ();

  rpc_json_set (json, "code", rpc_json_new_int (error->domain == RPC_ERROR ? error->code : RPC_MISC_ERROR));
  rpc_json_set (json, "message", rpc_json_new_string (error->message));
  rpc_json_write_to (out, json);
}

/* ERROR NULL: success. */
static void
write_reply (GString *out, const Call *call, const RpcJson *result, const GError *error)
{
  g_string_append (out, call->version2 ? "{\"jsonrpc\":\"2.0\"," : "{");
  if (error == NULL) {
    g_string_append (out, "\"result\":");
    rpc_json_write_to (out, result);
    if (!call->version2)
      g_string_append (out, ",\"error\":null");
  } else {
    g_string_append (out, call->version2 ? "\"error\":" : "\"result\":null,\"error\":");
    write_error (out, error);
  }
  if (call->id != NULL) {
    g_string_append (out, ",\"id\":");
    rpc_json_write_to (out, call->id);
  }
  g_string_append_c (out, '}');
}

/* Writes the reply to the current call. */
static void
finish_call (RpcExchange *exchange, const RpcJson *result, const GError *error)
{
  Call *call = &exchange->call;

  if (!exchange->batch)
    exchange->status = status_of (call, error);
  /* An invalid request is always answered; in a batch it is not if it looks like a notification. */
  if (!is_notification (call) || (call->invalid && !exchange->batch)) {
    if (exchange->reply == NULL)
      exchange->reply = g_string_new (exchange->batch ? "[" : NULL);
    else if (exchange->batch && exchange->reply->len > 1)
      g_string_append_c (exchange->reply, ',');
    write_reply (exchange->reply, call, result, error);
  }
  call_clear (call);
  exchange->has_call = FALSE;
}

/* The whole request is answered by a single error, which replaces all replies so far. */
static void
refuse_all (RpcExchange *exchange, int code, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (RPC_ERROR, code, message);

  if (exchange->reply != NULL)
    g_string_free (g_steal_pointer (&exchange->reply), TRUE);
  call_clear (&exchange->call);
  exchange->call.id = rpc_json_new_null ();
  exchange->batch = FALSE;
  exchange->done = TRUE;
  finish_call (exchange, NULL, error);
}

/* A text of the client for the log, without what could be mistaken for another line. The caller owns it. */
static char *
dup_loggable (const char *text)
{
  GString *safe = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (g_ascii_isalnum (*text) || strchr (" .,;-_/:?@()", *text) != NULL)
      g_string_append_c (safe, *text);
  return g_string_free (safe, FALSE);
}

/* Nothing is run: the user may not call METHOD. */
static void
forbid_all (RpcExchange *exchange, const char *method)
{
  g_autofree char *loggable = dup_loggable (method);

  common_warn ("RPC User %s not allowed to call method %s", exchange->user, loggable);
  call_clear (&exchange->call);
  exchange->has_call = FALSE;
  exchange->done = TRUE;
  exchange->status = HTTP_FORBIDDEN;
}

static gboolean
is_allowed (const RpcExchange *exchange, const char *method)
{
  return exchange->whitelist == NULL || rpc_whitelist_allows (exchange->whitelist, exchange->user, method);
}

/* All calls of a batch must be allowed before one is run. */
static void
check_batch (RpcExchange *exchange)
{
  const char *at = exchange->at, *end = at + exchange->body->len;
  RpcJson *element;

  while (!exchange->done && rpc_json_next_element (&at, end, MAX_VALUES, &element)) {
    const char *method = rpc_json_string (rpc_json_get (element, "method"));

    if (element != NULL && (method == NULL || !is_allowed (exchange, method)))
      forbid_all (exchange, method != NULL ? method : "");
    rpc_json_unref (element);
  }
}

static gboolean
is_batch (const GByteArray *body)
{
  guint i = 0;
  while (i < body->len && strchr (" \t\r\n", body->data[i]) != NULL && body->data[i] != '\0')
    i++;
  return i < body->len && body->data[i] == '[';
}

/* Parses the body. A batch is validated as a whole, and its calls are then parsed one by one. */
static void
begin_exchange (RpcExchange *exchange)
{
  const char *text = exchange->body->len > 0 ? (const char *) exchange->body->data : "";
  gsize len = exchange->body->len;

  exchange->begun = TRUE;
  if (exchange->batch) {
    if (!rpc_json_is_valid (text, len))
      refuse_all (exchange, RPC_PARSE_ERROR, "Parse error");
    exchange->at = text;
    if (!exchange->done && exchange->whitelist != NULL)
      check_batch (exchange);
    return;
  }
  exchange->call.json = rpc_json_parse_bounded (text, len, MAX_VALUES);
  if (exchange->call.json == NULL && len > MAX_VALUES && rpc_json_is_valid (text, len))
    refuse_all (exchange, RPC_OUT_OF_MEMORY, "The request holds too many values");
  else if (exchange->call.json == NULL)
    refuse_all (exchange, RPC_PARSE_ERROR, "Parse error");
  else if (rpc_json_type (exchange->call.json) != RPC_JSON_OBJECT)
    refuse_all (exchange, RPC_PARSE_ERROR, "Top-level object parse error");
}

static void
end_batch (RpcExchange *exchange)
{
  exchange->done = TRUE;
  if (exchange->reply == NULL && exchange->n_calls > 0)
    exchange->status = HTTP_NO_CONTENT;
  else if (exchange->reply == NULL)
    exchange->reply = g_string_new ("[]");
  else
    g_string_append_c (exchange->reply, ']');
}

/* Makes the next call the current one. FALSE: there is none. */
static gboolean
take_call (RpcExchange *exchange)
{
  const char *end = (const char *) exchange->body->data + exchange->body->len;

  if (!exchange->batch)
    return exchange->n_calls++ == 0;
  if (exchange->reply != NULL && exchange->reply->len > MAX_BATCH_REPLY) {
    refuse_all (exchange, RPC_OUT_OF_MEMORY, "The replies of the batch take too much memory");
    return FALSE;
  }
  if ((exchange->cancellable != NULL && g_cancellable_is_cancelled (exchange->cancellable))
      || !rpc_json_next_element (&exchange->at, end, MAX_VALUES, &exchange->call.json)) {
    end_batch (exchange);
    return FALSE;
  }
  exchange->n_calls++;
  return TRUE;
}

static void
log_call (const RpcExchange *exchange)
{
  const RpcJson *id = exchange->call.id;
  g_autofree char *text = NULL, *loggable_id = NULL, *method = NULL;

  if (!common_log_enabled (COMMON_LOG_RPC))
    return;
  text = id != NULL && rpc_json_string (id) == NULL ? rpc_json_write (id, 0) : g_strdup (rpc_json_string (id));
  loggable_id = dup_loggable (text != NULL && rpc_json_type (id) != RPC_JSON_NULL ? text : "");
  method = dup_loggable (exchange->call.method);
  common_debug (COMMON_LOG_RPC, "ThreadRPCServer method=%s user=%s id=%s", method,
                exchange->user != NULL ? exchange->user : "", loggable_id);
}

/* Advances to the next valid call. FALSE: all are done. Invalid calls before it are answered with an error. */
static gboolean
prepare_call (RpcExchange *exchange)
{
  while (!exchange->has_call && !exchange->done) {
    g_autoptr (GError) error = NULL;

    if (!take_call (exchange)) {
      exchange->done = TRUE;
    } else if (exchange->call.json == NULL) {
      exchange->call.id = rpc_json_new_null ();
      g_set_error_literal (&error, RPC_ERROR, RPC_OUT_OF_MEMORY, "The request holds too many values");
      finish_call (exchange, NULL, error);
    } else if (parse_call (exchange->call.json, &exchange->call, &error)) {
      exchange->has_call = TRUE;
      log_call (exchange);
      if (!exchange->batch && !is_allowed (exchange, exchange->call.method))
        forbid_all (exchange, exchange->call.method);
    } else {
      finish_call (exchange, NULL, error);
    }
  }
  return exchange->has_call;
}

/* Writes the result of rpc_exchange_run_next(), here because a long reply would block the main loop. */
static void
finish_executed (RpcExchange *exchange)
{
  g_autoptr (RpcJson) result = g_steal_pointer (&exchange->result);
  g_autoptr (GError) error = g_steal_pointer (&exchange->error);

  exchange->executed = FALSE;
  finish_call (exchange, result, error);
}

gboolean
rpc_exchange_run (RpcExchange *exchange, RpcRun up_to)
{
  g_return_val_if_fail (exchange != NULL, TRUE);
  if (!exchange->begun) {
    exchange->batch = is_batch (exchange->body);
    if (up_to == RPC_RUN_INLINE && (exchange->batch || exchange->body->len > MAX_INLINE_BODY))
      return FALSE;
    begin_exchange (exchange);
  }
  if (exchange->executed)
    finish_executed (exchange);
  while (prepare_call (exchange)) {
    g_autoptr (RpcJson) result = NULL;
    g_autoptr (GError) error = NULL;

    if (!rpc_handler_execute_now (exchange->handler, exchange->call.method, exchange->call.params, exchange->wallet,
                                  up_to, exchange->cancellable, &result, &error))
      return FALSE;
    finish_call (exchange, result, error);
  }
  return TRUE;
}

static void
exchange_on_executed (GObject *source, GAsyncResult *result, gpointer data)
{
  RpcExchange *exchange = data;

  exchange->result = rpc_handler_execute_finish (RPC_HANDLER (source), result, &exchange->error);
  exchange->executed = TRUE;
  exchange->on_done (exchange->on_done_data);
}

void
rpc_exchange_run_next (RpcExchange *exchange, void (*done) (gpointer data), gpointer data)
{
  g_return_if_fail (exchange != NULL && exchange->has_call);
  exchange->on_done = done;
  exchange->on_done_data = data;
  rpc_handler_execute_async (exchange->handler, exchange->call.method, exchange->call.params, exchange->wallet,
                             exchange->cancellable, exchange_on_executed, exchange);
}

guint
rpc_exchange_finish (RpcExchange *exchange, GString **reply)
{
  g_return_val_if_fail (exchange != NULL && reply != NULL, HTTP_INTERNAL_ERROR);
  if (exchange->reply != NULL)
    g_string_append_c (exchange->reply, '\n');
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
  name = rpc_url_unescape (path + strlen (WALLET_PREFIX), strlen (path + strlen (WALLET_PREFIX)));
  *wallet = g_utf8_make_valid (name, -1); /* no wallet has a name that is not text */
  return TRUE;
}
