#include "rpc/http_connection.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define RECEIVE_SIZE 65536
/* Enough for a body that was too long. */
#define MAX_DISCARDED (2 * RPC_HTTP_MAX_BODY)
#define DEFAULT_TYPE "text/html; charset=ISO-8859-1"

enum { OK = 200, NO_CONTENT = 204 };

void
rpc_http_connection_init (RpcHttpConnection *connection, int fd)
{
  *connection = (RpcHttpConnection){ .fd = fd, .readable = TRUE };
  rpc_http_parser_init (&connection->parser);
  connection->input = g_byte_array_new ();
  connection->head = g_string_new (NULL);
}

void
rpc_http_connection_clear (RpcHttpConnection *connection)
{
  rpc_http_parser_clear (&connection->parser);
  g_byte_array_unref (connection->input);
  g_string_free (connection->head, TRUE);
  g_clear_pointer (&connection->body, g_bytes_unref);
  close (connection->fd);
}

/* ---- receiving ---- */

/* The number of bytes; 0: there are none now, or the connection has ended. */
static gsize
receive_some (RpcHttpConnection *connection, char *buffer)
{
  gssize n = recv (connection->fd, buffer, RECEIVE_SIZE, MSG_DONTWAIT);

  if (n > 0) {
    /* Behind a short read there is nothing but the end of the stream, if it was signalled. */
    connection->readable = n == RECEIVE_SIZE || connection->half_closed;
    return (gsize) n;
  }
  connection->readable = FALSE;
  if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
    connection->ended = TRUE;
  else if (errno == EINTR)
    connection->readable = TRUE;
  return 0;
}

/* Whether the parser can go on without the caller. */
static gboolean
is_reading (const RpcHttpParser *parser)
{
  return parser->state != RPC_HTTP_HEAD_READ && parser->state != RPC_HTTP_COMPLETE && parser->state != RPC_HTTP_FAILED;
}

static void
parse_input (RpcHttpConnection *connection)
{
  GByteArray *input = connection->input;
  gsize used;

  if (input->len == 0)
    return;
  used = rpc_http_parser_feed (&connection->parser, (const char *) input->data, input->len);
  g_byte_array_remove_range (input, 0, (guint) used);
}

gboolean
rpc_http_connection_receive (RpcHttpConnection *connection)
{
  char buffer[RECEIVE_SIZE];
  gsize n = 0;

  g_return_val_if_fail (connection != NULL, FALSE);
  parse_input (connection);
  if (is_reading (&connection->parser) && connection->readable && !connection->ended)
    n = receive_some (connection, buffer);
  if (n > 0) {
    g_byte_array_append (connection->input, (const guint8 *) buffer, (guint) n);
    parse_input (connection);
  }
  return n > 0;
}

void
rpc_http_connection_discard (RpcHttpConnection *connection)
{
  char buffer[RECEIVE_SIZE];

  g_return_if_fail (connection != NULL);
  g_byte_array_set_size (connection->input, 0);
  if (!connection->readable || connection->ended)
    return;
  connection->n_discarded += receive_some (connection, buffer);
  connection->ended |= connection->n_discarded > MAX_DISCARDED;
}

/* ---- sending ---- */

static const char *
reason_of (guint status)
{
  static const struct {
    guint status;
    const char *reason;
  } reasons[] = { { 200, "OK" },
                  { 204, "No Content" },
                  { 400, "Bad Request" },
                  { 401, "Unauthorized" },
                  { 403, "Forbidden" },
                  { 404, "Not Found" },
                  { 405, "Method Not Allowed" },
                  { 413, "Content too large" },
                  { 500, "Internal Server Error" },
                  { 503, "Service Unavailable" } };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (reasons[i].status == status)
      return reasons[i].reason;
  return "";
}

