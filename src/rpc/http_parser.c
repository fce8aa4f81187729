#include "rpc/http_parser.h"

#include <string.h>

#define BAD_REQUEST 400
#define CONTENT_TOO_LARGE 413

/* "GET / HTTP/1.0" */
#define MIN_REQUEST_LINE 14

typedef struct {
  const char *at, *end;
} HttpInput;

void
rpc_http_parser_init (RpcHttpParser *parser)
{
  *parser = (RpcHttpParser){ .minor = 1 };
}

void
rpc_http_parser_clear (RpcHttpParser *parser)
{
  g_clear_pointer (&parser->target, g_free);
  g_clear_pointer (&parser->authorization, g_free);
  g_clear_pointer (&parser->body, g_byte_array_unref);
}

static gboolean
parser_fail (RpcHttpParser *parser, guint status)
{
  parser->state = RPC_HTTP_FAILED;
  parser->failure = status;
  return FALSE;
}

/* The next line without its end. FALSE: it is incomplete, or is refused. */
static gboolean
parser_take_line (RpcHttpParser *parser, HttpInput *input, const char **line, gsize *len)
{
  gsize left = (gsize) (input->end - input->at);
  const char *end = memchr (input->at, '\n', MIN (left, RPC_HTTP_MAX_HEADERS + 1));

  if (end == NULL)
    return left > RPC_HTTP_MAX_HEADERS ? parser_fail (parser, BAD_REQUEST) : FALSE;
  *line = input->at;
  *len = (gsize) (end - input->at);
  input->at = end + 1;
  if (*len == 0 || (*line)[*len - 1] != '\r')
    return parser_fail (parser, BAD_REQUEST);
  *len -= 1;
  return memchr (*line, '\0', *len) == NULL && memchr (*line, '\r', *len) == NULL ? TRUE
                                                                                  : parser_fail (parser, BAD_REQUEST);
}

/* ---- the head ---- */

static RpcHttpMethod
read_method (const char *word)
{
  static const char *const names[] = { "GET", "POST", "HEAD", "PUT" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (word, names[i]))
      return (RpcHttpMethod) i;
  return RPC_HTTP_OTHER;
}

static gboolean
read_request_line (RpcHttpParser *parser, const char *line, gsize len)
{
  g_autofree char *text = g_strndup (line, len);
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  const char *version;

  if (len < MIN_REQUEST_LINE || g_strv_length (words) != 3)
    return parser_fail (parser, BAD_REQUEST);
  version = words[2];
  if (!g_str_has_prefix (version, "HTTP/1.") || !g_ascii_isdigit (version[7]) || version[8] != '\0')
    return parser_fail (parser, BAD_REQUEST);
  parser->method = read_method (words[0]);
  parser->target = g_strdup (words[1]);
  parser->minor = (guint) (version[7] - '0');
  parser->state = RPC_HTTP_HEADERS;
  return TRUE;
}

/* TEXT without spaces and tabs around it: no other white space is skipped, which other programs may not skip. */
static char *
dup_trimmed (const char *text, gsize len)
{
  for (; len > 0 && (*text == ' ' || *text == '\t'); text++)
    len--;
  while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
    len--;
  return g_strndup (text, len);
}

/* Digits only; FALSE when it is not, or does not fit. GLib skips a vertical tab. */
static gboolean
read_size (const char *text, guint base, guint64 *size)
{
  return g_ascii_isxdigit (*text) && g_ascii_string_to_unsigned (text, base, 0, G_MAXUINT64, size, NULL);
}

/* A header that determines the length of the body must not be repeated, even with the same value. */
static gboolean
read_framing (RpcHttpParser *parser, const char *name, const char *value)
{
  if (g_ascii_strcasecmp (name, "Transfer-Encoding") == 0) {
    if (parser->chunked || g_ascii_strcasecmp (value, "chunked") != 0)
      return parser_fail (parser, BAD_REQUEST);
    parser->chunked = TRUE;
  } else if (g_ascii_strcasecmp (name, "Content-Length") == 0) {
    if (parser->has_length || !read_size (value, 10, &parser->left))
      return parser_fail (parser, BAD_REQUEST);
    parser->has_length = TRUE;
  }
  return TRUE;
}

/* Whether TOKEN is in the list VALUE: its elements have commas between them, spaces around them, and any case; some may
 * be empty (RFC 9110, section 5.6.1). */
static gboolean
list_has (const char *value, const char *token)
{
  for (;;) {
    gsize len = strcspn (value, ",");
    g_autofree char *element = dup_trimmed (value, len);

    if (g_ascii_strcasecmp (element, token) == 0)
      return TRUE;
    if (value[len] == '\0')
      return FALSE;
    value += len + 1;
  }
}

/* The first of several credentials is used. Several lists count as one. What is not named here does not change how a
 * request is read: another protocol that is offered (Upgrade), or what the client accepts (TE, Trailer). */
static gboolean
use_header (RpcHttpParser *parser, const char *name, const char *value)
{
  if (g_ascii_strcasecmp (name, "Authorization") == 0 && parser->authorization == NULL)
    parser->authorization = g_strdup (value);
  if (g_ascii_strcasecmp (name, "Connection") == 0) {
    parser->closes |= list_has (value, "close");
    parser->keeps_alive |= list_has (value, "keep-alive");
  }
  if (g_ascii_strcasecmp (name, "Expect") == 0)
    parser->expects_continue |= list_has (value, "100-continue");
  return read_framing (parser, name, value);
}

