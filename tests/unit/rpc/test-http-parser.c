#include <string.h>

#include "rpc/http_parser.h"

/* Reads TEXT in pieces of SIZE bytes, up to its end or that of the first request. *USED is how much belongs to it. */
static void
feed (RpcHttpParser *parser, const char *text, gsize len, gsize size, gsize *used)
{
  gsize at = 0, end = 0;

  rpc_http_parser_init (parser);
  while (parser->state != RPC_HTTP_COMPLETE && parser->state != RPC_HTTP_FAILED && (end < len || at < len)) {
    gsize before = at;

    end = MIN (end + size, len);
    at += rpc_http_parser_feed (parser, text + at, end - at);
    if (parser->state == RPC_HTTP_HEAD_READ)
      rpc_http_parser_begin_body (parser, 16, TRUE);
    else if (end == len && at == before)
      break;
  }
  *used = at;
}

/* The result does not depend on how the bytes arrive. */
static void
check (const char *text, RpcHttpState state, guint failure, const char *body)
{
  for (gsize size = 1; size <= strlen (text); size++) {
    RpcHttpParser parser;
    gsize used;

    feed (&parser, text, strlen (text), size, &used);
    if (parser.state != state || parser.failure != failure)
      g_error ("%s in pieces of %zu: state %d, failure %u", text, size, parser.state, parser.failure);
    if (body != NULL) {
      g_assert_cmpmem (parser.body->data, parser.body->len, body, strlen (body));
      g_assert_cmpuint (used, ==, strlen (text));
    }
    rpc_http_parser_clear (&parser);
  }
}

static void
test_bodies (void)
{
  check ("POST / HTTP/1.1\r\nTransfer-Encoding: \x0b"
         "chunked\r\n\r\n0\r\n\r\n",
         RPC_HTTP_FAILED, 400, NULL);
  check ("POST / HTTP/1.1\r\nContent-Length: \x0b"
         "3\r\n\r\nabc",
         RPC_HTTP_FAILED, 400, NULL);
  check ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\f\r\n\r\n0\r\n\r\n", RPC_HTTP_FAILED, 400, NULL);
  check ("POST / HTTP/1.1\r\nContent-Length: 3\f\r\n\r\nabc", RPC_HTTP_FAILED, 400, NULL);
  check ("POST / HTTP/1.1\r\nContent-Length: \t 3 \t\r\n\r\nabc", RPC_HTTP_COMPLETE, 0, "abc");
  check ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\x0b"
         "1\r\na\r\n0\r\n\r\n",
         RPC_HTTP_FAILED, 400, NULL);
  check ("GET / HTTP/1.1\r\n\r\n", RPC_HTTP_COMPLETE, 0, "");
  check ("POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", RPC_HTTP_COMPLETE, 0, "abc");
  check ("POST / HTTP/1.1\r\ntransfer-encoding: Chunked\r\n\r\n1\r\na\r\n0002 ; x=y\r\nbc\r\n0\r\nA: b\r\n\r\n",
         RPC_HTTP_COMPLETE, 0, "abc");
  check ("POST / HTTP/1.1\r\nContent-Length: 17\r\n\r\n", RPC_HTTP_FAILED, 413, NULL);
  check ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n8\r\n", RPC_HTTP_FAILED, 413, NULL);
  check ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", RPC_HTTP_FAILED, 413, NULL);
  check ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n", RPC_HTTP_FAILED, 400, NULL);
  check ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", RPC_HTTP_FAILED, 400, NULL);
  check ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", RPC_HTTP_FAILED, 400, NULL);
  check ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", RPC_HTTP_BODY, 0, NULL);
}

