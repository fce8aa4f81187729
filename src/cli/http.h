#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A blocking POST request over HTTP/1.1: this program has nothing else to do. */
typedef struct {
  const char *host;
  guint16 port;
  const char *path;
  const char *credentials; /* "user:password" */
  const char *body;
  guint timeout_s; /* 0: none */
} CliHttpRequest;

/* The HTTP status, and the body in *REPLY (the caller's); 0 with ERROR when there is no reply:
 * G_IO_ERROR_CONNECTION_REFUSED and the like when the server cannot be reached. */
guint cli_http_post (const CliHttpRequest *request, char **reply, GError **error);

G_END_DECLS
