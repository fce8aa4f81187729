#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads one request in HTTP/1.0 or 1.1 from bytes as they arrive (RFC 9112). It is strict: lines end with CR LF, and a
 * request whose end another program could see elsewhere is refused. Limits and refusals are otherwise the
 * reference's. */

#define RPC_HTTP_MAX_HEADERS 8192 /* bytes of a line, and of all headers with the trailers */
#define RPC_HTTP_MAX_BODY (32 * 1024 * 1024)

typedef enum { RPC_HTTP_GET, RPC_HTTP_POST, RPC_HTTP_HEAD, RPC_HTTP_PUT, RPC_HTTP_OTHER } RpcHttpMethod;

typedef enum {
  RPC_HTTP_REQUEST_LINE,
  RPC_HTTP_HEADERS,
  RPC_HTTP_HEAD_READ, /* the caller decides about the body: rpc_http_parser_begin_body() */
  RPC_HTTP_BODY,
  RPC_HTTP_CHUNK_SIZE,
  RPC_HTTP_CHUNK,
  RPC_HTTP_CHUNK_END,
  RPC_HTTP_TRAILERS,
  RPC_HTTP_COMPLETE,
  RPC_HTTP_FAILED, /* nothing more can be read from the connection */
} RpcHttpState;

typedef struct {
  RpcHttpState state;
  guint failure; /* the status of the reply to a request that FAILED: 400 or 413 */
  RpcHttpMethod method;
  char *target;         /* as it was sent */
  guint minor;          /* of HTTP/1.minor */
  char *authorization;  /* NULL: none */
  gboolean closes;      /* Connection has "close", … */
  gboolean keeps_alive; /* … or "keep-alive" */
  gboolean expects_continue;
  gboolean chunked;
  gboolean has_length;
  guint64 left;       /* bytes of the body or the chunk that have not been read */
  guint64 body_len;   /* bytes of the body that have been announced */
  gsize n_head_bytes; /* of the headers and trailers */
  guint64 n_framing;  /* bytes around the chunks */
  gsize max_body;
  GByteArray *body; /* NULL: it is discarded */
} RpcHttpParser;

void rpc_http_parser_init (RpcHttpParser *parser);
void rpc_http_parser_clear (RpcHttpParser *parser);

/* Reads from the LEN bytes at DATA until the head has been read, the request is complete or has failed, or a line is
 * incomplete. Returns how many bytes were used: the others must be given again, with those that follow them. */
gsize rpc_http_parser_feed (RpcHttpParser *parser, const char *data, gsize len);

/* The head has been read. The body may have MAX bytes; it is stored in parser->body if it is WANTED. */
void rpc_http_parser_begin_body (RpcHttpParser *parser, gsize max, gboolean wanted);

G_END_DECLS