static void
test_heads (void)
{
  static const char *const bad[] = {
    "GET  / HTTP/1.1\r\n",
    " GET / HTTP/1.1\r\n",
    "GET / HTTP/1.1 \r\n",
    "GET / HTTP/2.0\r\n",
    "GET / HTTP/1.10\r\n",
    "GET / http/1.1\r\n",
    "GET / HTTP/1.1\n",
    "GET /\r\n",
    "\r\n",
    "GET /\rx HTTP/1.1\r\n",
    "GET / HTTP/1.1\r\nA: b\n",
    "GET / HTTP/1.1\r\nA\r\n",
    "GET / HTTP/1.1\r\n: b\r\n",
    "GET / HTTP/1.1\r\nA : b\r\n",
    "GET / HTTP/1.1\r\n A: b\r\n",
    "GET / HTTP/1.1\r\nA: b\rc\r\n",
    "GET / HTTP/1.1\r\nContent-Length: \r\n",
    "GET / HTTP/1.1\r\nContent-Length: +3\r\n",
    "GET / HTTP/1.1\r\nContent-Length: 3, 3\r\n",
    "GET / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\n",
    "GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n",
    "GET / HTTP/1.1\r\nTransfer-Encoding: chunked, chunked\r\n",
    "GET / HTTP/1.1\r\nTransfer-Encoding: chunked,\r\n",
    "GET / HTTP/1.1\r\nTransfer-Encoding: identity\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    check (bad[i], RPC_HTTP_FAILED, 400, NULL);
}

/* A line, and all headers together, have a limit before their end is known. */
static void
test_limits (void)
{
  g_autoptr (GString) lines = g_string_new ("GET / HTTP/1.1\r\n");
  g_autofree char *endless = g_strnfill (RPC_HTTP_MAX_HEADERS + 1, 'a');
  RpcHttpParser parser;
  gsize used;

  feed (&parser, endless, RPC_HTTP_MAX_HEADERS, 1000, &used);
  g_assert_cmpint (parser.state, ==, RPC_HTTP_REQUEST_LINE);
  feed (&parser, endless, RPC_HTTP_MAX_HEADERS + 1, 1000, &used);
  g_assert_cmpint (parser.state, ==, RPC_HTTP_FAILED);
  for (guint i = 0; i < RPC_HTTP_MAX_HEADERS / 8; i++)
    g_string_append (lines, "a: 123\r\n");
  feed (&parser, lines->str, lines->len, 1000, &used);
  g_assert_cmpint (parser.state, ==, RPC_HTTP_HEADERS);
  rpc_http_parser_clear (&parser);
  g_string_append (lines, "\r\n");
  feed (&parser, lines->str, lines->len, 1000, &used);
  g_assert_cmpint (parser.state, ==, RPC_HTTP_FAILED);
  rpc_http_parser_clear (&parser);
}

static void
test_headers (void)
{
  static const char text[] = "PUT /x?y HTTP/1.1\r\nAUTHORIZATION:\t one \r\nauthorization: two\r\nConnection: Close\r\n"
                             "connection: keep-alive\r\nExpect: 100-Continue\r\n\r\nGET";
  RpcHttpParser parser;
  gsize used;

  feed (&parser, text, strlen (text), strlen (text), &used);
  g_assert_cmpint (parser.method, ==, RPC_HTTP_PUT);
  g_assert_cmpstr (parser.target, ==, "/x?y");
  g_assert_cmpstr (parser.authorization, ==, "one");
  g_assert_true (parser.closes && parser.keeps_alive);
  g_assert_true (parser.expects_continue);
  g_assert_cmpuint (used, ==, strlen (text) - 3);
  rpc_http_parser_clear (&parser);
}

/* The headers that are lists. */
static void
test_lists (void)
{
  static const struct {
    const char *header;
    gboolean closes, keeps_alive, expects_continue;
  } cases[] = {
    { "Connection: close, TE", TRUE, FALSE, FALSE },
    { "Connection: TE ,\tClose", TRUE, FALSE, FALSE },
    { "Connection: ,close,,", TRUE, FALSE, FALSE },
    { "Connection: keep-alive, upgrade\r\nUpgrade: h2c", FALSE, TRUE, FALSE },
    { "Connection: TE\r\nTE: trailers\r\nConnection: close", TRUE, FALSE, FALSE },
    { "Connection: closed, enclose, \"close\", x close", FALSE, FALSE, FALSE },
    { "Connection:", FALSE, FALSE, FALSE },
    { "Expect: x, 100-Continue", FALSE, FALSE, TRUE },
    { "Expect: 100-continue-or-not", FALSE, FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strdup_printf ("GET / HTTP/1.1\r\n%s\r\n\r\n", cases[i].header);
    RpcHttpParser parser;
    gsize used;

    feed (&parser, text, strlen (text), 3, &used);
    g_assert_cmpint (parser.state, ==, RPC_HTTP_COMPLETE);
    if (parser.closes != cases[i].closes || parser.keeps_alive != cases[i].keeps_alive
        || parser.expects_continue != cases[i].expects_continue)
      g_error ("%s", cases[i].header);
    rpc_http_parser_clear (&parser);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rpc/http-parser/bodies", test_bodies);
  g_test_add_func ("/rpc/http-parser/heads", test_heads);
  g_test_add_func ("/rpc/http-parser/limits", test_limits);
  g_test_add_func ("/rpc/http-parser/headers", test_headers);
  g_test_add_func ("/rpc/http-parser/lists", test_lists);
  return g_test_run ();
}
