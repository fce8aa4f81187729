#include "rpc/server_request.h"

/* netinet/tcp.h lacks tcpi_bytes_received. */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* Checks that every program on the path parses a request in the same way and agrees where it ends (RFC 9112).
 * libmicrohttpd before version 1.0 is lenient even in its strict mode. */

/* All bytes of a chunked body on the wire: the framing of its chunks may take as much as the body itself. What the client
 * has sent behind it is counted, too, so this is the same for all requests. */
#define MAX_CHUNKED_BYTES (2 * (guint64) RPC_MAX_BODY)

typedef struct {
  gsize size;
  guint n_lengths; /* headers that determine the length of the body */
  gboolean malformed;
} HeaderScan;

static gboolean
is_lenient_library (void)
{
  return g_str_has_prefix (MHD_get_version (), "0.");
}

static enum MHD_Result
scan_header (void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
  HeaderScan *scan = cls;
  gboolean coding = g_ascii_strcasecmp (key, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0;

  scan->size += strlen (key) + (value != NULL ? strlen (value) : 0) + strlen (": \r\n");
  if (strpbrk (key, " \t\r") != NULL || (value != NULL && strchr (value, '\r') != NULL)
      || (coding && (value == NULL || g_ascii_strcasecmp (value, "chunked") != 0)))
    scan->malformed = TRUE;
  if (coding || g_ascii_strcasecmp (key, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0)
    scan->n_lengths++;
  return MHD_YES;
}

/* A lenient library accepts LF, and the end of a continued line, where CR LF are required, and bytes that are forbidden
 * in a header. This can only be detected in the buffer that METHOD, URL and VERSION point into, where the library has
 * replaced every CR, LF and separator that it recognised by a zero byte. */

/* The position after the two zero bytes that replaced CR and LF; NULL: there is no such end of a line at AT. */
static const char *
skip_line_end (const char *at, const char *end)
{
  return at != NULL && end - at >= 2 && at[0] == '\0' && at[1] == '\0' ? at + 2 : NULL;
}

static const char *
skip_header (const char *at, const char *end)
{
  const char *colon = at != NULL ? memchr (at, '\0', end - at) : NULL;
  return colon != NULL ? skip_line_end (memchr (colon + 1, '\0', end - colon - 1), end) : NULL;
}

static enum MHD_Result
take_first_key (void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
  *(const char **) cls = key;
  return MHD_NO;
}

/* One space between the three parts, and no zero byte in the path. */
static gboolean
is_strict_request_line (RpcServerRequest *request, const char *url, const char *method, const char *version)
{
  const char *path_end = url + strlen (url), *query = NULL;

  MHD_get_connection_values (request->connection, MHD_GET_ARGUMENT_KIND, take_first_key, &query);
  if (url != method + strlen (method) + 1)
    return FALSE;
  /* A question mark may be present without arguments. */
  return query != NULL ? query == path_end + 1 : version == path_end + 1 || version == path_end + 2;
}

static gboolean
has_strict_lines (RpcServerRequest *request, const char *url, const char *method, const char *version)
{
  const union MHD_ConnectionInfo *info
      = MHD_get_connection_info (request->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  const char *end = method + info->header_size, *at = skip_line_end (version + strlen (version), end);
  int n = MHD_get_connection_values (request->connection, MHD_HEADER_KIND, NULL, NULL);

  for (int i = 0; i < n; i++)
    at = skip_header (at, end);
  return skip_line_end (at, end) == end && is_strict_request_line (request, url, method, version);
}

static const char *
find_header (RpcServerRequest *request, const char *name)
{
  return MHD_lookup_connection_value (request->connection, MHD_HEADER_KIND, name);
}

/* How many bytes the client has sent on this connection, including those that have not been read yet. */
static guint64
count_received (RpcServerRequest *request)
{
  struct tcp_info info = { 0 };
  socklen_t len = sizeof info;
  int fd = MHD_get_connection_info (request->connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;

  if (getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
    g_warn_if_reached ();
  return info.tcpi_bytes_received;
}

guint
rpc_server_check_head (RpcServerRequest *request, const char *url, const char *method, const char *version)
{
  const char *length = find_header (request, MHD_HTTP_HEADER_CONTENT_LENGTH);
  HeaderScan scan = { 0 };

  MHD_get_connection_values (request->connection, MHD_HEADER_KIND, scan_header, &scan);
  if (scan.malformed || scan.n_lengths > 1
      || (is_lenient_library () && !has_strict_lines (request, url, method, version)))
    return MHD_HTTP_BAD_REQUEST;
  request->max_body
      = request->server->rest != NULL && rpc_server_rest_path (url) != NULL ? RPC_MAX_REST_BODY : RPC_MAX_BODY;
  if (length != NULL && g_ascii_strtoull (length, NULL, 10) > request->max_body)
    return MHD_HTTP_CONTENT_TOO_LARGE;
  request->chunked = find_header (request, MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL;
  request->received = request->chunked ? count_received (request) : 0;
  return scan.size > RPC_MAX_HEADERS || strlen (url) > RPC_MAX_HEADERS ? MHD_HTTP_BAD_REQUEST : 0;
}

gboolean
rpc_server_check_trailers (RpcServerRequest *request)
{
  HeaderScan scan = { 0 };

  if (!request->chunked)
    return TRUE;
  MHD_get_connection_values (request->connection, MHD_HEADER_KIND | MHD_FOOTER_KIND, scan_header, &scan);
  return !scan.malformed && scan.size <= RPC_MAX_HEADERS;
}

gboolean
rpc_server_is_endless (RpcServerRequest *request)
{
  return request->chunked && count_received (request) - request->received > MAX_CHUNKED_BYTES;
}
