#include "rpc/server_request.h"

#include <string.h>

#include "common/hex.h"

/* Requests below /rest/: plain requests without JSON-RPC. */

#define BELOW "/rest/"

gboolean
rpc_server_is_rest (const char *target)
{
  return g_str_has_prefix (target, BELOW);
}

RpcJson *
rpc_server_rest_params (const char *target, const GByteArray *body)
{
  RpcJson *params = rpc_json_new_array ();

  rpc_json_append (params, rpc_json_new_string (target + strlen (BELOW)));
  rpc_json_append (params, rpc_json_new_hex (body->data, body->len));
  return params;
}

static GBytes *
get_content (const RpcJson *result)
{
  const char *text = rpc_json_string (rpc_json_get (result, "text")),
             *hex = rpc_json_string (rpc_json_get (result, "hex"));
  GString *json;

  if (text != NULL)
    return g_bytes_new (text, strlen (text));
  if (hex != NULL)
    return common_hex_decode_bytes (hex);
  json = g_string_new (NULL);
  rpc_json_write_to (json, rpc_json_get (result, "json"));
  g_string_append_c (json, '\n');
  return g_string_free_to_bytes (json);
}

/* The types of contents, which must outlive RESULT. */
static const char *
static_type (const char *type)
{
  static const char *const types[] = { "application/json", "application/octet-stream", "text/plain" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_strcmp0 (type, types[i]) == 0)
      return types[i];
  return NULL;
}

void
rpc_server_rest_reply (const RpcJson *result, RpcHttpReply *reply)
{
  gboolean immutable = rpc_json_bool (rpc_json_get (result, "immutable"));
  gint64 status = 0;

  rpc_json_int (rpc_json_get (result, "status"), &status);
  *reply = (RpcHttpReply){ .status = (guint) status,
                           .cache_control = immutable ? "public, immutable, max-age=86400" : "no-store",
                           .type = static_type (rpc_json_string (rpc_json_get (result, "type"))) };
  if (reply->type != NULL)
    reply->body = get_content (result);
}