/* RFC 9110, section 5.6.7: in English, whatever the locale. */
static void
write_date (GString *out)
{
  static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  time_t now = time (NULL);
  struct tm tm;

  gmtime_r (&now, &tm);
  g_string_append_printf (out, "Date: %.3s, %02d %.3s %d %02d:%02d:%02d GMT\r\n", days + 3 * tm.tm_wday, tm.tm_mday,
                          months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void
write_field (GString *out, const char *name, const char *value)
{
  if (value == NULL)
    return;
  g_string_append (out, name);
  g_string_append (out, ": ");
  g_string_append (out, value);
  g_string_append (out, "\r\n");
}

/* Whether others could see the end of the request elsewhere: its body has its length in two ways, or chunks, which
 * HTTP/1.0 does not know. Such a request is the last one of its connection (RFC 9112, section 6.1). */
static gboolean
is_ambiguous (const RpcHttpParser *parser)
{
  return parser->chunked && (parser->has_length || parser->minor == 0);
}

/* HTTP/1.0 connections end after a reply unless the client asks for more, HTTP/1.1 connections only if it says so. */
static gboolean
keeps_alive (const RpcHttpParser *parser)
{
  if (parser->state != RPC_HTTP_COMPLETE || is_ambiguous (parser))
    return FALSE;
  return !parser->closes && (parser->minor > 0 || parser->keeps_alive);
}

static void
write_head (RpcHttpConnection *connection, const RpcHttpReply *reply)
{
  const RpcHttpParser *parser = &connection->parser;
  GString *out = connection->head;
  gboolean has_body = reply->status != NO_CONTENT, keep = !connection->closing;
  gsize len = reply->body != NULL ? g_bytes_get_size (reply->body) : 0;

  g_string_printf (out, "HTTP/1.%u %u %s\r\n", parser->minor, reply->status, reason_of (reply->status));
  write_field (out, "Cache-Control", reply->cache_control);
  if (reply->asks_for_credentials)
    write_field (out, "WWW-Authenticate", "Basic realm=\"jsonrpc\"");
  if (parser->minor > 0)
    write_date (out);
  else if (keep)
    write_field (out, "Connection", "keep-alive");
  if (has_body && (parser->minor > 0 || keep))
    g_string_append_printf (out, "Content-Length: %" G_GSIZE_FORMAT "\r\n", len);
  if (has_body)
    write_field (out, "Content-Type", reply->type != NULL ? reply->type : DEFAULT_TYPE);
  if (parser->closes || is_ambiguous (parser))
    write_field (out, "Connection", "close");
  g_string_append (out, "\r\n");
}

void
rpc_http_connection_reply (RpcHttpConnection *connection, const RpcHttpReply *reply)
{
  g_return_if_fail (connection != NULL && !rpc_http_connection_is_sending (connection));
  connection->closing = !keeps_alive (&connection->parser);
  connection->n_sent = 0;
  write_head (connection, reply);
  if (reply->body != NULL && connection->parser.method != RPC_HTTP_HEAD)
    connection->body = g_bytes_ref (reply->body);
}

void
rpc_http_connection_continue (RpcHttpConnection *connection)
{
  static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";

  g_return_if_fail (connection != NULL);
  if (send (connection->fd, text, strlen (text), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    connection->readable = TRUE; /* reading reports what is wrong */
}

gboolean
rpc_http_connection_is_sending (const RpcHttpConnection *connection)
{
  return connection->head->len > 0;
}

gboolean
rpc_http_connection_send (RpcHttpConnection *connection)
{
  gsize head = connection->head->len, len = 0, before = connection->n_sent;
  const char *body = connection->body != NULL ? g_bytes_get_data (connection->body, &len) : NULL;
  gssize n = 0;

  while (connection->n_sent < head + len && (n >= 0 || errno == EINTR)) {
    gsize in_head = MIN (connection->n_sent, head), in_body = connection->n_sent - in_head;
    struct iovec parts[2]
        = { { connection->head->str + in_head, head - in_head }, { (gpointer) (body + in_body), len - in_body } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = len > 0 ? 2 : 1 };

    n = sendmsg (connection->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    connection->n_sent += n > 0 ? (gsize) n : 0;
  }
  if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
    connection->ended = TRUE;
  if (connection->n_sent == head + len) {
    g_string_truncate (connection->head, 0);
    g_clear_pointer (&connection->body, g_bytes_unref);
  }
  return connection->n_sent > before;
}

void
rpc_http_connection_next (RpcHttpConnection *connection)
{
  rpc_http_parser_clear (&connection->parser);
  rpc_http_parser_init (&connection->parser);
}
