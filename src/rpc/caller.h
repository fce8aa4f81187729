#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Who makes a request. The cancellable of a request is passed along with it to every handler, also in another process,
 * and carries the credentials of the HTTP client. It is set before others see the request, then read by any thread. */

/* AUTHORIZATION: the value of the header, which was checked. */
void rpc_caller_set_authorization (GCancellable *request, const char *authorization);

/* Borrowed; NULL when REQUEST is NULL, or did not come from an HTTP client. */
const char *rpc_caller_get_authorization (GCancellable *request);

G_END_DECLS
