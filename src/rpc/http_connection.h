#pragma once

#include <gio/gio.h>

#include "rpc/http_parser.h"

G_BEGIN_DECLS

/* A socket of the HTTP server: requests are read from it, and replies written to it, without blocking. One thread. */

typedef struct {
  guint status;
  const char *type;          /* of the content; NULL: the default of an empty page */
  const char *cache_control; /* NULL: none */
  gboolean asks_for_credentials;
  GBytes *body; /* NULL: none */
} RpcHttpReply;

typedef struct {
  int fd;
  RpcHttpParser parser; /* of the current request */
  GByteArray *input;    /* received, and not read by the parser yet */
  gboolean readable;    /* there may be more to receive */
  gboolean half_closed; /* the system has signalled the end of what the client sends */
  gboolean ended;       /* that end was reached, or the connection is lost */
  gboolean closing;     /* the reply that is being sent is the last one */
  gsize n_discarded;    /* bytes after it */
  GString *head;        /* of the reply that is being sent */
  GBytes *body;         /* NULL: none */
  gsize n_sent;         /* of both */
} RpcHttpConnection;

/* FD is taken over. */
void rpc_http_connection_init (RpcHttpConnection *connection, int fd);
void rpc_http_connection_clear (RpcHttpConnection *connection);

/* Reads what was received, up to the end of the head or the whole of a request; if that is incomplete, receives once:
 * there may be more, as READABLE says. Returns whether anything was received. */
gboolean rpc_http_connection_receive (RpcHttpConnection *connection);

/* Receives once, and throws away, what the client still sends after the last reply; there may be more, as READABLE says.
 * When it is too much, the connection has ended. */
void rpc_http_connection_discard (RpcHttpConnection *connection);

/* Asks the client for the body that it announced. */
void rpc_http_connection_continue (RpcHttpConnection *connection);

/* Begins to send REPLY (whose body is referenced) to the current request. */
void rpc_http_connection_reply (RpcHttpConnection *connection, const RpcHttpReply *reply);

/* Sends what is left, as far as possible. Returns whether anything was sent. */
gboolean rpc_http_connection_send (RpcHttpConnection *connection);
gboolean rpc_http_connection_is_sending (const RpcHttpConnection *connection);

/* The reply was sent: the next request is read. */
void rpc_http_connection_next (RpcHttpConnection *connection);

G_END_DECLS
