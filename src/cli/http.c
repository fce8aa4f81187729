#include "cli/http.h"

#include <arpa/inet.h>
#include <string.h>

#define MAX_REPLY (1024u * 1024 * 1024)
#define CHUNK 65536

static gboolean
write_request (GIOStream *stream, const CliHttpRequest *request, GError **error)
{
  g_autofree char *encoded = g_base64_encode ((const guchar *) request->credentials, strlen (request->credentials));
  g_autofree char *text
      = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n"
                         "Content-Type: application/json\r\nAuthorization: Basic %s\r\n"
                         "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                         request->path, request->host, encoded, strlen (request->body), request->body);

  return g_output_stream_write_all (g_io_stream_get_output_stream (stream), text, strlen (text), NULL, NULL, error);
}

static GString *
http_read_all (GIOStream *stream, GError **error)
{
  GInputStream *in = g_io_stream_get_input_stream (stream);
  GString *text = g_string_new (NULL);
  g_autofree char *buffer = g_malloc (CHUNK);
  gssize n;

  while ((n = g_input_stream_read (in, buffer, CHUNK, NULL, error)) > 0 && text->len < MAX_REPLY)
    g_string_append_len (text, buffer, n);
  if (n == 0)
    return text;
  if (n > 0)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "the reply is too long");
  g_string_free (text, TRUE);
  return NULL;
}

/* The value of header NAME between HEAD and END, NULL when there is none. The caller owns it. */
static char *
dup_header (const char *head, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (head, "\r\n", -1);
  gsize len = strlen (name);

  for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    if (g_ascii_strncasecmp (lines[i], name, len) == 0 && lines[i][len] == ':')
      return g_strstrip (g_strdup (lines[i] + len + 1));
  return NULL;
}

/* BODY of LEN bytes in chunks; NULL when it is truncated. */
static char *
join_chunks (const char *body, gsize len)
{
  GString *text = g_string_new (NULL);
  const char *end = body + len;

  while (body < end) {
    const char *line = g_strstr_len (body, end - body, "\r\n");
    guint64 size = g_ascii_strtoull (body, NULL, 16);
    if (line == NULL)
      break;
    if (size == 0)
      return g_string_free (text, FALSE);
    body = line + 2;
    if (size > (guint64) (end - body))
      break;
    g_string_append_len (text, body, (gssize) size);
    body += size + 2;
  }
  g_string_free (text, TRUE);
  return NULL;
}

static guint
parse_reply (const GString *text, char **reply, GError **error)
{
  const char *blank = g_strstr_len (text->str, (gssize) text->len, "\r\n\r\n");
  g_autofree char *head = blank != NULL ? g_strndup (text->str, (gsize) (blank - text->str)) : NULL;
  g_autofree char *length = NULL, *coding = NULL;
  guint64 status = 0;
  gsize left;

  if (head != NULL && g_str_has_prefix (head, "HTTP/1.") && strlen (head) > 12)
    status = g_ascii_strtoull (head + 9, NULL, 10);
  if (status < 100 || status > 599) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the reply is not HTTP");
    return 0;
  }
  left = text->len - (gsize) (blank + 4 - text->str);
  length = dup_header (head, "Content-Length");
  coding = dup_header (head, "Transfer-Encoding");
  if (coding != NULL && g_ascii_strcasecmp (coding, "chunked") == 0)
    *reply = join_chunks (blank + 4, left);
  else if (length == NULL || g_ascii_strtoull (length, NULL, 10) <= left)
    *reply = g_strndup (blank + 4, length != NULL ? g_ascii_strtoull (length, NULL, 10) : left);
  if (*reply != NULL)
    return (guint) status;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, "the reply was truncated");
  return 0;
}

/* What went wrong, in the words that scripts know. */
static void
explain (GError **error, const CliHttpRequest *request, gboolean connected)
{
  GError *problem = *error;
  const char *text = "Could not connect to the server";

  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) && connected)
    text = "timeout";
  else if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
    text = "EOF";
  else if (connected)
    return;
  *error = problem->domain == G_RESOLVER_ERROR || g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT)
               ? g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, "Could not resolve host: %s", request->host)
               : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, text);
  g_error_free (problem);
}

/* HOST, or an IPv4 address in one of its older forms ("0", "127.1") as four numbers. The caller owns it. */
static char *
dup_host_address (const char *host)
{
  char text[INET_ADDRSTRLEN];
  struct in_addr address;

  if (strpbrk (host, " \t\n\v\f\r") != NULL || inet_aton (host, &address) == 0)
    return g_strdup (host);
  return g_strdup (inet_ntop (AF_INET, &address, text, sizeof text));
}

guint
cli_http_post (const CliHttpRequest *request, char **reply, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autofree char *host = dup_host_address (request->host);
  g_autoptr (GSocketConnectable) address = g_network_address_new (host, request->port);
  g_autoptr (GSocketConnection) connection = NULL;
  GString *text = NULL;
  guint status = 0;

  *reply = NULL;
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, request->timeout_s);
  connection = g_socket_client_connect (client, address, NULL, error);
  if (connection != NULL && write_request (G_IO_STREAM (connection), request, error))
    text = http_read_all (G_IO_STREAM (connection), error);
  if (text != NULL) {
    status = parse_reply (text, reply, error);
    g_string_free (text, TRUE);
  }
  if (status == 0)
    explain (error, request, connection != NULL);
  return status;
}
