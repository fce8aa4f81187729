#include "rpc/server_request.h"

#include <string.h>

#include "common/hex.h"

/* Requests below /rest/: plain GET requests without JSON-RPC. Threads of libmicrohttpd. */

#define BELOW "/rest/"

const char *
rpc_server_rest_path (const char *url)
{
  return g_str_has_prefix (url, BELOW) ? url + strlen (BELOW) : NULL;
}

static enum MHD_Result
add_query (void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
  RpcJson *query = cls;

  if (g_utf8_validate (key, -1, NULL) && (value == NULL || g_utf8_validate (value, -1, NULL)))
    rpc_json_set (query, key, rpc_json_new_string (value != NULL ? value : ""));
  return MHD_YES;
}

RpcJson *
rpc_server_rest_params (RpcServerRequest *request)
{
  RpcJson *params = rpc_json_new_array (), *query = rpc_json_new_object ();
  g_autofree char *path = g_utf8_make_valid (request->rest_path, -1);

  MHD_get_connection_values (request->connection, MHD_GET_ARGUMENT_KIND, add_query, query);
  rpc_json_append (params, rpc_json_new_string (path));
  rpc_json_append (params, query);
  rpc_json_append (params, rpc_json_new_hex (request->body->data, request->body->len));
  return params;
}

static GBytes *
get_content (const RpcJson *reply)
{
  const char *text = rpc_json_string (rpc_json_get (reply, "text")),
             *hex = rpc_json_string (rpc_json_get (reply, "hex"));
  g_autofree char *json = NULL;
  char *line;

  if (text != NULL)
    return g_bytes_new (text, strlen (text));
  if (hex != NULL)
    return common_hex_decode_bytes (hex);
  json = rpc_json_write (rpc_json_get (reply, "json"), 0);
  line = g_strconcat (json, "\n", NULL);
  return g_bytes_new_take (line, strlen (line));
}

struct MHD_Response *
rpc_server_rest_response (RpcServerRequest *request)
{
  const RpcJson *reply = request->rest_reply;
  gboolean immutable = rpc_json_bool (rpc_json_get (reply, "immutable"));
  const char *type = rpc_json_string (rpc_json_get (reply, "type"));
  g_autoptr (GBytes) content = get_content (reply);
  struct MHD_Response *response;
  gint64 status = MHD_HTTP_OK;
  gsize len;
  const void *data = g_bytes_get_data (content, &len);

  rpc_json_int (rpc_json_get (reply, "status"), &status);
  request->status = (guint) status;
  response = MHD_create_response_from_buffer (len, (void *) (len > 0 ? data : ""), MHD_RESPMEM_MUST_COPY);
  MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
  MHD_add_response_header (response, MHD_HTTP_HEADER_CACHE_CONTROL,
                           immutable ? "public, immutable, max-age=86400" : "no-store");
  return response;
}
