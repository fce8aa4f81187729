#include <string.h>

#include "common/hex.h"
#include "node/rpc/rest_private.h"

/* Shared by the endpoints: the formats of replies, and calls of methods. */

#define OK 200
#define NOT_FOUND 404
#define UNAVAILABLE 503

static RpcJson *
make_reply (guint status, const char *type, gboolean immutable, const char *kind, RpcJson *content)
{
  RpcJson *reply = rpc_json_new_object ();

  rpc_json_set (reply, "status", rpc_json_new_int (status));
  rpc_json_set (reply, "type", rpc_json_new_string (type));
  rpc_json_set (reply, "immutable", rpc_json_new_bool (immutable));
  rpc_json_set (reply, kind, content);
  return reply;
}

static RpcJson *
fail_v (guint status, const char *format, va_list args)
{
  g_autofree char *message = g_strdup_vprintf (format, args);
  g_autofree char *line = g_strconcat (message, "\r\n", NULL);

  return make_reply (status, "text/plain", FALSE, "text", rpc_json_new_string (line));
}

RpcJson *
node_rest_fail (guint status, const char *format, ...)
{
  RpcJson *reply;
  va_list args;

  va_start (args, format);
  reply = fail_v (status, format, args);
  va_end (args);
  return reply;
}

RpcJson *
node_rest_fail_warmup (const char *status)
{
  return node_rest_fail (UNAVAILABLE, "Service temporarily unavailable: %s", status);
}

RpcJson *
node_rest_fail_path (void)
{
  RpcJson *reply = rpc_json_new_object ();

  rpc_json_set (reply, "status", rpc_json_new_int (NOT_FOUND));
  return reply;
}

RpcJson *
node_rest_fail_with (const GError *error, const char *format, ...)
{
  RpcJson *reply;
  va_list args;

  if (g_error_matches (error, RPC_ERROR, RPC_IN_WARMUP))
    return node_rest_fail_warmup (error->message);
  va_start (args, format);
  reply = fail_v (NOT_FOUND, format, args);
  va_end (args);
  return reply;
}

RpcJson *
node_rest_fail_format (void)
{
  return node_rest_fail (NOT_FOUND, "output format not found (available: .bin, .hex, .json)");
}

RpcJson *
node_rest_data (const NodeRest *rest, const char *hex, gboolean immutable)
{
  g_autofree char *line = NULL;

  if (rest->format == NODE_REST_BIN)
    return make_reply (OK, "application/octet-stream", immutable, "hex", rpc_json_new_string (hex));
  line = g_strconcat (hex, "\n", NULL);
  return make_reply (OK, "text/plain", immutable, "text", rpc_json_new_string (line));
}

RpcJson *
node_rest_json (RpcJson *json, gboolean immutable)
{
  return make_reply (OK, "application/json", immutable, "json", json);
}

RpcJson *
node_rest_call (const NodeRest *rest, GError **error, const char *method, ...)
{
  g_autoptr (RpcJson) params = rpc_json_new_array ();
  RpcJson *value;
  va_list args;

  va_start (args, method);
  while ((value = va_arg (args, RpcJson *)) != NULL)
    rpc_json_append (params, value);
  va_end (args);
  return rpc_table_call (rest->context->methods, method, params, rest->cancellable, error);
}

gboolean
node_rest_is_hash (const char *text)
{
  guint8 hash32[32];
  return strlen (text) == 64 && common_hex_decode (text, hash32, 32);
}