/* Checks a header or trailer; trailers are not used. */
static gboolean
parser_read_header (RpcHttpParser *parser, const char *line, gsize len)
{
  const char *colon = memchr (line, ':', len);
  g_autofree char *name = NULL, *value = NULL;

  if (colon == NULL || colon == line)
    return parser_fail (parser, BAD_REQUEST);
  name = g_strndup (line, (gsize) (colon - line));
  if (strpbrk (name, " \t\f\v") != NULL)
    return parser_fail (parser, BAD_REQUEST);
  if (parser->state == RPC_HTTP_TRAILERS)
    return TRUE;
  value = dup_trimmed (colon + 1, len - (gsize) (colon + 1 - line));
  return use_header (parser, name, value);
}

/* The headers, or the trailers, up to the empty line; then DONE is the next state. */
static gboolean
parser_read_headers (RpcHttpParser *parser, HttpInput *input, RpcHttpState done)
{
  const char *line;
  gsize len;

  if (!parser_take_line (parser, input, &line, &len))
    return FALSE;
  parser->n_head_bytes += len + 2;
  if (parser->n_head_bytes > RPC_HTTP_MAX_HEADERS)
    return parser_fail (parser, BAD_REQUEST);
  if (len > 0)
    return parser_read_header (parser, line, len);
  parser->state = done;
  return TRUE;
}

/* ---- the body ---- */

void
rpc_http_parser_begin_body (RpcHttpParser *parser, gsize max, gboolean wanted)
{
  g_return_if_fail (parser != NULL && parser->state == RPC_HTTP_HEAD_READ);
  parser->max_body = max;
  if (wanted)
    parser->body = g_byte_array_new ();
  if (parser->chunked)
    parser->state = RPC_HTTP_CHUNK_SIZE;
  else if (parser->left > max)
    parser_fail (parser, CONTENT_TOO_LARGE);
  else
    parser->state = parser->left > 0 ? RPC_HTTP_BODY : RPC_HTTP_COMPLETE;
}

/* Bytes of the body or a chunk; after the last one DONE is the next state. */
static gboolean
read_bytes (RpcHttpParser *parser, HttpInput *input, RpcHttpState done)
{
  gsize n = (gsize) MIN (parser->left, (guint64) (input->end - input->at));

  if (parser->body != NULL)
    g_byte_array_append (parser->body, (const guint8 *) input->at, (guint) n);
  input->at += n;
  parser->left -= n;
  if (parser->left > 0)
    return FALSE;
  parser->state = done;
  return TRUE;
}

/* "SIZE" in hex, or "SIZE; extension". */
static gboolean
read_chunk_size (RpcHttpParser *parser, HttpInput *input)
{
  g_autofree char *size = NULL;
  const char *line, *extension;
  gsize len;

  if (!parser_take_line (parser, input, &line, &len))
    return FALSE;
  parser->n_framing += len + 4;
  extension = memchr (line, ';', len);
  size = dup_trimmed (line, extension != NULL ? (gsize) (extension - line) : len);
  if (!read_size (size, 16, &parser->left))
    return parser_fail (parser, BAD_REQUEST);
  if (parser->left > parser->max_body - parser->body_len || parser->n_framing > RPC_HTTP_MAX_BODY)
    return parser_fail (parser, CONTENT_TOO_LARGE);
  parser->body_len += parser->left;
  parser->state = parser->left > 0 ? RPC_HTTP_CHUNK : RPC_HTTP_TRAILERS;
  return TRUE;
}

static gboolean
read_chunk_end (RpcHttpParser *parser, HttpInput *input)
{
  const char *line;
  gsize len;

  if (!parser_take_line (parser, input, &line, &len))
    return FALSE;
  if (len > 0)
    return parser_fail (parser, BAD_REQUEST);
  parser->state = RPC_HTTP_CHUNK_SIZE;
  return TRUE;
}

/* FALSE: more bytes, or a decision of the caller, are needed. */
static gboolean
parser_advance (RpcHttpParser *parser, HttpInput *input)
{
  const char *line;
  gsize len;

  switch (parser->state) {
  case RPC_HTTP_REQUEST_LINE:
    return parser_take_line (parser, input, &line, &len) && read_request_line (parser, line, len);
  case RPC_HTTP_HEADERS:
    return parser_read_headers (parser, input, RPC_HTTP_HEAD_READ);
  case RPC_HTTP_BODY:
    return read_bytes (parser, input, RPC_HTTP_COMPLETE);
  case RPC_HTTP_CHUNK_SIZE:
    return read_chunk_size (parser, input);
  case RPC_HTTP_CHUNK:
    return read_bytes (parser, input, RPC_HTTP_CHUNK_END);
  case RPC_HTTP_CHUNK_END:
    return read_chunk_end (parser, input);
  case RPC_HTTP_TRAILERS:
    return parser_read_headers (parser, input, RPC_HTTP_COMPLETE);
  case RPC_HTTP_HEAD_READ:
  case RPC_HTTP_COMPLETE:
  case RPC_HTTP_FAILED:
    return FALSE;
  }
  return FALSE;
}

gsize
rpc_http_parser_feed (RpcHttpParser *parser, const char *data, gsize len)
{
  HttpInput input = { data, data + len };

  g_return_val_if_fail (parser != NULL, 0);
  while (parser_advance (parser, &input))
    ;
  return (gsize) (input.at - data);
}
