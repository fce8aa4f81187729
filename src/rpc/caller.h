#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The origin of a request. The cancellable of a request is passed with it to every handler, and carries the credentials
 * of the HTTP client, which are also forwarded to other processes. Set before the request is shared, then read by any
 * thread. */

/* AUTHORIZATION: the value of the header, which was checked. */
void rpc_caller_set_authorization (GCancellable *request, const char *authorization);

/* Borrowed; NULL when REQUEST is NULL, or did not come from an HTTP client. */
const char *rpc_caller_get_authorization (GCancellable *request);

G_END_DECLS
