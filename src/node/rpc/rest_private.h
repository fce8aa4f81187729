#pragma once

#include "node/context.h"

G_BEGIN_DECLS

/* Shared by the files rest*.c. Pool threads. */

typedef enum { NODE_REST_NONE, NODE_REST_BIN, NODE_REST_HEX, NODE_REST_JSON } NodeRestFormat;

typedef struct {
  const NodeContext *context;
  GCancellable *cancellable;
  char **path; /* the components of the path, without the format suffix */
  guint n_path;
  char *whole; /* the same in one piece */
  NodeRestFormat format;
  const char *target; /* what follows "/rest/", with the query, as it was sent */
  GBytes *body;
} NodeRest;

/* rest_reply.c. Replies; the caller owns them. */
RpcJson *node_rest_fail (guint status, const char *format, ...) G_GNUC_PRINTF (2, 3);
RpcJson *node_rest_fail_format (void); /* unknown format */
RpcJson *node_rest_fail_path (void);   /* an empty page: there is no such endpoint */
RpcJson *node_rest_fail_warmup (const char *status);
RpcJson *node_rest_data (const NodeRest *rest, const char *hex, gboolean immutable);
RpcJson *node_rest_json (RpcJson *json, gboolean immutable); /* takes ownership of JSON */

/* Runs METHOD with the arguments, which are taken over; the last is NULL. NULL with ERROR. */
RpcJson *node_rest_call (const NodeRest *rest, GError **error, const char *method, ...) G_GNUC_NULL_TERMINATED;

/* For an error of a method: 503 during start-up, else 404 with the text. */
RpcJson *node_rest_fail_with (const GError *error, const char *format, ...) G_GNUC_PRINTF (2, 3);

gboolean node_rest_is_hash (const char *text);

/* rest_query.c. "?NAME=…" without escapes, or FALLBACK; the first if there are several. The caller owns it. */
char *node_rest_dup_query (const NodeRest *rest, const char *name, const char *fallback);

/* TEXT at its slashes; an empty text has one part. g_strfreev(). */
char **node_rest_split (const char *text);

/* The endpoints. */
RpcJson *node_rest_block (const NodeRest *rest);
RpcJson *node_rest_block_ids (const NodeRest *rest);
RpcJson *node_rest_block_part (const NodeRest *rest);
RpcJson *node_rest_headers (const NodeRest *rest);
RpcJson *node_rest_spent (const NodeRest *rest);
RpcJson *node_rest_filter (const NodeRest *rest);
RpcJson *node_rest_filter_headers (const NodeRest *rest);
RpcJson *node_rest_coins (const NodeRest *rest);

G_END_DECLS
